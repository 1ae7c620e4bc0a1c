import type { ApplicationSource } from "./application.ts";
import type { RenderSettings } from "./control-plane-settings.ts";
import { type JsonValue, parseJson, stringifyJson } from "./json.ts";
import type { ReadSet } from "./read-set.ts";
import type { TrustLevel } from "./trust-level.ts";

/**
 * What the controller and the renderer process say to each other, over the process's standard input and output.
 *
 * A frame is: length of the rest (4 bytes, little endian), length of the head (4 bytes), the head as JSON in UTF-8, and
 * the body, bytes whose layout the head tells. Both sides refuse another version of the protocol in the first message.
 */
export const RENDERER_PROTOCOL = 2;

/** Larger frames are a fault of the other side. */
export const FRAME_BYTES_MAX = 256 * 1024 * 1024;

const LENGTHS_BYTES = 8;

/** Controller → renderer. */
export type ControllerMessage =
  | { readonly type: "render"; readonly id: number; readonly order: RenderOrder; readonly priority: number }
  /** Forget this render; nothing is answered. */
  | { readonly type: "cancel"; readonly id: number }
  /**
   * Git objects, wanted or not: the body holds their contents one after the other. `id` is the render that wanted them:
   * what is missing is missing for that one alone, since another may have the right to it, or better luck.
   */
  | {
      readonly type: "objects";
      readonly repository: string;
      readonly objects: readonly SentObject[];
      readonly id?: number;
    }
  | { readonly type: "stats"; readonly id: number };

/** Renderer → controller. */
export type RendererMessage =
  | { readonly type: "ready"; readonly protocol: number; readonly enginesHash: string }
  /** The render has left the queue: from now on a crash of the process counts against it. */
  | { readonly type: "started"; readonly id: number }
  /** Answer with `objects`. The path says how the object is reached, so that nothing else is handed out. */
  | {
      readonly type: "want";
      readonly id: number;
      readonly mount: number;
      readonly path: string;
      readonly oid: string;
    }
  /** The body holds the documents' JSON one after the other, then the text. */
  | ({ readonly type: "rendered"; readonly id: number } & RenderedOrder)
  | { readonly type: "failed"; readonly id: number; readonly failure: RenderFailure }
  | { readonly type: "stats"; readonly id: number; readonly stats: RendererStats };

/** A Git object in a frame: as many bytes of the body, or why there are none. */
export interface SentObject {
  readonly oid: string;
  readonly kind: "blob" | "tree";
  readonly bytes: number | AbsentObject;
}

/** The controller has no such object, or may not hand it out; or it is larger than anything that is rendered. */
export type AbsentObject = "missing" | "too large";

/** A render request as it crosses to the renderer, complete: nothing in it is looked up elsewhere. */
export interface RenderOrder {
  readonly trust: TrustLevel;
  readonly mounts: readonly { readonly name: string; readonly repository: string; readonly tree: string }[];
  readonly source: ApplicationSource;
  readonly environment: {
    readonly applicationName: string;
    readonly instanceName: string;
    readonly projectName: string;
    readonly namespace: string;
    readonly revision: string;
  };
  readonly capabilities: { readonly kubeVersion: string; readonly apiVersions: readonly string[] };
  readonly settings: RenderSettings;
  readonly seed: string;
  /** What templates are told the time is, milliseconds since the epoch. */
  readonly clockMs: number;
  readonly text: "none" | "beside" | "only";
}

export interface RenderedOrder {
  readonly tool: "Helm" | "Kustomize" | "Directory";
  readonly documents: readonly { readonly bytes: number; readonly digest: string }[];
  /** -1 where no text was wanted. */
  readonly textBytes: number;
  readonly readSet: ReadSet;
  readonly askedForClock: boolean;
  readonly askedForRandomness: boolean;
  readonly usedRevision: boolean;
}

/** A catalogue reason and the facts it prints, as data. */
export interface RenderFailure {
  readonly reason: string;
  readonly facts: Readonly<Record<string, string | number>>;
}

export interface RendererStats {
  readonly workers: number;
  readonly queued: number;
  readonly running: number;
  readonly rendered: number;
  readonly instancesMade: number;
  readonly residentBytes: number;
}

/** One frame. */
export function encodeFrame(
  head: ControllerMessage | RendererMessage,
  body: readonly Uint8Array[] = [],
): Uint8Array {
  const headBytes = new TextEncoder().encode(stringifyJson(head as unknown as JsonValue));
  const bodyBytes = body.reduce((sum, { length }) => sum + length, 0);
  const frame = new Uint8Array(LENGTHS_BYTES + headBytes.length + bodyBytes);
  const view = new DataView(frame.buffer);
  view.setUint32(0, frame.length - 4, true);
  view.setUint32(4, headBytes.length, true);
  frame.set(headBytes, LENGTHS_BYTES);
  let at = LENGTHS_BYTES + headBytes.length;
  for (const part of body) {
    frame.set(part, at);
    at += part.length;
  }
  return frame;
}

/** A frame as it was received. The body is a view into the received bytes. */
export interface Frame<Head> {
  readonly head: Head;
  readonly body: Uint8Array;
}

/**
 * Cuts a stream of bytes into frames, however it was chunked.
 *
 * @returns a function that takes the next chunk and gives the frames it completes; it throws RangeError on a length
 *   that no frame of ours has, after which the stream is of no use.
 */
export function createFrameReader<Head>(): (chunk: Uint8Array) => readonly Frame<Head>[] {
  let chunks: Uint8Array[] = [];
  let buffered = 0;
  let frameBytes: number | undefined;
  return (chunk) => {
    chunks.push(chunk);
    buffered += chunk.length;
    const frames: Frame<Head>[] = [];
    while (buffered >= (frameBytes ?? LENGTHS_BYTES)) {
      const all = concatenate(chunks, buffered);
      if (frameBytes === undefined) {
        frameBytes = frameLength(all);
        chunks = [all];
        continue;
      }
      frames.push(decodeFrame<Head>(all.subarray(0, frameBytes)));
      chunks = [all.subarray(frameBytes)];
      buffered -= frameBytes;
      frameBytes = undefined;
    }
    return frames;
  };
}

function frameLength(start: Uint8Array): number {
  const length = new DataView(start.buffer, start.byteOffset).getUint32(0, true);
  if (length < 4 || length > FRAME_BYTES_MAX) throw new RangeError(`a frame of ${length} bytes`);
  return 4 + length;
}

function decodeFrame<Head>(bytes: Uint8Array): Frame<Head> {
  const headEnd = LENGTHS_BYTES + new DataView(bytes.buffer, bytes.byteOffset).getUint32(4, true);
  if (headEnd > bytes.length) throw new RangeError("a frame's head is longer than the frame");
  const head = parseJson(new TextDecoder().decode(bytes.subarray(LENGTHS_BYTES, headEnd))) as unknown as Head;
  return { head, body: bytes.subarray(headEnd) };
}

function concatenate(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const [first] = chunks;
  if (first !== undefined && chunks.length === 1) return first;
  const whole = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}
