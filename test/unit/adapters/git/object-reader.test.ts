import { expect, it } from "vitest";

import type { GitChild } from "../../../../src/adapters/git/git-process.ts";
import { createObjectReader, ReaderDied } from "../../../../src/adapters/git/object-reader.ts";
import { createFakeClock, settle } from "../../../support/fake-clock.ts";

const [A, B, C] = ["a", "b", "c"].map((letter) => letter.repeat(40)) as [string, string, string];
const blob = (oid: string, text: string) => `${oid} blob ${text.length}\n${text}\n`;

/** A `git cat-file` that says what the test says, to whatever it is asked. */
function createCatFile() {
  const children: { asked: string; say: (text: string) => void; end: () => void; isStopped: boolean }[] = [];
  return {
    children,
    reader: createObjectReader({
      git: {
        run: () => Promise.reject(new Error("not here")),
        start(): GitChild {
          const listeners: { data: (chunk: Buffer) => void; end: (stderr: string) => void } = {
            data: () => undefined,
            end: () => undefined,
          };
          const child = {
            asked: "",
            isStopped: false,
            say: (text: string) => listeners.data(Buffer.from(text)),
            end: () => listeners.end("gone"),
          };
          children.push(child);
          return {
            write: (text) => {
              child.asked += text;
            },
            onData: (listener) => {
              listeners.data = listener;
            },
            onEnd: (listener) => {
              listeners.end = listener;
            },
            stop: () => {
              child.isStopped = true;
            },
          };
        },
      },
      clock: createFakeClock(),
      gitDirectory: "/mirror.git",
      objectBytesMax: 8,
      idleMs: 1_000,
    }),
  };
}

/** What a reading came to: the object's text, or why there is none. */
const outcome = (reading: ReturnType<ReturnType<typeof createObjectReader>["read"]>) =>
  reading.then(
    (object) => (typeof object === "string" ? object : Buffer.from(object.content).toString()),
    (error: unknown) => (error instanceof ReaderDied ? "died" : String(error)),
  );

it.for([1, 3, 1_000])("takes answers apart that come %i bytes at a time", async (bytes) => {
  const { reader, children } = createCatFile();
  const all = Promise.all([A, B, C, A].map((oid) => outcome(reader.read(oid))));
  const said = `${blob(A, "one\n")}${B} missing\n${blob(C, "too long for it")}${blob(A, "")}`;
  for (let at = 0; at < said.length; at += bytes) children[0]?.say(said.slice(at, at + bytes));
  expect(await all).toEqual(["one\n", "missing", "tooLarge", ""]);
  expect(children[0]?.asked).toBe([A, B, C, A].map((oid) => `contents ${oid}\n`).join(""));
});

it.for([
  { what: "what is no answer", said: "fatal: something\n" },
  { what: "an answer to another question", said: blob(B, "B") },
  { what: "that another object is missing", said: `${C} missing\n` },
  { what: "a head without end", said: "x".repeat(300) },
])("gives nobody somebody else's object after $what", async ({ said }) => {
  const { reader, children } = createCatFile();
  const all = Promise.all([A, B].map((oid) => outcome(reader.read(oid))));
  children[0]?.say(said);
  children[0]?.say(blob(A, "A") + blob(B, "B"));
  expect(children[0]?.isStopped).toBe(true);
  children[0]?.end();
  await settle();
  children[1]?.say(blob(A, "new A") + blob(B, "new B"));
  expect(await all).toEqual(["new A", "new B"]);
});

it("says so when Git ends twice in a row while it is asked", async () => {
  const { reader, children } = createCatFile();
  const reading = outcome(reader.read(A));
  children[0]?.end();
  await settle();
  children[1]?.end();
  expect(await reading).toBe("died");
  expect(children).toHaveLength(2);
});
