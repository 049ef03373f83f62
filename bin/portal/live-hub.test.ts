import type { IncomingMessage } from "node:http";
import { Duplex } from "node:stream";
import { setImmediate as turn } from "node:timers/promises";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { channelsOf, LiveHub } from "./live-hub.ts";

/** Stands for a browser's socket: keeps what was written; a slow one takes nothing off the queue. */
class Reader extends Duplex {
  readonly written: Buffer[] = [];
  readonly slow: boolean;
  constructor(slow = false) { super(); this.slow = slow; }
  setNoDelay(): void {}
  setTimeout(): void {}
  override _read(): void {}
  override _write(chunk: Buffer, _encoding: string, done: () => void): void { this.written.push(chunk); if (!this.slow) done(); }
  get text(): string { return Buffer.concat(this.written).toString("utf8"); }
  /** Events after the head and the answer to the subscription. */
  get events(): readonly { id: string; event: string; data: string }[] {
    return [...this.text.matchAll(/id: (.*)\nevent: (.*)\ndata: (.*)\n\n/g)].map(([, id = "", event = "", data = ""]) => ({ id, event, data }));
  }
}

let hub: LiveHub;
const yes = async () => true;
function subscribe(channel = "basel", lastEventId?: number | string, { reader = new Reader(), allowed = yes } = {}): Reader {
  hub.subscribe({ socket: reader, headers: lastEventId === undefined ? {} : { "last-event-id": String(lastEventId) } } as unknown as IncomingMessage, channel, allowed);
  return reader;
}
const frame = (id: number, unit = "BR-2001", site = "basel", values: unknown = [["ph", 1, 7, "good"]]) => JSON.stringify({ kind: "values", id, site, unit, arrived: 1, values });
const publish = (...ids: readonly number[]) => { for (const id of ids) hub.publish(frame(id)); };
const ids = (reader: Reader) => reader.events.map((e) => `${e.event} ${e.id}`);

beforeEach(() => { hub = new LiveHub(); });
afterEach(() => hub.close());

describe("a live stream", () => {
  it("starts with the head of an event stream, when to come back, and where it stands", async () => {
    publish(4, 9);
    const { text } = subscribe();
    expect(text).toMatch(/^HTTP\/1\.1 200 OK\r\nContent-Type: text\/event-stream; charset=utf-8\r\nCache-Control: no-store, no-transform\r\n/);
    expect(text.split("\r\n\r\n")[1]).toBe("retry: 2000\nid: 9\nevent: ready\ndata: {}\n\n");
  });

  it("REQ-04 (21 CFR 11.10(d)) brings the frames of its channel and of no other", () => {
    const [site, unit, otherUnit, otherSite] = [subscribe("basel"), subscribe("basel/BR-2001"), subscribe("basel/BR-2002"), subscribe("raleigh")];
    hub.publish(frame(1, "BR-2001"));
    hub.publish(frame(2, "BR-2002"));
    hub.publish(frame(3, "BR-3001", "raleigh"));
    expect([site, unit, otherUnit, otherSite].map((r) => ids(r).slice(1))).toEqual([["values 1", "values 2"], ["values 1"], ["values 2"], ["values 3"]]);
    expect(channelsOf({ kind: "values", id: 1, site: "basel", unit: "BR-2001", arrived: 1, values: [] })).toEqual(["basel", "basel/BR-2001"]);
  });

  it("brings every reader the very same bytes, serialised once", () => {
    const readers = [subscribe("basel"), subscribe("basel"), subscribe("basel/BR-2001")];
    const payload = frame(1).replace(":7,", ": 7.0,");
    hub.publish(payload);
    const last = readers.map((r) => r.written.at(-1));
    expect(last[0]?.toString()).toBe(`id: 1\nevent: values\ndata: ${payload}\n\n`);
    expect(last.every((bytes) => bytes?.equals(last[0] ?? Buffer.alloc(0)))).toBe(true);
    expect(new Set(last.map((bytes) => bytes?.buffer)).size).toBe(1);
    expect(hub.delivered).toBe(3);
  });

  it("refuses what is no frame, with an error, and writes nothing", () => {
    const reader = subscribe();
    const before = reader.text;
    for (const bad of ["", "null", "{}", frame(1).replace("values", "other"), JSON.stringify({ kind: "values", id: 1, site: "basel" })]) expect(() => hub.publish(bad)).toThrow();
    expect(reader.text).toBe(before);
  });

  it("is forgotten when the reader leaves", async () => {
    const [stays, leaves] = [subscribe(), subscribe()];
    expect(hub.streams).toBe(2);
    leaves.destroy();
    await turn();
    expect(hub.streams).toBe(1);
    publish(1);
    expect([ids(stays).length, ids(leaves).length]).toEqual([2, 1]);
  });
});

describe("a reader who comes back", () => {
  it.each<[string, readonly number[], number | string, readonly string[]]>([
    ["gets what he missed, in order", [1, 2, 3, 4], 2, ["values 3", "values 4"]], ["gets nothing when he missed nothing", [1, 2], 2, []], ["is placed by the frame he saw, not by its number: numbers need not rise", [5, 3, 8, 6], 3, ["values 8", "values 6"]],
    ["starts anew when his place is unknown", [5, 6], 2, ["reset 6"]], ["starts anew when he is ahead of us", [5, 6], 7, ["reset 6"]], ["starts anew when he saw nothing but there was something", [5], 0, ["reset 5"]], ["goes on when there was nothing yet", [], 0, []],
  ])("%s", (_, published, last, brought) => {
    publish(...published);
    expect(ids(subscribe("basel", last))).toEqual(brought);
  });

  it("starts anew when the frame he saw last is no longer kept, and not a frame earlier", () => {
    publish(...Array.from({ length: 1_001 }, (_, i) => i + 1));
    expect(ids(subscribe("basel", 1))).toEqual(["reset 1001"]);
    expect(ids(subscribe("basel", 2))).toEqual(Array.from({ length: 999 }, (_, i) => `values ${i + 3}`));
  });

  it("with a number that is none is a new reader", () => expect(ids(subscribe("basel", "abc"))).toEqual(["ready 0"]));

  it("misses nothing and gets nothing twice, wherever the connection breaks", () => {
    fc.assert(fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 1e6 }), { minLength: 1, maxLength: 60 }), fc.nat(), fc.nat(), (numbers, a, b) => {
      hub.close();
      hub = new LiveHub();
      const [first, second] = [a % numbers.length, b % (numbers.length - (a % numbers.length))];
      publish(...numbers.slice(0, first));
      const before = subscribe();
      publish(...numbers.slice(first, first + second));
      before.destroy();
      publish(...numbers.slice(first + second));
      const after = subscribe("basel", before.events.at(-1)?.id ?? 0);
      const brought = [...ids(before).slice(1), ...ids(after)];
      expect(brought).toEqual(first + second === 0 ? [`reset ${numbers.at(-1)}`] : numbers.slice(first).map((n) => `values ${n}`));
    }));
  });

  it("starts anew after the bus was away, whether he stayed connected or not", () => {
    const stayed = subscribe();
    publish(1, 2);
    hub.resetAll();
    expect(ids(stayed).slice(-1)).toEqual(["reset 0"]);
    publish(3);
    expect(ids(subscribe("basel", 2))).toEqual(["reset 3"]);
    expect(ids(subscribe("basel", 0))).toEqual(["reset 3"]);
    expect(ids(stayed).slice(-1)).toEqual(["values 3"]);
  });
});

describe("a slow reader", () => {
  const big = (id: number) => frame(id, "BR-2001", "basel", Array.from({ length: 3_000 }, (_, i) => ["some-tag-name", i, 7, "good"]));
  it("is let go when too much waits for him, counted once, and the others notice nothing", async () => {
    const [slow, quick] = [subscribe("basel", undefined, { reader: new Reader(true) }), subscribe()];
    for (let id = 1; id <= 20; id++) hub.publish(big(id));
    expect([slow.destroyed, quick.destroyed, hub.dropped]).toEqual([true, false, 1]);
    expect(ids(quick).filter((e) => e.startsWith("values"))).toHaveLength(20);
    await turn();
    expect(hub.streams).toBe(1);
  });
  it("is given time: what fits the queue is kept for him", () => {
    const slow = subscribe("basel", undefined, { reader: new Reader(true) });
    publish(...Array.from({ length: 100 }, (_, i) => i + 1));
    expect([slow.destroyed, hub.dropped]).toEqual([false, 0]);
  });
});

describe("a stream that stays open", () => {
  beforeEach(() => { hub.close(); vi.useFakeTimers(); hub = new LiveHub(); });
  afterEach(() => vi.useRealTimers());

  it("is told that the portal is still here, in a comment that is no event", async () => {
    const reader = subscribe();
    const before = reader.text;
    await vi.advanceTimersByTimeAsync(15_000);
    expect(reader.text.slice(before.length)).toBe(": still here\n\n");
  });
  it("REQ-19 (21 CFR 11.10(g)) is ended when its reader is no longer allowed, or when nobody can tell", async () => {
    let allowed = true;
    const [loses, unknown, stays] = [subscribe("basel", undefined, { allowed: async () => allowed }), subscribe("basel", undefined, { allowed: async () => { throw new Error("database away"); } }), subscribe()];
    await vi.advanceTimersByTimeAsync(29_000);
    expect([loses.destroyed, unknown.destroyed, stays.destroyed]).toEqual([false, false, false]);
    allowed = false;
    await vi.advanceTimersByTimeAsync(2_000);
    expect([loses.destroyed, unknown.destroyed, stays.destroyed]).toEqual([true, true, false]);
  });
  it("is ended with the portal", () => {
    const reader = subscribe();
    hub.close();
    expect(reader.destroyed).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  });
});
