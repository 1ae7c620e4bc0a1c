import type { Comment, Repository } from "../domain/github.ts";
import type { Comments, CommentWrites } from "../ports/comments.ts";
import { keyOf, type PullRequestPlace } from "./published.ts";

/** Answers to commands, each given once. */
export interface ReplyPublisher {
  /** One reply a comment id, and one for all machines: a second one, after a crash, finds the first. */
  reply(place: PullRequestPlace, to: number | "machines", markdown: string): Promise<void>;
  /** Whether a machine's comment is ours, or repeats ours. */
  isOurs(repository: Repository, comment: Pick<Comment, "authorId" | "body">): Promise<boolean>;
}

interface ReplyPorts {
  readonly comments: Comments;
  readonly commentWrites: CommentWrites;
  readonly botUserId: (repository: Repository) => Promise<number>;
  readonly exit: (text: string) => string;
}

/** Every comment of ours begins so, whoever repeats it. */
const OUR_MARKER = /^\s*<!-- plumbline:/;

export function createReplyPublisher(ports: ReplyPorts): ReplyPublisher {
  /** The last reply under way, by pull request. */
  const replying = new Map<string, Promise<void>>();
  return {
    // One at a time: of two comments that are answered at once, the second must find the first's reply.
    async reply(place, to, markdown) {
      const key = keyOf(place);
      const before = replying.get(key) ?? Promise.resolve();
      const now = before.catch(() => undefined).then(() => replyOnce(ports, place, { to, markdown }));
      replying.set(key, now);
      await now.finally(() => {
        if (replying.get(key) === now) replying.delete(key);
      });
    },
    isOurs: async (repository, { authorId, body }) =>
      OUR_MARKER.test(body) || authorId === (await ports.botUserId(repository)),
  };
}

async function replyOnce(
  { comments, commentWrites, botUserId, exit }: ReplyPorts,
  { repository, number }: PullRequestPlace,
  { to, markdown }: { readonly to: number | "machines"; readonly markdown: string },
): Promise<void> {
  const marker = `<!-- plumbline:reply ${to} -->`;
  const ours = await botUserId(repository);
  const all = await comments.list(repository, number, 0);
  if (all.some(({ authorId, body }) => authorId === ours && body.startsWith(marker))) return;
  await commentWrites.create(repository, number, `${marker}\n${exit(markdown)}`);
}
