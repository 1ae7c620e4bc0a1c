import { describe, expect, it } from "vitest";

import type { FieldNode } from "../../../src/domain/field-ownership.ts";
import {
  allManagedFields,
  appliedFields,
  hasClientSideOwners,
  hasOwnedValue,
  itemKeys,
  keyedItems,
  LAST_APPLIED_ANNOTATION,
  lastAppliedOf,
  setItems,
} from "../../../src/domain/field-ownership.ts";
import type { JsonObject, JsonValue } from "../../../src/domain/json.ts";

function object(...managedFields: readonly JsonObject[]) {
  return { object: { metadata: { managedFields } } };
}

const ours = { manager: "argocd-controller", operation: "Apply", fieldsV1: { "f:spec": { "f:a": {} } } };
const oursToo = { ...ours, fieldsV1: { "f:spec": { "f:b": {} } } };
const theirs = { manager: "someone", operation: "Apply", fieldsV1: { "f:data": {} } };
const oursClientSide = { ...ours, operation: "Update", fieldsV1: { "f:data": {} } };
const oursOnStatus = { ...ours, subresource: "status", fieldsV1: { "f:status": {} } };

describe("appliedFields", () => {
  it("is what our manager applied, all entries together, and nothing of subresources or others", () => {
    expect(appliedFields(object(theirs, ours, oursToo, oursOnStatus, oursClientSide))).toEqual({
      "f:spec": { "f:a": {}, "f:b": {} },
    });
  });

  it("keeps what is finer of two entries", () => {
    const coarse = { ...ours, fieldsV1: { "f:spec": {} } };
    expect(appliedFields(object(coarse, ours))).toEqual({ "f:spec": { "f:a": {} } });
    expect(appliedFields(object(ours, coarse))).toEqual({ "f:spec": { "f:a": {} } });
  });

  it("is absent where we never applied", () => {
    expect(appliedFields(object(theirs, oursClientSide))).toBeUndefined();
    expect(appliedFields({ object: {} })).toBeUndefined();
  });
});

describe("allManagedFields", () => {
  it("is what anybody owns", () => {
    expect(allManagedFields(object(theirs, ours))).toEqual({ "f:data": {}, "f:spec": { "f:a": {} } });
  });
});

describe("hasClientSideOwners", () => {
  const update = (manager: string, more = {}) =>
    object({ manager, operation: "Update", fieldsV1: {}, ...more });
  it.for([
    { name: "kubectl apply", live: update("kubectl-client-side-apply"), is: true },
    { name: "Argo CD", live: update("argocd-controller"), is: true },
    { name: "the time before server-side apply", live: update("before-first-apply"), is: true },
    { name: "kubectl edit", live: update("kubectl-edit"), is: false },
    { name: "a controller", live: update("kube-controller-manager"), is: false },
    { name: "Argo CD's status", live: update("argocd-controller", { subresource: "status" }), is: false },
    { name: "server-side apply", live: object(ours), is: false },
  ])("by $name: $is", ({ live, is }) => {
    expect(hasClientSideOwners(live)).toBe(is);
  });
});

describe("lastAppliedOf", () => {
  const annotated = (text: string) => ({
    object: { metadata: { annotations: { [LAST_APPLIED_ANNOTATION]: text } } },
  });
  it.for([
    { text: '{"a":1}', is: { a: 1 } },
    { text: "[1]", is: undefined },
    { text: "{", is: undefined },
    { text: "", is: undefined },
  ])("of $text", ({ text, is }) => {
    expect(lastAppliedOf(annotated(text))).toEqual(is);
  });
});

describe("field sets", () => {
  const node: FieldNode = {
    ".": {},
    'k:{"port":80,"protocol":"TCP"}': { "f:port": {} },
    "k:broken": {},
    'v:"x"': {},
    "v:1": {},
  };
  it("name the items of keyed lists, their keys, and the items of sets", () => {
    expect([...keyedItems(node).keys()]).toEqual(['{"port":80,"protocol":"TCP"}']);
    expect(itemKeys(node)).toEqual(["port", "protocol"]);
    expect(setItems(node)).toEqual(["x", 1]);
    expect([itemKeys({}), setItems({})]).toEqual([undefined, undefined]);
  });
});

describe("hasOwnedValue", () => {
  it.for<{ name: string; node: FieldNode; live: JsonValue; is: boolean }>([
    { name: "a scalar", node: {}, live: 1, is: true },
    { name: "an empty text", node: {}, live: "", is: true },
    { name: "null", node: {}, live: null, is: false },
    { name: "an empty map", node: {}, live: {}, is: true },
    { name: "a map as a whole", node: {}, live: { a: 1 }, is: true },
    { name: "a field inside", node: { "f:a": {} }, live: { a: 1 }, is: true },
    { name: "only fields of others inside", node: { "f:a": {} }, live: { b: 1 }, is: false },
    { name: "only the map itself", node: { ".": {}, "f:a": {} }, live: {}, is: false },
    { name: "an item", node: { 'k:{"name":"a"}': { ".": {} } }, live: [{ name: "a" }], is: true },
    {
      name: "only items of others",
      node: { 'k:{"name":"a"}': { ".": {} } },
      live: [{ name: "b" }],
      is: false,
    },
    { name: "one field of several", node: { "f:a": {}, "f:b": {} }, live: { b: 1 }, is: true },
    {
      name: "an item of several keys",
      node: { 'k:{"port":1,"protocol":"TCP"}': {} },
      live: [
        { port: 2, protocol: "TCP" },
        { port: 1, protocol: "UDP" },
      ],
      is: false,
    },
    { name: "one of several items of a set", node: { 'v:"a"': {} }, live: ["b", "a"], is: true },
    { name: "what is no field set", node: { "f:a": 1, "f:b": {} }, live: { a: 1 }, is: false },
    { name: "an item of a set", node: { 'v:"a"': {} }, live: ["a"], is: true },
    { name: "only other items of a set", node: { 'v:"a"': {} }, live: ["b"], is: false },
  ])("of $name: $is", ({ node, live, is }) => {
    expect(hasOwnedValue(node, live)).toBe(is);
  });
});
