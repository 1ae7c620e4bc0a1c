import { createHmac } from "node:crypto";
import { once } from "node:events";
import { request as httpRequest } from "node:http";
import { connect } from "node:net";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { requestKey } from "../../src/domain/reconcile-request.ts";
import { DELIVERY_BYTES_MAX } from "../../src/server/webhook-intake.ts";
import { EVENT_NAMES } from "../../src/webhooks/requests-for.ts";
import { createIntakeRig, type IntakeRig, SECRET, send, sign } from "../support/intake-rig.ts";

const PUSH = { installation: { id: 3 }, repository: { id: 5 }, ref: "refs/heads/main" };
const BODY = JSON.stringify(PUSH);
const REF = { kind: "Ref", installationId: 3, repositoryId: 5, ref: "refs/heads/main" };

let rig: IntakeRig;

beforeEach(async () => {
  rig = await createIntakeRig();
});

afterEach(async () => {
  expect(rig.errors).toEqual([]);
  await rig.close();
});

describe("who is believed", () => {
  it("takes what GitHub signed, and answers when it is kept", async () => {
    expect(await send(rig, { body: BODY })).toBe(202);
    expect(rig.accepted).toEqual([REF]);
  });

  it.for<[string, Parameters<typeof send>[1]]>([
    ["T001 no signature", { body: BODY, headers: { "x-hub-signature-256": "" } }],
    ["T001 an empty one", { body: BODY, headers: { "x-hub-signature-256": " " } }],
    ["T002 another secret's", { body: BODY, secret: "development" }],
    [
      "T003 SHA-1 only",
      { body: BODY, headers: { "x-hub-signature-256": "", "x-hub-signature": sha1(BODY) } },
    ],
    [
      "T005 of the same JSON, spaced otherwise",
      { body: BODY, headers: { "x-hub-signature-256": sign(`${BODY} `) } },
    ],
    ["a truncated one", { body: BODY, headers: { "x-hub-signature-256": sign(BODY).slice(0, -2) } }],
  ])("%s is refused", async ([, delivery]) => {
    expect(await send(rig, delivery)).toBe(401);
    expect(rig.accepted).toEqual([]);
  });

  it("T006 rotates the secret without a restart", async () => {
    rig.secrets = ["the new secret of the tests", SECRET];
    expect(await send(rig, { body: BODY })).toBe(202);
    expect(await send(rig, { body: BODY, secret: "the new secret of the tests" })).toBe(202);
    rig.secrets = ["the new secret of the tests"];
    expect(await send(rig, { body: BODY })).toBe(401);
  });

  it("believes nobody while there is no secret", async () => {
    rig.secrets = [];
    expect(await send(rig, { body: BODY })).toBe(401);
    expect(await send(rig, { body: BODY, secret: "" })).toBe(401);
  });

  it.for<[number, Record<string, string>]>([
    [415, { "content-type": "text/plain" }],
    [415, { "content-type": "application/x-www-form-urlencoded" }],
    [415, { "content-encoding": "gzip" }],
    [400, { "x-github-event": "" }],
    [400, { "x-github-delivery": "" }],
    [202, { "content-type": "application/json; charset=utf-8" }],
  ])("answers %i to %j", async ([status, headers]) => {
    expect(await send(rig, { body: BODY, headers })).toBe(status);
  });

  it("answers 405 to what is not posted, and passes other paths on", async () => {
    expect((await fetch(rig.url)).status).toBe(405);
    expect((await fetch(rig.url.replace("webhooks", "other"), { method: "POST", body: BODY })).status).toBe(
      404,
    );
  });
});

describe("what is said", () => {
  it.for(["__proto__", "constructor", "toString", "error", "*"])(
    "T010 event %s does nothing",
    async (event) => {
      expect(await send(rig, { event, body: BODY })).toBe(202);
      expect(rig.accepted).toEqual([]);
    },
  );

  it("T011 a signed body that is no object is refused, for every event", async () => {
    for (const event of EVENT_NAMES) {
      for (const body of ["null", "[]", '"x"', "0", "{", ""])
        expect(await send(rig, { event, body })).toBe(400);
      expect(await send(rig, { event, body: "{}" })).toBe(202);
    }
    expect(rig.accepted).toEqual([]);
  });

  it("T012 logs which field was wrong, and goes on", async () => {
    expect(await send(rig, { body: JSON.stringify({ ...PUSH, ref: 7 }) })).toBe(202);
    expect(JSON.stringify(rig.log.lines)).toContain("ref: invalid_type");
    expect(await send(rig, { body: BODY })).toBe(202);
    expect(rig.accepted).toEqual([REF]);
  });

  it("T013 keys of Object's own machinery change nothing", async () => {
    const body = `{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},${BODY.slice(1)}`;
    expect(await send(rig, { body })).toBe(202);
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
    expect(rig.accepted).toEqual([REF]);
  });

  it("T018 goes by what a delivery says, not by its id", async () => {
    const tag = JSON.stringify({ ...PUSH, ref: "refs/tags/v1" });
    expect(await send(rig, { id: "same", body: BODY })).toBe(202);
    expect(await send(rig, { id: "same", body: tag })).toBe(202);
    expect(rig.accepted).toEqual([REF, { ...REF, ref: "refs/tags/v1" }]);
  });

  it("answers 500 when it could not be kept, so that GitHub's log shows it", async () => {
    rig.onAccept = () => {
      throw new Error("disk full");
    };
    expect(await send(rig, { body: BODY })).toBe(500);
    rig.onAccept = () => undefined;
    expect(await send(rig, { body: BODY })).toBe(202);
  });
});

describe("how much", () => {
  it("T007 an unsigned body without end is cut at the cap, while others are served", async () => {
    const before = process.memoryUsage().rss;
    const flood = floodWith({
      "x-hub-signature-256": sign("something else"),
      "transfer-encoding": "chunked",
    });
    expect(await send(rig, { body: BODY })).toBe(202);
    expect(await flood).toBe(413);
    expect(process.memoryUsage().rss - before).toBeLessThan(150 * 1024 * 1024);
    expect(rig.accepted).toEqual([REF]);
  });

  it("T007 a body that says how large it is is not waited for", async () => {
    const signature = `x-hub-signature-256: ${sign("x")}`;
    const length = `content-length: ${DELIVERY_BYTES_MAX + 1}`;
    expect(await raw(headOf(signature, length))).toMatch(/^HTTP\/1.1 413/);
  });

  it("T008 a refused sender who goes on all the same is cut off", { timeout: 20_000 }, async () => {
    const socket = connect(rig.port, "127.0.0.1").on("error", () => undefined);
    socket.write(headOf("transfer-encoding: chunked"));
    const going = setInterval(() => socket.write("1\r\na\r\n"), 50);
    const [answer] = (await once(socket, "data")) as Buffer[];
    await once(socket, "close");
    clearInterval(going);
    expect(String(answer)).toMatch(/^HTTP\/1.1 401/);
  });

  it("T007 no signature, no reading", async () => {
    expect(await floodWith({ "transfer-encoding": "chunked" })).toBe(401);
  });

  it("T009 endless headers and contradictory lengths are cut off", async () => {
    expect(await raw(`POST / HTTP/1.1\r\nhost: x\r\nx-big: ${"a".repeat(1_000_000)}\r\n\r\n`)).toMatch(
      /^(HTTP\/1.1 431|$)/,
    );
    const many = Array.from({ length: 10_000 }, (_, index) => `x-${index}: 1`).join("\r\n");
    expect(await raw(`POST / HTTP/1.1\r\nhost: x\r\n${many}\r\n\r\n`)).toMatch(/^(HTTP\/1.1 431|$)/);
    const both = "content-length: 5\r\ntransfer-encoding: chunked";
    expect(await raw(`POST / HTTP/1.1\r\nhost: x\r\n${both}\r\n\r\n0\r\n\r\n`)).toMatch(/^(HTTP\/1.1 400|$)/);
    expect(await send(rig, { body: BODY })).toBe(202);
  });

  it.for([
    [
      "the largest that GitHub sends",
      `{"x":"${"a".repeat(DELIVERY_BYTES_MAX - BODY.length - 8)}",${BODY.slice(1)}`,
    ],
    ["a million entries", `{"x":[${"1,".repeat(999_999)}1],${BODY.slice(1)}`],
    ["5,000 deep", `{"x":${"[".repeat(5_000)}${"]".repeat(5_000)},${BODY.slice(1)}`],
    ["lone surrogates", `{"x":"\\ud800","y":"\\udfff",${BODY.slice(1)}`],
  ] as const)("T014 %s is little work", async ([, body]) => {
    // Of sender and server together; the clock on the wall would measure who else is using the machine.
    const before = process.cpuUsage();
    expect(await send(rig, { body })).toBe(202);
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1_000).toBeLessThan(2_000);
    expect(rig.accepted).toEqual([REF]);
  });

  it("T008 slow senders do not keep others waiting", async () => {
    const slow = Array.from({ length: 200 }, () => {
      const socket = connect(rig.port, "127.0.0.1");
      socket.on("error", () => undefined);
      const head = `x-github-event: push\r\nx-github-delivery: d\r\nx-hub-signature-256: ${sign("x")}`;
      const type = "content-type: application/json\r\ncontent-length: 1000";
      socket.write(`POST /api/github/webhooks HTTP/1.1\r\nhost: x\r\n${type}\r\n${head}\r\n\r\n{`);
      return socket;
    });
    await Promise.all(slow.map((socket) => once(socket, "connect")));
    const startedAt = performance.now();
    expect(await send(rig, { body: BODY })).toBe(202);
    expect(performance.now() - startedAt).toBeLessThan(1_000);
    const [first] = slow;
    const answers = first === undefined ? [] : ((await once(first, "data")) as Buffer[]);
    expect(String(answers[0])).toMatch(/^HTTP\/1.1 408/);
    for (const socket of slow) socket.destroy();
  }, 20_000);

  it("T008 takes so many connections and no more, and none for long that says nothing", {
    timeout: 25_000,
  }, async () => {
    const mute = await Promise.all(
      Array.from({ length: 512 }, async () => {
        const socket = connect(rig.port, "127.0.0.1").on("error", () => undefined);
        await once(socket, "connect");
        return socket;
      }),
    );
    const ended = mute.map((socket) => once(socket, "close"));
    for (const socket of mute) socket.resume().write("POST / HTTP/1.1\r\nhost: ");
    expect(await raw(headOf())).toBe("");
    await Promise.all(ended);
    expect(await send(rig, { body: BODY })).toBe(202);
  });

  it("T019 a thousand copies are a thousand answers, and one piece of work", async () => {
    for (let sent = 0; sent < 1_000; sent += 250) {
      const copies = Array.from({ length: 250 }, () => send(rig, { id: "same", body: BODY }));
      expect(new Set(await Promise.all(copies))).toEqual(new Set([202]));
    }
    expect(rig.accepted).toHaveLength(1_000);
    expect(new Set(rig.accepted.map(requestKey)).size).toBe(1);
  });
});

function sha1(body: string): string {
  return `sha1=${createHmac("sha1", SECRET).update(body).digest("hex")}`;
}

/** Sends up to 300 MB and returns the status that comes back meanwhile. */
function floodWith(headers: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(rig.url, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "x-github-event": "push",
        "x-github-delivery": "flood",
        ...headers,
      },
    });
    let isAnswered = false;
    let sent = 0;
    const chunk = Buffer.alloc(1024 * 1024, "a");
    const pump = (): void => {
      while (!isAnswered && sent < 300) {
        sent += 1;
        if (!request.write(chunk)) return void request.once("drain", pump);
      }
      if (!isAnswered) request.end();
    };
    request.on("response", (response) => {
      isAnswered = true;
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    request.on("error", (error) => (isAnswered ? undefined : reject(error)));
    pump();
  });
}

function headOf(...lines: readonly string[]): string {
  const usual = ["host: x", "content-type: application/json", "x-github-event: push", "x-github-delivery: d"];
  return `${["POST /api/github/webhooks HTTP/1.1", ...usual, ...lines].join("\r\n")}\r\n\r\n`;
}

/** Sends bytes, returns what comes back before the connection ends. */
async function raw(bytes: string): Promise<string> {
  const socket = connect(rig.port, "127.0.0.1");
  const chunks: Buffer[] = [];
  socket.on("data", (chunk: Buffer) => chunks.push(chunk));
  socket.on("error", () => undefined);
  socket.write(bytes);
  await new Promise((resolve) => socket.once("close", resolve));
  return Buffer.concat(chunks).toString("utf8");
}
