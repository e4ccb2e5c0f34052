import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // a slow machine is no failure: what does not come at all is told after this time
    testTimeout: 60_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 30_000 } },
    // two cores: more workers only make each other slow
    maxWorkers: 2,
  },
});
