import type { RendererMessage } from "../../domain/renderer-protocol.ts";
import type { Mount } from "../../ports/renderer.ts";
import type { ObjectServer, ServedObject } from "./object-server.ts";
import type { RendererProcess } from "./renderer-process.ts";

/** Sends objects of one repository, in one frame. */
export function sendObjects(
  process: RendererProcess,
  repository: string,
  objects: readonly ServedObject[],
): void {
  if (objects.length === 0) return;
  process.send(
    {
      type: "objects",
      repository,
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
  { path, oid }: RendererMessage & { readonly type: "want" },
  { server, mount, onFailure }: WantContext,
): Promise<void> {
  const missing: ServedObject = { oid, kind: "blob", content: "missing" };
  if (mount === undefined) return sendObjects(process, "", [missing]);
  try {
    sendObjects(process, mount.repository, await server.serve(mount, path, oid));
  } catch (error) {
    onFailure(error);
    sendObjects(process, mount.repository, [missing]);
  }
}
