import { readFileSync } from "node:fs";

import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";
import formats from "ajv-formats";

/** What was asked and answered, to be held against GitHub's own description. */
export interface Exchange {
  /** `GET /repos/{owner}/{repo}`. */
  readonly operation: string;
  readonly query: Readonly<Record<string, string>>;
  readonly requestBody: unknown;
  readonly status: number;
  readonly responseBody: unknown;
}

/** GitHub's OpenAPI description of what we use. Every method returns what is wrong, in words; nothing for right. */
export interface OpenApi {
  checkExchange(exchange: Exchange): readonly string[];
  /** `name` as the description has it: `pull-request-opened`. Unknown names are not checked. */
  checkWebhook(name: string, payload: unknown): readonly string[];
}

type Json = Readonly<Record<string, unknown>>;

interface Description {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly webhooks: Readonly<Record<string, Json>>;
  readonly components: {
    readonly parameters: Readonly<Record<string, Parameter>>;
    readonly responses: Readonly<Record<string, Body>>;
  };
}

interface Operation {
  readonly parameters?: readonly (Parameter | Reference)[];
  readonly requestBody?: Body;
  readonly responses: Readonly<Record<string, Body | Reference>>;
}

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly schema: Json;
}

interface Body {
  readonly required?: boolean;
  readonly content?: Readonly<Record<string, { readonly schema: Json }>>;
}

interface Reference {
  readonly $ref: string;
}

/** One wrong member of a union makes dozens of errors; the first few say where. */
const PROBLEMS_MAX = 5;

const FILE = new URL("./openapi.min.json", import.meta.url);

/** Reads the description; schemas are compiled when first needed. */
export function loadOpenApi(): OpenApi {
  const description = JSON.parse(readFileSync(FILE, "utf8")) as Description;
  const strict = createAjv(description, { coerceTypes: false });

  function checkBody(schema: Json | undefined, body: unknown, where: string): readonly string[] {
    if (schema === undefined) return [];
    return strict(schema)(body) ? [] : explain(strict(schema).errors, where);
  }

  const checkQuery = createQueryCheck(description);

  return {
    checkExchange({ operation: name, query, requestBody, status, responseBody }) {
      const [method = "", path = ""] = name.split(" ");
      const operation = description.paths[path]?.[method.toLowerCase()];
      if (operation === undefined) return [`${name}: not in the description`];
      const problems = [...checkQuery(operation, query)];
      // GitHub refused it: then the request may well be wrong.
      if (status < 400)
        problems.push(...checkBody(schemaOf(operation.requestBody), requestBody ?? {}, "request"));
      const response = operation.responses[String(status)];
      if (response === undefined && status < 400 && status !== 304)
        problems.push(`status ${status}: not described`);
      if (response !== undefined) {
        const body = resolve(description.components.responses, response);
        problems.push(...checkBody(schemaOf(body), responseBody, `answer ${status}`));
      }
      return problems.map((problem) => `${name}: ${problem}`);
    },
    checkWebhook(name, payload) {
      const schema = description.webhooks[name];
      return checkBody(schema, payload, `webhook ${name}`);
    },
  };
}

type QueryCheck = (operation: Operation, query: Readonly<Record<string, string>>) => readonly string[];

function createQueryCheck(description: Description): QueryCheck {
  const coercing = createAjv(description, { coerceTypes: true });
  // Only members of an object are coerced; one wrapper a schema, so that it is compiled once.
  const wrappers = new Map<Json, Json>();
  return (operation, query) => {
    const parameters = (operation.parameters ?? [])
      .map((parameter) => resolve(description.components.parameters, parameter))
      .filter((parameter) => parameter.in === "query");
    const unknown = Object.keys(query).filter(
      (name) => !parameters.some((parameter) => parameter.name === name),
    );
    const problems = unknown.map((name) => `query ${name}: no such parameter`);
    for (const { name, required, schema } of parameters) {
      const value = query[name];
      if (value === undefined && required === true) problems.push(`query ${name}: missing`);
      if (value === undefined) continue;
      const wrapped = wrappers.get(schema) ?? { type: "object", properties: { value: schema } };
      wrappers.set(schema, wrapped);
      const validate = coercing(wrapped);
      if (!validate({ value })) problems.push(...explain(validate.errors, `query ${name}`));
    }
    return problems;
  };
}

type Compile = (schema: Json) => ValidateFunction;

function createAjv(description: Description, { coerceTypes }: { readonly coerceTypes: boolean }): Compile {
  const ajv = new Ajv({ strict: false, allErrors: true, coerceTypes, logger: false });
  formats.default(ajv);
  ajv.addFormat("repo.nwo", true);
  const compiled = new Map<Json, ValidateFunction>();
  ajv.addSchema({ $id: "github", components: description.components });
  return (schema) => {
    const known = compiled.get(schema);
    if (known !== undefined) return known;
    const validate = ajv.compile(absolute(schema) as Json);
    compiled.set(schema, validate);
    return validate;
  };
}

/** References inside a schema that stands alone have to name the document they point into. */
function absolute(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(absolute);
  if (typeof schema !== "object" || schema === null) return schema;
  return Object.fromEntries(
    Object.entries(schema).map(([key, value]) => [
      key,
      key === "$ref" && typeof value === "string" ? `github${value}` : absolute(value),
    ]),
  );
}

function resolve<T>(components: Readonly<Record<string, T>>, value: T | Reference): T {
  if (typeof value !== "object" || value === null || !("$ref" in value)) return value as T;
  const found = components[value.$ref.split("/").at(-1) ?? ""];
  if (found === undefined) throw new Error(`dangling reference ${value.$ref}`);
  return found;
}

function schemaOf(body: Body | undefined): Json | undefined {
  return body?.content?.["application/json"]?.schema;
}

function explain(errors: readonly ErrorObject[] | null | undefined, where: string): string[] {
  return (errors ?? [])
    .slice(0, PROBLEMS_MAX)
    .map(({ instancePath, message }) => `${where}${instancePath} ${message ?? "is wrong"}`);
}
