import {
  createRenderer,
  type ProcessRenderer,
  type RendererOptions,
} from "../../src/adapters/renderer/renderer.ts";
import type { ObjectSource } from "../../src/ports/renderer.ts";

/**
 * One renderer process for every command of a test file, started with the first: a start takes a second of computing.
 * Commands share no object and no answer, since each reads its own repositories under its own name; that a render leaves
 * nothing behind for the next is what conformance-render.test.ts shows. It ends with the process of the file.
 */
export function createSharedRenderer(): (options: RendererOptions) => ProcessRenderer {
  const sources = new Map<string, ObjectSource>();
  const objects: ObjectSource = {
    async readObject(repository, oid) {
      const [owner = "", ...key] = repository.split(" ");
      return sources.get(owner)?.readObject(key.join(" "), oid);
    },
  };
  let shared: ProcessRenderer | undefined;
  return (options) => {
    shared ??= createRenderer({ ...options, objects });
    const renderer = shared;
    const owner = crypto.randomUUID();
    sources.set(owner, options.objects);
    return {
      ...renderer,
      render(request, signal) {
        const named = request.mounts.map((mount) => ({
          ...mount,
          repository: `${owner} ${mount.repository}`,
        }));
        return renderer.render({ ...request, mounts: named }, signal);
      },
      async close() {
        sources.delete(owner);
      },
    };
  };
}
