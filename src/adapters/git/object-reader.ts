import type { Clock } from "../../ports/clock.ts";
import type { GitObject } from "../../ports/renderer.ts";
import type { GitChild, GitProcess } from "./git-process.ts";

/** Reads objects by id over one persistent `git cat-file --batch-command`; requests are pipelined. */
export interface ObjectReader {
  /**
   * The object; `missing` where the repository does not hold it, `tooLarge` (its bytes are passed over) past the cap.
   * @throws ReaderDied when Git ended twice in a row while it was asked: the repository is damaged.
   */
  read(oid: string): Promise<GitObject | "missing" | "tooLarge">;
  /** The next question goes to a new process: the folder was replaced. */
  restart(): void;
  close(): void;
}

export interface ObjectReaderOptions {
  readonly git: GitProcess;
  readonly clock: Clock;
  readonly gitDirectory: string;
  readonly objectBytesMax: number;
  /** Nobody asked for so long: the process is ended. The next question starts another. */
  readonly idleMs: number;
}

/** The reading process ended before it answered. */
export class ReaderDied extends Error {
  override readonly name = "ReaderDied";
}

interface Request {
  readonly oid: string;
  readonly answer: (result: GitObject | "missing" | "tooLarge") => void;
  readonly fail: (error: Error) => void;
}

export function createObjectReader(options: ObjectReaderOptions): ObjectReader {
  const closed = new AbortController();
  let current: Session | undefined;

  const session = () => {
    if (current?.isOpen() !== true) {
      current = startSession(options);
      void closeWhenIdle(current, options, closed.signal);
    }
    return current;
  };

  return {
    async read(oid) {
      closed.signal.throwIfAborted();
      try {
        return await session().ask(oid);
      } catch (error) {
        // Killed from outside, out of memory: a read may be asked again. Damage shows itself by dying again.
        if (!(error instanceof ReaderDied) || closed.signal.aborted) throw error;
        return session().ask(oid);
      }
    },
    restart: () => current?.close(),
    close() {
      closed.abort(new ReaderDied("the repository is closed"));
      current?.close();
    },
  };
}

async function closeWhenIdle(
  session: Session,
  { clock, idleMs }: ObjectReaderOptions,
  closed: AbortSignal,
): Promise<void> {
  const signal = AbortSignal.any([closed, session.ended]);
  try {
    while (session.isOpen()) {
      const before = session.asked();
      await clock.sleep(idleMs, signal);
      if (session.asked() === before && !session.isBusy()) session.close();
    }
  } catch {
    // Closed, or ended by itself: nothing is left to watch.
  }
}

interface Session {
  ask(oid: string): Promise<GitObject | "missing" | "tooLarge">;
  /** How many questions there were. */
  asked(): number;
  isBusy(): boolean;
  isOpen(): boolean;
  readonly ended: AbortSignal;
  close(): void;
}

function startSession({ git, gitDirectory, objectBytesMax }: ObjectReaderOptions): Session {
  const child: GitChild = git.start({
    arguments: [`--git-dir=${gitDirectory}`, "cat-file", "--batch-command"],
  });
  const waiting: Request[] = [];
  const ended = new AbortController();
  let asked = 0;
  let isClosing = false;

  const parser = createAnswerParser(objectBytesMax, (oid, result) => {
    const request = waiting.shift();
    if (request !== undefined && request.oid !== oid) {
      waiting.unshift(request);
      throw new RangeError("git cat-file answers another question");
    }
    request?.answer(result);
  });
  const stop = () => {
    isClosing = true;
    child.stop();
  };
  child.onData((chunk) => {
    // After one answer that cannot be read, none can be told from another.
    if (isClosing) return;
    try {
      parser(chunk);
    } catch {
      stop();
    }
  });
  child.onEnd((stderr) => {
    ended.abort();
    const error = new ReaderDied(`git cat-file ended: ${stderr.trim().slice(-300)}`);
    for (const request of waiting.splice(0)) request.fail(error);
  });

  return {
    ask(oid) {
      if (ended.signal.aborted) return Promise.reject(new ReaderDied("git cat-file has ended"));
      asked += 1;
      return new Promise((answer, fail) => {
        waiting.push({ oid, answer, fail });
        child.write(`contents ${oid}\n`);
      });
    },
    asked: () => asked,
    isBusy: () => waiting.length > 0,
    isOpen: () => !isClosing && !ended.signal.aborted,
    ended: ended.signal,
    close: stop,
  };
}

const LINE_FEED = 0x0a;
const HEADER_BYTES_MAX = 256;
const HEADER = /^(?<oid>[0-9a-f]{40}) (?<kind>blob|tree|commit|tag) (?<size>[0-9]+)$/;

type Answer = GitObject | "missing" | "tooLarge";

interface Body {
  readonly oid: string;
  readonly kind: GitObject["kind"];
  readonly size: number;
  /** Absent where the object is too large to keep. */
  readonly content: Buffer | undefined;
  filled: number;
}

/** Takes the stream apart: `ID kind size`, line feed, that many bytes, line feed; or `ID missing`. */
function createAnswerParser(
  bytesMax: number,
  emit: (oid: string, answer: Answer) => void,
): (chunk: Buffer) => void {
  let header = Buffer.alloc(0);
  let body: Body | undefined;

  const takeHeader = (chunk: Buffer): Buffer => {
    const end = chunk.indexOf(LINE_FEED);
    header = Buffer.concat([header, end < 0 ? chunk : chunk.subarray(0, end)]);
    if (header.length > HEADER_BYTES_MAX) throw new RangeError("not an answer of git cat-file");
    if (end < 0) return Buffer.alloc(0);
    const line = header.toString("latin1");
    header = Buffer.alloc(0);
    const groups = HEADER.exec(line)?.groups;
    if (groups === undefined) {
      const [, oid = ""] = /^(\S+) (?:missing|ambiguous)$/.exec(line) ?? [];
      if (oid === "") throw new RangeError("not an answer of git cat-file");
      emit(oid, "missing");
    } else {
      const size = Number(groups["size"]);
      const content = size > bytesMax ? undefined : Buffer.allocUnsafeSlow(size);
      body = {
        oid: groups["oid"] ?? "",
        kind: groups["kind"] as GitObject["kind"],
        size,
        content,
        filled: 0,
      };
    }
    return chunk.subarray(end + 1);
  };

  const takeBody = (open: Body, chunk: Buffer): Buffer => {
    const wanted = open.size - open.filled;
    open.content?.set(wanted < chunk.length ? chunk.subarray(0, wanted) : chunk, open.filled);
    // The line feed behind the body is part of the answer.
    if (chunk.length <= wanted) {
      open.filled += chunk.length;
      return Buffer.alloc(0);
    }
    body = undefined;
    emit(open.oid, open.content === undefined ? "tooLarge" : { kind: open.kind, content: open.content });
    return chunk.subarray(wanted + 1);
  };

  return (chunk) => {
    let rest = chunk;
    while (rest.length > 0) rest = body === undefined ? takeHeader(rest) : takeBody(body, rest);
  };
}
