import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { eventBytes, liveFrame, type LiveFrame } from "#lib/telemetry/frame.ts";

type Kept = { readonly id: number; readonly bytes: Buffer };
type Subscriber = { readonly socket: Socket; readonly channel: string; readonly stillAllowed: () => Promise<boolean> };

/** How many frames a channel keeps for those who come back, and how much a slow reader may queue before it is let go. */
const ringLength = 1_000;
const queueCap = 512 * 1024;
const heartbeatMs = 15_000;
const recheckMs = 30_000;

const head = Buffer.from(
  "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\nCache-Control: no-store, no-transform\r\nX-Accel-Buffering: no\r\nX-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\n",
);
const heartbeat = Buffer.from(": still here\n\n");
const reset = (id: number) => eventBytes(id, "reset", "{}");

/** Channels are `site` and `site/unit`; a frame goes to both. */
export const channelsOf = (frame: LiveFrame): readonly string[] => [frame.site, `${frame.site}/${frame.unit}`];

/**
 * Fans frames of the bus out to event streams: a frame is serialised once and the same bytes are written to every socket.
 * A reader that returns with `Last-Event-ID` gets what it missed, or `reset` when that is no longer kept.
 */
export class LiveHub {
  readonly #rings = new Map<string, Kept[]>();
  readonly #subscribers = new Map<string, Set<Subscriber>>();
  readonly #timers: readonly NodeJS.Timeout[];
  delivered = 0;
  dropped = 0;

  constructor() {
    this.#timers = [setInterval(() => this.#beat(), heartbeatMs), setInterval(() => void this.#recheck(), recheckMs)];
    for (const timer of this.#timers) timer.unref();
  }

  get streams(): number {
    return [...this.#subscribers.values()].reduce((n, set) => n + set.size, 0);
  }

  /** Takes one notification of the bus. Text that is no frame is refused with an error that names it. */
  publish(payload: string): void {
    const frame = liveFrame.parse(JSON.parse(payload));
    const bytes = eventBytes(frame.id, frame.kind, payload);
    for (const channel of channelsOf(frame)) {
      const ring = this.#rings.get(channel) ?? [];
      ring.push({ id: frame.id, bytes });
      if (ring.length > ringLength) ring.shift();
      this.#rings.set(channel, ring);
      for (const subscriber of this.#subscribers.get(channel) ?? []) this.#write(subscriber, bytes);
    }
  }

  /** Answers a request with a stream of `channel`. `stillAllowed` is asked again from time to time; a no ends the stream. */
  subscribe(request: IncomingMessage, channel: string, stillAllowed: () => Promise<boolean>): void {
    const { socket } = request;
    socket.setNoDelay(true);
    socket.setTimeout(0);
    const subscriber: Subscriber = { socket, channel, stillAllowed };
    const set = this.#subscribers.get(channel) ?? new Set();
    this.#subscribers.set(channel, set.add(subscriber));
    const leave = () => set.delete(subscriber);
    socket.once("close", leave).once("error", leave);
    socket.write(head);
    const last = Number(request.headers["last-event-id"] ?? Number.NaN);
    const ring = this.#rings.get(channel) ?? [];
    const newest = ring.at(-1)?.id ?? 0;
    if (Number.isNaN(last)) {
      socket.write(`retry: 2000\nid: ${newest}\nevent: ready\ndata: {}\n\n`);
      return;
    }
    // Frames are in order of commit, which is the same for every portal; ids need not rise, so the place is looked up.
    const place = ring.findIndex((kept) => kept.id === last);
    if (place < 0 && last !== newest) socket.write(reset(newest));
    else for (const kept of ring.slice(place + 1)) this.#write(subscriber, kept.bytes);
  }

  /** After the bus was away: nobody knows what was missed. */
  resetAll(): void {
    this.#rings.clear();
    for (const set of this.#subscribers.values()) for (const subscriber of set) this.#write(subscriber, reset(0));
  }

  close(): void {
    for (const timer of this.#timers) clearInterval(timer);
    for (const set of this.#subscribers.values()) for (const { socket } of set) socket.destroy();
  }

  #write(subscriber: Subscriber, bytes: Buffer): void {
    const { socket, channel } = subscriber;
    if (socket.writableLength > queueCap) {
      this.dropped += 1;
      this.#subscribers.get(channel)?.delete(subscriber); // at once: its "close" comes only later
      socket.destroy();
      return;
    }
    this.delivered += 1;
    socket.write(bytes);
  }

  #beat(): void {
    for (const set of this.#subscribers.values()) for (const { socket } of set) socket.write(heartbeat);
  }

  async #recheck(): Promise<void> {
    for (const set of [...this.#subscribers.values()]) {
      for (const subscriber of [...set]) if (!(await subscriber.stillAllowed().catch(() => false))) subscriber.socket.destroy();
    }
  }
}
