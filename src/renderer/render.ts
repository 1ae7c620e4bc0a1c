import { parseJson } from "../domain/json.ts";
import type { RenderedOrder, RenderFailure, RenderOrder } from "../domain/renderer-protocol.ts";
import { cleanMessage } from "./clean-message.ts";
import { flattenDocuments } from "./documents.ts";
import type { Engine, EngineAnswer, EngineOutcome } from "./engine.ts";
import type { EngineFailure, EngineRequest } from "./engine-types.ts";
import { failure, RenderFailed } from "./failure.ts";
import type { RenderLimits } from "./limits.ts";
import type { ObjectStore } from "./object-store.ts";
import { createRenderTree, type RenderTree } from "./render-tree.ts";
import { type ResolvedSource, resolveSource } from "./resolve-source.ts";

/** What came of a render. The body is the documents' JSON one after the other, then the text. */
export type Rendering =
  | { readonly kind: "rendered"; readonly rendered: RenderedOrder; readonly body: Uint8Array }
  | { readonly kind: "failed"; readonly failure: RenderFailure };

/** Instances on demand: `fresh` is one that has not been called, for this trust level or for none yet. */
export interface Engines {
  current(): Engine;
  fresh(): Engine;
  /** The current instance must not be used again. */
  discard(): void;
}

export interface RenderTools {
  readonly engines: Engines;
  readonly store: ObjectStore;
  readonly limits: RenderLimits;
}

/** Renders one order, from its paths to its documents. */
export function render(order: RenderOrder, tools: RenderTools): Rendering {
  const tree = createRenderTree({
    mounts: order.mounts,
    store: tools.store,
    limits: tools.limits,
    sourcePath: order.source.path,
  });
  try {
    return renderIn(tree, order, tools);
  } catch (error) {
    if (error instanceof RenderFailed) return { kind: "failed", failure: error.failure };
    throw error;
  }
}

function renderIn(tree: RenderTree, order: RenderOrder, tools: RenderTools): Rendering {
  const resolved = resolveSource(order, tree, (text) => readYaml(text, { order, tree, tools }));
  const answer = ask(resolved, { order, tree, tools });
  const problem = tree.problem();
  if (problem !== undefined) return { kind: "failed", failure: problem };
  const { outcome } = answer;
  if (outcome.kind !== "made") {
    return {
      kind: "failed",
      failure: explain(outcome, { order, tool: resolved.tool, limits: tools.limits }),
    };
  }
  return assemble(answer, outcome, { order, tree, tools, resolved });
}

interface Task {
  readonly order: RenderOrder;
  readonly tree: RenderTree;
  readonly tools: RenderTools;
}

/**
 * Calls the engine. Where a template asked for randomness, again in a fresh instance: a used one has drawn from its own
 * generators, and would not give the same bytes a second time.
 */
function ask({ request }: ResolvedSource, task: Task): EngineAnswer {
  const full = fullRequest(request, task);
  const engine = task.tools.engines.current();
  const wasFresh = engine.calls() === 0;
  const answer = call(engine, full, task);
  if (!answer.askedForRandomness || wasFresh || answer.outcome.kind === "fault") return answer;
  return call(task.tools.engines.fresh(), full, task);
}

function fullRequest(request: ResolvedSource["request"], { order, tools }: Task): EngineRequest {
  const { outputBytes, documents, directoryBytes: inputBytes, memoryBytes } = tools.limits;
  return { ...request, limits: { outputBytes, documents, inputBytes, memoryBytes }, text: order.text };
}

function call(engine: Engine, request: EngineRequest, { order, tree, tools }: Task): EngineAnswer {
  const answer = engine.call(request, { tree, seed: order.seed, clockMs: order.clockMs });
  if (answer.outcome.kind === "fault") tools.engines.discard();
  return answer;
}

function readYaml(text: string, task: Task): ReturnType<typeof parseJson> {
  const request: EngineRequest = {
    tool: "yaml",
    yaml: { text },
    limits: { outputBytes: 0, documents: 0, inputBytes: 0, memoryBytes: 0 },
    text: "none",
  };
  const { outcome } = call(task.tools.engines.current(), request, task);
  if (outcome.kind === "failed") throw new Error(cleanMessage(outcome.failure.message, task.order.mounts));
  const [document] = outcome.kind === "made" ? outcome.documents : [];
  if (document === undefined) throw new Error("the parser failed");
  return parseJson(new TextDecoder().decode(document));
}

function assemble(
  answer: EngineAnswer,
  made: EngineOutcome & { readonly kind: "made" },
  { order, tree, tools, resolved }: Task & { readonly resolved: ResolvedSource },
): Rendering {
  const documents = flattenDocuments(made.documents);
  const { documents: documentsMax } = tools.limits;
  if (documents.length > documentsMax) {
    return {
      kind: "failed",
      failure: failure("RenderDocumentLimit", { path: order.source.path, documentsMax }),
    };
  }
  const rendered: RenderedOrder = {
    tool: resolved.tool,
    usedRevision: resolved.usesRevision,
    documents: documents.map(({ content, digest }) => ({ bytes: content.length, digest })),
    textBytes: made.text?.length ?? -1,
    readSet: tree.readSet(),
    askedForClock: made.askedForClock,
    askedForRandomness: answer.askedForRandomness,
  };
  const text = made.text === undefined ? [] : [made.text];
  return {
    kind: "rendered",
    rendered,
    body: concatenate([...documents.map(({ content }) => content), ...text]),
  };
}

/** Into memory of its own, which can be handed to another thread. */
function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function explain(
  outcome: Exclude<EngineOutcome, { kind: "made" }>,
  context: { readonly order: RenderOrder; readonly tool: string; readonly limits: RenderLimits },
): RenderFailure {
  const { path } = context.order.source;
  if (outcome.kind === "failed") return explainFailure(outcome.failure, context);
  switch (outcome.fault) {
    case "memory":
      return failure("RenderMemoryLimit", { path, bytesMax: context.limits.memoryBytes });
    case "depth":
      return failure("RenderDepthLimit", { path });
    case "other":
      return failure("RendererCrashed", {
        path,
        message: cleanMessage(outcome.message, context.order.mounts),
      });
  }
}

function explainFailure(
  { kind, message: raw }: EngineFailure,
  {
    order,
    tool,
    limits,
  }: { readonly order: RenderOrder; readonly tool: string; readonly limits: RenderLimits },
): RenderFailure {
  const { path } = order.source;
  const message = cleanMessage(raw, order.mounts);
  switch (kind) {
    case "template":
      return failure("TemplateError", { tool, path, message });
    case "dependencies":
      return failure("DependenciesMissing", { path, dependencies: message });
    case "refused":
      return failure("SourceRefused", { path, what: message });
    case "output":
      return failure("RenderOutputLimit", { path, bytesMax: limits.outputBytes });
    case "documents":
      return failure("RenderDocumentLimit", { path, documentsMax: limits.documents });
    case "input":
      return failure("RenderInputLimit", { path, bytesMax: limits.directoryBytes });
    case "crash":
      return failure("RendererCrashed", { path, message });
  }
}
