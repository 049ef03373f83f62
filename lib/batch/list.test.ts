import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { batchFilter, batchSorts, listAddress, pageSizes, type BatchFilter } from "./list.ts";
import { batchStates } from "./state.ts";

/** The query of an address as the router hands it on: one value is text, several are a list. */
function queryOf(address: string): Record<string, string | string[]> {
  const { searchParams } = new URL(address, "http://portal");
  return Object.fromEntries([...new Set(searchParams.keys())].map((name) => { const all = searchParams.getAll(name); return [name, all.length === 1 ? (all[0] ?? "") : all]; }));
}
const plain = batchFilter.parse({});
const names = fc.array(fc.string({ minLength: 1, maxLength: 12, unit: "grapheme" }), { maxLength: 3 });
const anyFilter: fc.Arbitrary<BatchFilter> = fc.record({
  q: fc.string({ maxLength: 30, unit: "grapheme" }).map((q) => q.trim().slice(0, 80)).filter((q) => q.isWellFormed() && q === q.trim()), site: names, state: fc.subarray([...batchStates]), product: names,
  origin: fc.constantFrom(undefined, "executed", "imported"), sort: fc.constantFrom(...batchSorts), dir: fc.constantFrom("asc", "desc"), page: fc.integer({ min: 1, max: 100_000 }), size: fc.constantFrom(...pageSizes), hide: names,
});

describe("the state of a list", () => {
  it("goes into the address and comes back the same", () => {
    fc.assert(fc.property(anyFilter, (filter) => {
      expect(batchFilter.parse(queryOf(listAddress("/batches", filter, { page: filter.page })))).toEqual(filter);
    }), { numRuns: 500 });
  });
  it("goes back to the first page with every change but that of the page", () => {
    fc.assert(fc.property(anyFilter, fc.constantFrom(...batchSorts), (filter, sort) => {
      expect(batchFilter.parse(queryOf(listAddress("/batches", filter, { sort })))).toEqual({ ...filter, sort, page: 1 });
    }));
  });
  it("leaves out what stands at its default", () => {
    expect(listAddress("/batches", plain, {})).toBe("/batches");
    expect(listAddress("/batches", plain, { q: "a&b", state: ["held", "complete"], dir: "desc" })).toBe("/batches?q=a%26b&state=held&state=complete&dir=desc");
  });
  it("drops what it does not know, whatever stands in the address", () => {
    expect(batchFilter.parse({ sort: "price", dir: "up", page: "0", size: "1000", origin: "stolen", state: ["held", "sold"], q: ["a", "b"] })).toEqual({ ...plain, state: ["held"] });
    fc.assert(fc.property(fc.dictionary(fc.constantFrom(...Object.keys(batchFilter.shape)), fc.oneof(fc.string(), fc.array(fc.string()))), (query) => {
      const { sort, dir, page, size, state, q } = batchFilter.parse(query);
      expect([batchSorts.includes(sort), ["asc", "desc"].includes(dir), Number.isInteger(page) && page >= 1, pageSizes.some((s) => s === size), state.every((s) => batchStates.includes(s)), q.length <= 80]).toEqual(Array(6).fill(true));
    }), { numRuns: 500 });
  });
});
