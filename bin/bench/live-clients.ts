import { connect } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { BrokenPromise } from "#lib/result.ts";
import { answerParent } from "./process.ts";

/** Deliveries of one repetition, column by column: which stream, the sample time that names the frame, and how long it took, ms. */
export type Deliveries = { readonly stream: number[]; readonly at: number[]; readonly ms: number[] };
type Opening = { readonly port: number; readonly path: string; readonly cookies: readonly string[] };

let received: Deliveries = { stream: [], at: [], ms: [] };
let clockOffset = 0;
const wallClock = () => performance.timeOrigin + performance.now() + clockOffset;

/** Sets the fine clock to the machine's: the servers stamp with `Date.now()`, whose millisecond turns over at this moment. */
function setClock(): void {
  const before = Date.now();
  while (Date.now() === before);
  clockOffset = Date.now() - (performance.timeOrigin + performance.now());
}

function takeEvent(stream: number, event: string, now: number): void {
  const arrived = /"arrived": ?(\d+)/.exec(event)?.[1];
  const at = /"values": ?\[\["[^"]*", ?(\d+)/.exec(event)?.[1];
  if (!arrived || !at) throw new BrokenPromise("bench-frame", `an event without its times: ${event.slice(0, 200)}`);
  received.stream.push(stream);
  received.at.push(Number(at));
  received.ms.push(now - Number(arrived));
}

/** Opens one stream and resolves when its `ready` event is there. */
function openStream(stream: number, { port, path }: Opening, cookie: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\nCookie: ${cookie}\r\n\r\n`));
    let tail = "";
    socket.on("data", (chunk: Buffer) => {
      const now = wallClock();
      const parts = (tail + chunk.toString("latin1")).split("\n\n");
      tail = parts.pop() ?? "";
      for (const part of parts) {
        if (part.includes("event: values\n")) takeEvent(stream, part, now);
        else if (part.includes("event: ready\n")) resolve();
      }
      if (tail.startsWith("HTTP/1.1 4")) reject(new Error(`the stream was refused: ${tail.slice(0, 12)}`));
    });
    socket.once("error", reject);
  });
}

const atOnce = 50;

const questions = {
  open: async (opening: Opening): Promise<number> => {
    for (let i = 0; i < opening.cookies.length; i += atOnce) {
      await Promise.all(opening.cookies.slice(i, i + atOnce).map((cookie, k) => openStream(i + k, opening, cookie)));
    }
    return opening.cookies.length;
  },
  begin: (): void => {
    setClock();
    received = { stream: [], at: [], ms: [] };
  },
  /** Waits until `expected` deliveries are there, at most five seconds, and hands out what came. */
  collect: async ({ expected }: { readonly expected: number }): Promise<Deliveries> => {
    for (let i = 0; i < 50 && received.ms.length < expected; i++) await pause(100);
    await pause(200); // whatever comes twice
    return received;
  },
};
export type LiveClients = typeof questions;
answerParent(questions);
