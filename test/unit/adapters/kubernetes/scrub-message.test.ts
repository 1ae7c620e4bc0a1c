import { describe, expect, it } from "vitest";

import { scrubMessage } from "../../../../src/adapters/kubernetes/scrub-message.ts";
import type { JsonObject } from "../../../../src/domain/json.ts";
import { manifestOf } from "../../../../src/domain/manifest.ts";

const secret = (fields: JsonObject) =>
  manifestOf({ apiVersion: "v1", kind: "Secret", metadata: { name: "s", namespace: "n" }, ...fields });

describe("T118 a message about a Secret", () => {
  it.for([
    {
      what: "what a typed patch prints",
      message: ".data.p: expected string, got &value.valueUnstructured{Value:918273645}",
      shown: ".data.p: expected string, got (hidden)",
    },
    {
      what: "a map in Go's notation",
      message: 'data: Invalid value: map[string]string{"p":"other"}: bad',
      shown: "data: Invalid value: (hidden): bad",
    },
    {
      what: "a quoted value, with escaped quotes in it",
      message: 'type: Invalid value: "a\\"b: c": field is immutable',
      shown: "type: Invalid value: (hidden): field is immutable",
    },
    {
      what: "a value that is not supported",
      message: 'type: Unsupported value: "live-secret"',
      shown: "type: Unsupported value: (hidden)",
    },
  ])("hides $what, though it is not known which values there are", ({ message, shown }) => {
    expect(scrubMessage(message, secret({}))).toBe(shown);
  });

  it.for([
    { what: "as it is", data: { p: "c2VzYW1lLW9wZW4=" }, message: "bad: c2VzYW1lLW9wZW4=" },
    { what: "decoded", data: { p: "c2VzYW1lLW9wZW4=" }, message: "bad: sesame-open" },
    { what: "encoded", stringData: { p: "sesame-open" }, message: "bad: c2VzYW1lLW9wZW4=" },
    { what: "escaped", stringData: { p: 'se"same' }, message: 'bad: se\\"same' },
    { what: "line by line", stringData: { p: "first-line\nsecond-line" }, message: "bad: second-line" },
    { what: "as a number", stringData: { p: 918273 }, message: "bad: 918273" },
    { what: "nested in what is no text", data: [{ deep: ["sesame-open"] }], message: "bad: sesame-open" },
    { what: "of one letter that stands alone", stringData: { p: "x" }, message: "bad: x" },
  ])("hides a value $what", ({ what: _, message, ...fields }) => {
    expect(scrubMessage(message, secret(fields))).toBe("bad: (hidden)");
  });

  it("hides what annotations hold", () => {
    const metadata = { name: "s", annotations: { copy: "sesame-open" } };
    expect(scrubMessage("bad: sesame-open", manifestOf({ apiVersion: "v1", kind: "Secret", metadata }))).toBe(
      "bad: (hidden)",
    );
  });

  it("leaves words that only contain a short value", () => {
    expect(scrubMessage("field is exempt", secret({ stringData: { p: "ex" } }))).toBe("field is exempt");
  });
});

describe("any message", () => {
  const target = manifestOf({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "c" },
    data: { a: "blue" },
  });

  it("keeps values of what is no Secret", () => {
    const message = 'data[a]: Invalid value: "blue": not a colour';
    expect(scrubMessage(message, target)).toBe(message);
  });

  it("keeps a CRD's kind that is called Secret too, in another group", () => {
    const other = manifestOf({
      apiVersion: "example.com/v1",
      kind: "Secret",
      metadata: { name: "c" },
      data: { a: "blue" },
    });
    expect(scrubMessage("a: blue", other)).toBe("a: blue");
  });

  it("loses its control characters and what is too long", () => {
    expect(scrubMessage("\u001b[31mred\u0007", target)).toBe("[31mred");
    expect(scrubMessage("x".repeat(5_000), target)).toHaveLength(2_001);
  });
});

describe("T294 a message that prints what was sent", () => {
  const job = manifestOf({ apiVersion: "batch/v1", kind: "Job", metadata: { name: "j", namespace: "n" } });
  const dump = `{"labels":{"a":"}\\""},"Spec":{"Containers":[{"Image":"x"}],"More":[${"null,".repeat(50)}null]}}`;

  it.for([
    {
      what: "leaves out a value of many lines",
      message: `spec.template: Invalid value: ${dump}: field is immutable`,
      shown: "spec.template: Invalid value: {…}: field is immutable",
    },
    {
      what: "says all that is wrong",
      message: `[a: Invalid value: core.X${dump}: bad, b: Invalid value: ${dump}: worse]`,
      shown: "[a: Invalid value: core.X{…}: bad, b: Invalid value: {…}: worse]",
    },
    {
      what: "keeps a short value",
      message: 'roleRef: Invalid value: {"Name":"edit"}: cannot change roleRef',
      shown: 'roleRef: Invalid value: {"Name":"edit"}: cannot change roleRef',
    },
    {
      what: "keeps what never closes",
      message: `a: Invalid value: {"b": "${"x".repeat(200)}`,
      shown: `a: Invalid value: {"b": "${"x".repeat(200)}`,
    },
  ])("$what", ({ message, shown }) => {
    expect(scrubMessage(message, job)).toBe(shown);
  });
});
