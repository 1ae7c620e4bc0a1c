import type { RendererMessage } from "../../domain/renderer-protocol.ts";
import type { Mount } from "../../ports/renderer.ts";
import type { ObjectServer, ServedObject } from "./object-server.ts";
import type { RendererProcess } from "./renderer-process.ts";

/** Objects of one repository. */
export interface ObjectsToSend {
  readonly repository: string;
  readonly objects: readonly ServedObject[];
  /** The render that wanted them; absent where none has yet. */
  readonly id?: number;
}

/** Sends them in one frame. */
export function sendObjects(process: RendererProcess, { objects, ...rest }: ObjectsToSend): void {
  if (objects.length === 0) return;
  process.send(
    {
      type: "objects",
      ...rest,
      objects: objects.map(({ oid, kind, content }) => ({
        oid,
        kind,
        bytes: typeof content === "string" ? content : content.length,
      })),
    },
    objects.flatMap(({ content }) => (typeof content === "string" ? [] : [content])),
  );
}

/** What an answer is drawn from. */
export interface WantContext {
  readonly server: ObjectServer;
  /** `undefined` where nobody waits for the render any more. */
  readonly mount: Mount | undefined;
  /** The object source failed: the render cannot succeed. */
  onFailure(error: unknown): void;
}

/** Answers what a worker waits for, in every case: one that is not answered waits on. */
export async function answerWant(
  process: RendererProcess,
  { id, path, oid }: RendererMessage & { readonly type: "want" },
  { server, mount, onFailure }: WantContext,
): Promise<void> {
  const repository = mount?.repository ?? "";
  const objects = [{ oid, kind: "blob", content: "missing" }] as const;
  if (mount === undefined) return sendObjects(process, { id, repository, objects });
  try {
    sendObjects(process, { id, repository, objects: await server.serve(mount, path, oid) });
  } catch (error) {
    onFailure(error);
    sendObjects(process, { id, repository, objects });
  }
}
