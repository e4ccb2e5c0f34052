import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    testTimeout: 20_000,
    // two cores: more workers only make each other slow
    maxWorkers: 2,
  },
});
