import type { IncomingMessage, ServerResponse } from "node:http";

import { ApiError, apiError } from "./api-error.ts";
import type { Authentication } from "./authentication.ts";
import { refsMoved } from "./branches.ts";
import { spawnGit } from "./git-process.ts";
import type { Account, Actor, RepositoryState } from "./model.ts";
import { findRepository, hasRole, type World } from "./world.ts";

/** Smart HTTP, by Git's own `http-backend`. */
export interface GitHttp {
  /** @returns false when the path is not a repository's. */
  handle(request: IncomingMessage, response: ServerResponse): Promise<boolean>;
  /** Resolves when what was pushed has been worked off. */
  idle(): Promise<void>;
}

const GIT_PATH =
  /^\/([^/]+)\/([^/]+?)(?:\.git)?(\/info\/refs|\/HEAD|\/git-upload-pack|\/git-receive-pack|\/objects\/.+)$/;

/**
 * Anybody may read and push what is public, so that `git clone` and `git push` work without an account; a push without a
 * token is the owner's. Private repositories ask for a token.
 */
export function createGitHttp(world: World, authentication: Authentication): GitHttp {
  const pushes = new Map<number, Promise<void>>();

  async function receive(
    repository: RepositoryState,
    by: Account,
    serve: () => Promise<void>,
  ): Promise<void> {
    const before = await repository.git.refs();
    await serve();
    await refsMoved(world, repository, { before, by });
  }

  return {
    async handle(request, response) {
      const url = new URL(request.url ?? "/", "http://localhost");
      const [, owner = "", name = "", service = ""] = GIT_PATH.exec(url.pathname) ?? [];
      const repository = findRepository(world, owner, name);
      if (service === "" || repository === undefined) return false;
      const isPush =
        service === "/git-receive-pack" || url.searchParams.get("service") === "git-receive-pack";
      const wants = isPush ? "write" : "read";
      try {
        const by = authorize(repository, authentication.gitActorOf(request.headers), wants);
        const serve = () =>
          runBackend(repository, { request, response, service, query: url.search.slice(1), login: by.login });
        if (service !== "/git-receive-pack") {
          await serve();
          return true;
        }
        const previous = pushes.get(repository.id) ?? Promise.resolve();
        const mine = previous.then(() => receive(repository, by, serve));
        pushes.set(
          repository.id,
          mine.catch(() => undefined),
        );
        await mine;
      } catch (error) {
        refuse(response, error);
      }
      return true;
    },
    async idle() {
      await Promise.all(pushes.values());
    },
  };
}

/** @returns whose push it is. */
function authorize(repository: RepositoryState, actor: Actor, wants: "read" | "write"): Account {
  switch (actor.kind) {
    case "anonymous":
      if (repository.isPrivate)
        throw apiError(401, "Authentication required", { "www-authenticate": 'Basic realm="GitHub"' });
      return repository.owner;
    case "user":
      if (!hasRole(repository, actor.account, wants)) throw apiError(403, "Permission denied");
      return actor.account;
    case "installation":
      checkInstallation(repository, actor, wants);
      return actor.account;
    case "app":
      throw apiError(403, "Permission denied");
  }
}

function checkInstallation(
  repository: RepositoryState,
  { installation, permissions }: Extract<Actor, { kind: "installation" }>,
  wants: "read" | "write",
): void {
  const isCovered = installation.repositoryIds.has(repository.id);
  if (installation.suspendedAt !== undefined) throw apiError(403, "This installation has been suspended");
  if (!isCovered && repository.isPrivate) throw apiError(404, "Repository not found");
  const granted = permissions["contents"];
  if (granted === undefined || (wants === "write" && (granted !== "write" || !isCovered))) {
    throw apiError(403, "Write access to repository not granted.");
  }
}

function refuse(response: ServerResponse, error: unknown): void {
  const { status, message, headers } = error instanceof ApiError ? error : apiError(500, String(error));
  if (!response.headersSent) response.writeHead(status, { "content-type": "text/plain", ...headers });
  response.end(`${message}\n`);
}

interface BackendCall {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly service: string;
  readonly query: string;
  readonly login: string;
}

function runBackend(repository: RepositoryState, call: BackendCall): Promise<void> {
  const { request, response } = call;
  const environment = {
    GIT_PROJECT_ROOT: repository.git.folder,
    GIT_HTTP_EXPORT_ALL: "1",
    PATH_INFO: call.service,
    QUERY_STRING: call.query,
    REQUEST_METHOD: request.method ?? "GET",
    REMOTE_USER: call.login,
    REMOTE_ADDR: "127.0.0.1",
    CONTENT_TYPE: request.headers["content-type"] ?? "",
    ...(request.headers["content-length"] === undefined
      ? {}
      : { CONTENT_LENGTH: request.headers["content-length"] }),
    HTTP_CONTENT_ENCODING: request.headers["content-encoding"] ?? "",
    GIT_PROTOCOL: String(request.headers["git-protocol"] ?? ""),
  };
  return new Promise((resolve, reject) => {
    const child = spawnGit({ folder: repository.git.folder, args: ["http-backend"], environment });
    let head = Buffer.alloc(0);
    let isHeadDone = false;
    child.stdout?.on("data", (chunk: Buffer) => {
      if (isHeadDone) {
        response.write(chunk);
        return;
      }
      head = Buffer.concat([head, chunk]);
      const end = head.indexOf("\r\n\r\n");
      if (end < 0) return;
      isHeadDone = true;
      writeHead(response, head.subarray(0, end).toString("latin1"));
      response.write(head.subarray(end + 4));
    });
    child.stderr?.resume();
    child.on("error", reject);
    child.on("close", () => {
      if (!isHeadDone) response.writeHead(500);
      response.end();
      resolve();
    });
    child.stdin?.on("error", () => undefined);
    request.on("error", () => child.kill());
    if (child.stdin !== null) request.pipe(child.stdin);
  });
}

function writeHead(response: ServerResponse, head: string): void {
  const headers: Record<string, string> = {};
  let status = 200;
  for (const line of head.split("\r\n")) {
    const [name = "", value = ""] = line.split(/: */, 2);
    if (name.toLowerCase() === "status") status = Number.parseInt(value, 10);
    else headers[name] = value;
  }
  response.writeHead(status, headers);
}
