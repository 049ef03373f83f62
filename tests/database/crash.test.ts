import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { crash } from "#tests/crash/harness.ts";

describe("a kill at any moment", () => {
  it("REQ-05 (21 CFR 11.10(e)) REQ-16 (ALCOA+ Enduring) of portal, plant, ledger or PostgreSQL loses nothing that was acknowledged, doubles nothing and leaves no half signature", async () => {
    const directory = mkdtempSync(join(tmpdir(), "veribatch-crash-"));
    try {
      const lines: string[] = [];
      const { account, faults } = await crash({ directory, kills: 12, postgresKills: 2, every: 6, random: Math.random, say: (line) => void lines.push(line) });
      expect(faults, lines.join("\n")).toEqual([]);
      expect(account.applicationKills).toBeGreaterThanOrEqual(12);
      expect(account.tally.postgresKills).toBe(2);
      expect(account.entries.size).toBeGreaterThan(20);
      expect(account.signatures.size).toBeGreaterThan(2);
      expect(account.samples.size).toBeGreaterThan(5);
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  }, 600_000);
});
