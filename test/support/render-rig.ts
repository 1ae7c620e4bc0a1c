import {
  createRenderer,
  type ProcessRenderer,
  type RendererOptions,
} from "../../src/adapters/renderer/renderer.ts";
import { stringAt } from "../../src/domain/json.ts";
import { OperationError } from "../../src/errors/operation-error.ts";
import type { RenderRequest, RenderResult } from "../../src/ports/renderer.ts";
import { createGitObjects, type Files, type GitObjects } from "./git-objects.ts";
import { renderRequest } from "./render-request.ts";

export type Source = Parameters<typeof renderRequest>[1];

/** The real renderer, over trees in memory. */
export interface RenderRig {
  readonly objects: GitObjects;
  readonly renderer: ProcessRenderer;
  render(files: Files, source: Source, more?: Partial<RenderRequest>): Promise<RenderResult>;
}

/** One worker and nothing in the background, unless told otherwise: what a test counts is then its own. */
export function createRenderRig(options: Partial<RendererOptions> = {}): RenderRig {
  const objects = createGitObjects();
  const renderer = createRenderer({ workers: 1, spares: 0, warmUp: false, objects, ...options });
  return {
    objects,
    renderer,
    render: (files, source, more = {}) =>
      renderer.render(renderRequest(objects.addFiles(files), source, more)),
  };
}

/** The catalogue's failure that a render ends with; fails the test where it has a result. */
export async function failureOf(result: Promise<RenderResult>): Promise<OperationError> {
  const outcome = await result.catch((error: unknown) => error);
  if (outcome instanceof OperationError) return outcome;
  throw new Error("expected a failure of the catalogue", { cause: outcome });
}

/** `Kind name` of every document. */
export function named({ documents }: RenderResult): readonly string[] {
  return documents.map(({ object }) => `${stringAt(object, "kind")} ${stringAt(object, "metadata", "name")}`);
}

/** A ConfigMap of that name, as YAML. */
export function configMap(name: string): string {
  return `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\ndata: {a: b}\n`;
}

export const CHART = "apiVersion: v2\nname: web\nversion: 0.1.0\n";

/** A chart whose one template is a ConfigMap with this as its value `a`. */
export function chartPrinting(value: string): Files {
  const template = `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: {{ .Release.Name }}}\ndata: {a: ${value}}\n`;
  return { "Chart.yaml": CHART, "templates/a.yaml": template };
}
