import type { Reasons } from "./explanation.ts";

const MEBIBYTE = 1024 * 1024;

/** Said after every failure of a render: people must know that nothing happened. */
const NOTHING_CHANGED = "Nothing was changed.";

/**
 * What can go wrong between a source and its objects. `path` is the source's directory in its repository; messages come
 * from the tools, without control characters and absolute paths, and cut to a length.
 */
export const RENDER_REASONS = {
  TemplateError: ({ tool, path, message }: { tool: string; path: string; message: string }) => ({
    title: `${tool} could not render \`${path}\``,
    remedy: `${fenced(message)}\n\nPush a fix; \`plumbline render\` tries it beforehand. ${NOTHING_CHANGED}`,
    retryable: false,
  }),
  DependenciesMissing: ({ path, dependencies }: { path: string; dependencies: string }) => ({
    title: `Chart \`${path}\` lacks dependencies that its Chart.yaml lists`,
    remedy: `Missing in its \`charts\` folder: ${dependencies}. Plumbline fetches no charts: run \`helm dependency build\` and commit the folder. ${NOTHING_CHANGED}`,
    retryable: false,
  }),
  PathMissing: ({ path }: { path: string }) => ({
    title: `\`${path}\` is not in the repository at this revision`,
    remedy: `Correct the Application's path or value files, or push what is missing. ${NOTHING_CHANGED}`,
    retryable: false,
  }),
  SourceRefused: ({ path, what }: { path: string; what: string }) => ({
    title: `\`${path}\` asks for something that is never rendered`,
    remedy: `Refused: ${what}. Sources are rendered from the files of their own repositories only, and start no programs. ${NOTHING_CHANGED}`,
    retryable: false,
  }),
  SourceInvalid: ({ path, problem }: { path: string; problem: string }) => ({
    title: `The source \`${path}\` is not valid`,
    remedy: `${sentence(problem)} ${NOTHING_CHANGED}`,
    retryable: false,
  }),
  RenderTimeLimit: ({ path, seconds }: { path: string; seconds: number }) => ({
    title: `Rendering \`${path}\` took longer than ${seconds} s`,
    remedy: `It was stopped. Look for a loop without end or for very large inputs. ${NOTHING_CHANGED}`,
    retryable: false,
  }),
  RenderMemoryLimit: ({ path, bytesMax }: { path: string; bytesMax: number }) => ({
    title: `Rendering \`${path}\` needed more than ${mebibytes(bytesMax)} of memory`,
    remedy: `It was stopped. Look for lists or texts that grow without end, or split the source. ${NOTHING_CHANGED}`,
    retryable: false,
  }),
  RenderDepthLimit: ({ path }: { path: string }) => ({
    title: `\`${path}\` is nested more deeply than can be rendered`,
    remedy: `Look for a template, an alias or a base that reaches itself. ${NOTHING_CHANGED}`,
    retryable: false,
  }),
  RenderOutputLimit: ({ path, bytesMax }: { path: string; bytesMax: number }) => ({
    title: `\`${path}\` renders to more than ${mebibytes(bytesMax)}`,
    remedy: `Split it into several Applications. ${NOTHING_CHANGED}`,
    retryable: false,
  }),
  RenderDocumentLimit: ({ path, documentsMax }: { path: string; documentsMax: number }) => ({
    title: `\`${path}\` renders to more than ${documentsMax} objects`,
    remedy: `Split it into several Applications. ${NOTHING_CHANGED}`,
    retryable: false,
  }),
  RenderInputLimit: ({ path, bytesMax }: { path: string; bytesMax: number }) => ({
    title: `\`${path}\` holds more than the ${mebibytes(bytesMax)} that are read`,
    remedy: `Take out what is not a manifest (\`directory.exclude\`), or split the source. ${NOTHING_CHANGED}`,
    retryable: false,
  }),
  RenderTreeLimit: ({ path, entriesMax }: { path: string; entriesMax: number }) => ({
    title: `Rendering \`${path}\` walks through more than ${entriesMax} files and folders`,
    remedy: `Point the Application at a smaller folder, or list what a chart does not need in \`.helmignore\`. ${NOTHING_CHANGED}`,
    retryable: false,
  }),
  ObjectMissing: ({ path, oid }: { path: string; oid: string }) => ({
    title: `Git object ${oid.slice(0, 12)} of \`${path}\` is not in the mirror`,
    remedy: `The repository is fetched again and the render repeated. ${NOTHING_CHANGED}`,
    retryable: true,
  }),
  RendererCrashed: ({ path, message }: { path: string; message: string }) => ({
    title: `The renderer failed on \`${path}\``,
    remedy: `${sentence(message)} It was started afresh, and the render is repeated on its own. ${NOTHING_CHANGED}`,
    retryable: true,
  }),
} as const satisfies Reasons;

function mebibytes(bytes: number): string {
  return bytes >= MEBIBYTE ? `${Math.round(bytes / MEBIBYTE)} MiB` : `${bytes} bytes`;
}

function sentence(text: string): string {
  const capital = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(capital) ? capital : `${capital}.`;
}

/** As a code block whose fence no line of the text can close. */
function fenced(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}\n${text}\n${fence}`;
}
