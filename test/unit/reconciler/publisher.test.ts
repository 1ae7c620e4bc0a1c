import { describe, expect, it } from "vitest";
import type { Comment, CommitStatusReport, Repository } from "../../../src/domain/github.ts";
import { OperationError } from "../../../src/errors/operation-error.ts";
import { createPublisher, type PublisherPorts } from "../../../src/reconciler/publisher.ts";
import { createRecordedLog } from "../../support/silent-log.ts";

const REPOSITORY = { id: 7 } as Repository;
const PLACE = { repository: REPOSITORY, number: 3 };
const OURS = 99;
const SHA = "0123456789abcdef";

/** A pull request with comments, and a commit with statuses. */
function rig({ bodyMax = Number.POSITIVE_INFINITY } = {}) {
  const comments: Pick<Comment, "id" | "authorId" | "body">[] = [];
  const statuses: string[] = [];
  const write = (id: number, body: string) => {
    if (body.length > bodyMax) throw OperationError.of("GitHubTextTooLong", { operation: "comment" });
    const at = comments.findIndex((one) => one.id === id);
    const written = { id, authorId: OURS, body };
    if (at === -1) comments.push(written);
    else comments[at] = written;
    return { id, shownAt: 1_000 };
  };
  const ports = {
    comments: {
      list: async () => comments,
      get: async (_: unknown, id: number) => comments.find((one) => one.id === id),
    },
    commentWrites: {
      create: async (_: unknown, _number: number, body: string) => write(comments.length + 1, body),
      update: async (_: unknown, id: number, body: string) => write(id, body),
    },
    statuses: {
      create: async (_: unknown, _sha: string, { state }: CommitStatusReport) => void statuses.push(state),
    },
    botUserId: async () => OURS,
    exit: (text: string) => text.replaceAll("hunter2", "•••"),
    digest: (text: string) => text,
    log: createRecordedLog(),
  } as unknown as PublisherPorts;
  return { comments, statuses, publisher: () => createPublisher(ports) };
}

const sticky = (words: string) => ({ at: () => `<!-- plumbline:preview head=1 -->\n${words}` });

describe("the one comment", () => {
  it("is found again by marker and author, and edited only when it has something new to say", async () => {
    const { comments, publisher } = rig();
    await publisher().comment(PLACE, sticky("one"), "always");
    const later = publisher();
    expect(await later.comment(PLACE, sticky("one"), "always")).toEqual({ shownAt: undefined, id: 1 });
    expect(await later.comment(PLACE, sticky("two"), "always")).toEqual({ shownAt: 1_000, id: 1 });
    expect(comments.map(({ body }) => body)).toEqual(["<!-- plumbline:preview head=1 -->\ntwo"]);
  });

  it("T142 is not somebody else's that begins like ours", async () => {
    const { comments, publisher } = rig();
    comments.push({ id: 1, authorId: 5, body: sticky("forged").at() });
    expect(await publisher().comment(PLACE, sticky("kept quiet"), "if-there-is-one")).toMatchObject({
      id: undefined,
    });
    await publisher().comment(PLACE, sticky("ours"), "always");
    expect(comments.map(({ id, authorId }) => [id, authorId])).toEqual([
      [1, 5],
      [2, OURS],
    ]);
  });

  it("gets shorter as long as GitHub finds it too long", async () => {
    const { comments, publisher } = rig({ bodyMax: 40 });
    const scales: number[] = [];
    const text = {
      at: (scale: number) => {
        scales.push(scale);
        return "x".repeat(100 * scale);
      },
    };
    await publisher().comment(PLACE, text, "always");
    expect([scales, comments[0]?.body.length]).toEqual([[1, 0.6, 0.3], 30]);
    const hopeless = rig({ bodyMax: 5 }).publisher().comment(PLACE, text, "always");
    await expect(hopeless).rejects.toMatchObject({ reason: "GitHubTextTooLong" });
  });

  it("T113 holds no known credential, nor does its progress", async () => {
    const { comments, publisher } = rig();
    const one = publisher();
    await one.comment(PLACE, sticky("password hunter2"), "always");
    await one.progress(PLACE, "syncs with hunter2");
    expect(comments[0]?.body).toContain("syncs with •••");
    expect(comments[0]?.body).not.toContain("hunter2");
  });
});

describe("a reply", () => {
  it("T036 is given once a comment, also by a process that was started since", async () => {
    const { comments, publisher } = rig();
    await publisher().reply(PLACE, 12, "done");
    await publisher().reply(PLACE, 12, "done again");
    expect(comments.map(({ body }) => body)).toEqual(["<!-- plumbline:reply 12 -->\ndone"]);
  });

  it("T142 is not taken for given because somebody else wrote its marker", async () => {
    const { comments, publisher } = rig();
    comments.push({ id: 1, authorId: 5, body: "<!-- plumbline:reply 12 -->\nforged" });
    await publisher().reply(PLACE, 12, "done");
    expect(comments).toHaveLength(2);
  });
});

describe("commit statuses", () => {
  const status = (state: CommitStatusReport["state"], description: string) => {
    const report: CommitStatusReport = { context: "plumbline/web", state, description, targetUrl: "" };
    return report;
  };

  it("are not repeated, and leave room for the last word below GitHub's limit of 1,000 a context", async () => {
    const { publisher, statuses } = rig();
    const one = publisher();
    for (let count = 0; count < 1_100; count += 1) {
      await one.status(REPOSITORY, SHA, status("pending", `step ${count}`));
      await one.status(REPOSITORY, SHA, status("pending", `step ${count}`));
    }
    await one.status(REPOSITORY, SHA, status("success", "Synced, Healthy"));
    expect([statuses.length, statuses.at(-1)]).toEqual([991, "success"]);
  });
});
