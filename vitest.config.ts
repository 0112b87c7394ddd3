import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** The files that take longest, the slowest first; what else there is comes in the order of Vitest. */
const slow = ['server/src/contract.test.ts', 'crash-ingestion.test.ts', 'graceful-stop.test.ts', 'start-refusals.test.ts'];

/**
 * Begins with the slowest files, so that none is left for one worker while the others are done. Vitest does so where it has seen them run
 * before; a fresh clone has not.
 */
class SlowFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const at = slow.findIndex((name) => moduleId.endsWith(`/${name}`));
      return at === -1 ? slow.length : at;
    };
    return (await super.sort(files)).sort((one, other) => rank(one) - rank(other));
  }
}

export default defineConfig({
  test: {
    projects: ['packages/*/vitest.config.ts', 'apps/*/vitest.config.ts', 'scripts/vitest.config.ts'],
    sequence: { sequencer: SlowFirst },
  },
});
