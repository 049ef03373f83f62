import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    projects: [
      { test: { name: "unit", include: ["{app,components,lib,bin,db}/**/*.test.{ts,tsx}", "tests/{rules,evidence}/**/*.test.ts"], testTimeout: 180_000 } },
      { test: { name: "database", include: ["tests/database/**/*.test.ts"], globalSetup: ["tests/cluster.ts"], testTimeout: 300_000, hookTimeout: 300_000 } },
    ],
  },
});
