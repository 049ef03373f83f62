import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    projects: [
      { test: { name: "unit", include: ["{app,components,lib,bin,db}/**/*.test.{ts,tsx}", "tests/{rules,evidence}/**/*.test.ts"], testTimeout: 60_000 } },
      { test: { name: "database", include: ["tests/database/**/*.test.ts"], globalSetup: ["tests/cluster.ts"], testTimeout: 120_000, hookTimeout: 120_000 } },
    ],
  },
});
