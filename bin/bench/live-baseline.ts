import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { eventBytes } from "#lib/telemetry/frame.ts";
import { answerParent, usage } from "./process.ts";

type Body = { readonly unit: string; readonly samples: readonly { readonly tag: string; readonly at: string; readonly value: number; readonly quality: string }[] };

const sockets = new Set<Socket>();
let frames = 0;

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

/** The frame's text as PostgreSQL writes it, so that both servers send the same bytes. */
function frameText({ unit, samples }: Body, arrived: number): string {
  const values = samples.map((s) => `["${s.tag}", ${Date.parse(s.at)}, ${s.value}, "${s.quality}"]`).join(", ");
  return `{"id": ${++frames}, "kind": "values", "site": "basel", "unit": "${unit}", "values": [${values}], "arrived": ${arrived}}`;
}

/** The least that could be done: no session, no database, no parsing of what is sent on; one buffer, written to every socket. */
const server = createServer((request, response) => {
  if (request.method !== "POST") {
    const { socket } = request;
    socket.setNoDelay(true);
    socket.setTimeout(0);
    socket.once("close", () => sockets.delete(socket)).once("error", () => sockets.delete(socket));
    socket.write("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\nConnection: close\r\n\r\nevent: ready\ndata: {}\n\n");
    sockets.add(socket);
    return;
  }
  const arrived = Date.now(); // before the body is read, as in the front door
  void textOf(request).then((text) => {
    const bytes = eventBytes(frames + 1, "values", frameText(JSON.parse(text) as Body, arrived));
    for (const socket of sockets) socket.write(bytes);
    response.writeHead(200).end("{}");
  });
});

const questions = {
  start: (): Promise<number> => new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port))),
  usage,
};
export type LiveBaseline = typeof questions;
answerParent(questions);
