import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { draft, keep, keepDraft, kept, keptByOthers, letGo, sendKept, type Answer, type KeptValue, type Store } from "./kept.ts";

const memory = (): Store => { const held = new Map<string, string>(); return { getItem: (key) => held.get(key) ?? null, setItem: (key, value) => void held.set(key, value), removeItem: (key) => void held.delete(key) }; };
const value = (change: Partial<KeptValue> = {}): KeptValue => ({ submission: "s1", stepId: "1.1.1.1", parameter: "ph", value: "7.02", unit: "pH", eventAt: "2026-03-01T10:00:00.000Z", basedOn: 0, reason: "", instrument: "", confirmed: false, ...change });
const at = { address: "/api/batches/basel/B-1", person: "nico" };

describe("values kept in the browser (ALCOA+; a lost connection loses nothing typed)", () => {
  it("stay while nobody is reached, with the time they were typed at", async () => {
    const store = memory();
    keep(store, at, value());
    expect(await sendKept(store, at, () => Promise.resolve(undefined))).toBe(0);
    expect(kept(store, at)).toEqual([value({ kept: true })]);
  });
  it("are their author's alone: whoever signs in next in the same browser neither sees nor sends them", async () => {
    const held = new Map<string, string>();
    const store = { getItem: (key: string) => held.get(key) ?? null, setItem: (key: string, text: string) => void held.set(key, text), removeItem: (key: string) => void held.delete(key), key: (i: number) => [...held.keys()][i] ?? null, get length() { return held.size; } };
    const next = { ...at, person: "paul" };
    keep(store, at, value());
    let sent = 0;
    expect(await sendKept(store, next, () => { sent += 1; return Promise.resolve({ ok: true }); })).toBe(0);
    expect([sent, kept(store, next), keptByOthers(store, next), keptByOthers(store, at), kept(store, at).length]).toEqual([0, [], 1, 0, 1]);
    keepDraft(store, at, "1.1.1.1", "ph", "7.0");
    expect(draft(store, next, "1.1.1.1", "ph")).toBe("");
  });
  it("go when the portal has them, and so does what was typed", async () => {
    const store = memory();
    keepDraft(store, at, "1.1.1.1", "ph", "7.02");
    keep(store, at, value());
    expect(await sendKept(store, at, () => Promise.resolve({ ok: true }))).toBe(1);
    expect([kept(store, at), draft(store, at, "1.1.1.1", "ph")]).toEqual([[], ""]);
  });
  it("stay with the reason when the portal refuses, and are not sent again by themselves", async () => {
    const store = memory();
    keep(store, at, value());
    let sent = 0;
    const refuse = (): Promise<Answer> => { sent += 1; return Promise.resolve({ ok: false, error: "Start the step first.", kind: "refused" }); };
    await sendKept(store, at, refuse);
    await sendKept(store, at, refuse);
    expect([sent, kept(store, at)[0]?.refusal?.sentence]).toEqual([1, "Start the step first."]);
    letGo(store, at, "s1");
    expect(kept(store, at)).toEqual([]);
  });
  it("of one batch are not those of another, and what cannot be read loses nothing else", () => {
    const store = memory();
    keep(store, at, value());
    expect(kept(store, { ...at, address: "/api/batches/basel/B-2" })).toEqual([]);
    store.setItem("veribatch kept /x nico", "{broken");
    expect([kept(store, { address: "/x", person: "nico" }), kept(store, at).length]).toEqual([[], 1]);
  });
  it("are each taken exactly once, in order, however often the connection breaks", async () => {
    await fc.assert(fc.asyncProperty(fc.array(fc.boolean(), { minLength: 1, maxLength: 60 }), fc.integer({ min: 1, max: 8 }), async (reached, n) => {
      const store = memory();
      for (let i = 0; i < n; i += 1) keep(store, at, value({ submission: `s${i}`, parameter: `p${i}` }));
      const taken: string[] = [];
      let k = 0;
      const send = (one: KeptValue): Promise<Answer | undefined> => { const up = reached[k % reached.length]; k += 1; if (!up) return Promise.resolve(undefined); taken.push(one.submission); return Promise.resolve({ ok: true }); };
      for (let round = 0; round < 200 && kept(store, at).length > 0; round += 1) await sendKept(store, at, send);
      const all = Array.from({ length: n }, (_, i) => `s${i}`);
      expect([...taken, ...kept(store, at).map((one) => one.submission)]).toEqual(all);
      if (reached.some(Boolean)) expect(taken.length === n || kept(store, at).length > 0).toBe(true);
    }));
  });
});
