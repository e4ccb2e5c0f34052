import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

// Of short files with long suites, so that none is left for last beside an idle worker: vitest takes long files first.
const LONG = ["conformance", "fuzz", "mnist", "bits", "types", "course", "keep"];

class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isLong = ({ moduleId }: TestSpecification) => LONG.some((name) => moduleId.endsWith(`/${name}.test.ts`));
    const sorted = await super.sort(files);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // a slow machine is no failure: what does not come at all is told after this time
    testTimeout: 60_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 30_000 } },
    // two cores: more workers only make each other slow
    maxWorkers: 2,
    sequence: { sequencer: LongFirst },
  },
});
