import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Database } from "#db/client.ts";
import { may } from "#lib/access/actor.ts";
import { actorOfSession, sessionIdOf } from "#lib/access/session-queries.ts";
import type { Installation } from "#lib/installation.ts";
import { ingest } from "#lib/telemetry/ingest-commands.ts";
import { ingestRequest } from "#lib/telemetry/sample.ts";
import { parseSourceKey } from "#lib/telemetry/source-key.ts";
import type { LiveHub } from "./live-hub.ts";
import { StartRefused } from "./refusal.ts";

type Handler = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

/** What stands behind the door once everything is up; until then the door answers that it is starting. */
export type Behind = {
  readonly database: Database;
  readonly installation: Installation;
  readonly hub: LiveHub;
  readonly identity: Handler | undefined;
  readonly pages: Handler;
  readonly health: () => Promise<{ readonly ready: boolean; readonly body: unknown }>;
};

const bodyLimit = 8 * 1024 * 1024;

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json; charset=utf-8", "cache-control": "no-store", "x-content-type-options": "nosniff" }).end(JSON.stringify(body));
}

async function jsonBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += (chunk as Buffer).length;
    if (size > bodyLimit) return undefined;
    chunks.push(chunk as Buffer);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString("utf8"));
  } catch {
    return undefined;
  }
}

async function takeSamples({ database }: Behind, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method !== "POST") return sendJson(response, 405, { error: "Send samples with POST." });
  const now = new Date(); // the arrival: before the body is read
  const key = parseSourceKey(request.headers.authorization);
  if (!key) return sendJson(response, 401, { error: "Send the source's key as a bearer token." });
  const body = ingestRequest.safeParse(await jsonBody(request));
  if (!body.success) return sendJson(response, 400, { error: "The body must be JSON of at most 8 MB: { unit, samples: [1 to 5,000 samples] }. Nothing was stored." });
  const outcome = await ingest(database, key, body.data.unit, body.data.samples, { now, newId: randomUUID });
  if (outcome.ok) return sendJson(response, outcome.value.quarantined > 0 ? 207 : 200, outcome.value);
  sendJson(response, outcome.refusal.reason === "foreign-unit" ? 403 : 401, { error: outcome.refusal.sentence, reason: outcome.refusal.reason });
}

const cookieOf = (request: IncomingMessage) => (name: string): string | undefined => {
  const found = (request.headers.cookie ?? "").split(/; */).find((pair) => pair.startsWith(`${name}=`));
  return found && decodeURIComponent(found.slice(name.length + 1));
};

async function openStream({ database, installation, hub }: Behind, request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
  const [site, unit, ...rest] = path.split("/").slice(3).map(decodeURIComponent);
  if (!site || rest.length > 0) return sendJson(response, 404, { error: "Streams are /api/live/{site} and /api/live/{site}/{unit}." });
  const sessionId = await sessionIdOf(cookieOf(request), installation.authSecret);
  if (!sessionId) return sendJson(response, 401, { error: "Sign in first." });
  const allowed = async () => {
    const actor = await actorOfSession(database, sessionId, new Date(), installation.session, false);
    return actor !== undefined && may(actor, "unit.read", site);
  };
  if (!(await allowed())) return sendJson(response, 404, { error: "There is no such stream for you." });
  hub.subscribe(request, unit ? `${site}/${unit}` : site, allowed);
}

/** Can the path be decoded, and can its text be looked up in the database (which knows no NUL)? */
function readable(path: string): boolean {
  try {
    return !decodeURIComponent(path).includes("\0");
  } catch {
    return false;
  }
}

/** Address of the page somebody asked to see; empty for what a browser fetches ahead and for the answer to a form. */
function viewedAddress({ method, url, headers }: IncomingMessage): string {
  const ahead = headers["next-router-prefetch"] ?? headers["next-router-segment-prefetch"] ?? [headers["sec-purpose"], headers["purpose"]].find((purpose) => purpose?.includes("prefetch"));
  if (method !== "GET" || ahead || headers["next-action"]) return "";
  return (url ?? "").replace(/([?&])_rsc=[^&]*&?/, "$1").replace(/[?&]$/, "");
}

async function answer(behind: Behind | undefined, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = (request.url ?? "/").split("?")[0] ?? "/";
  if (path === "/api/health") {
    const health = behind ? await behind.health() : { ready: false, body: { ready: false, portal: "starting" } };
    return sendJson(response, health.ready ? 200 : 503, health.body);
  }
  if (!behind) {
    response.writeHead(503, { "content-type": "text/plain; charset=utf-8", "retry-after": "3" }).end("Veribatch is starting. Try again in a few seconds.\n");
    return;
  }
  if (path === "/api/ingest/v1/samples") return takeSamples(behind, request, response);
  if (path.startsWith("/api/live/") && readable(path)) return openStream(behind, request, response, path);
  if (path.startsWith("/oidc/") && behind.identity) return behind.identity(request, response);
  if (!readable(path)) request.url = "/unreadable-address"; // no page has it: the answer says that there is nothing here
  request.headers["x-veribatch-view"] = viewedAddress(request);
  request.headers["x-veribatch-client"] = request.socket.remoteAddress ?? "unknown address";
  return behind.pages(request, response);
}

/** The one port of the portal. Listens at once, so that a taken port is known before anything else is started. */
export function openFrontDoor(port: number, host: string | undefined): Promise<{ readonly server: Server; readonly admit: (behind: Behind) => void }> {
  let behind: Behind | undefined;
  const server = createServer((request, response) => {
    answer(behind, request, response).catch((error: unknown) => {
      console.error("A request failed:", error instanceof Error ? error.message : "unknown error");
      if (!response.headersSent) sendJson(response, 500, { error: "The portal could not answer. The reason is in its log." });
      else response.destroy();
    });
  });
  server.keepAliveTimeout = 65_000;
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const sentence = error.code === "EADDRINUSE" ? `Port ${port} is taken. Stop what uses it, or choose another with PORT=…, then start again.`
        : error.code === "EACCES" ? `Port ${port} may not be opened by this user. Choose one above 1023 with PORT=…, then start again.`
        : `The portal cannot listen on port ${port}: ${error.message}.`;
      reject(new StartRefused(sentence, { cause: error }));
    });
    server.listen(port, host, () => resolve({ server, admit: (everything) => void (behind = everything) }));
  });
}
