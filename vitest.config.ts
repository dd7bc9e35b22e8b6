import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** What mostly waits, for leases of processes that were killed, begins first: at the end it would be waited for alone. */
class WaitingFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const waits = ({ moduleId }: TestSpecification) => /\/kill\/|killed/.test(moduleId);
    return [...sorted.filter(waits), ...sorted.filter((file) => !waits(file))];
  }
}

export default defineConfig({
  test: {
    include: ['packages/*/test/**/*.test.ts', 'test/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**'],
    globalSetup: ['test/state-folder.ts'],
    pool: 'forks',
    // One more than the cores of a small machine: many tests wait for servers, leases and processes.
    maxWorkers: 3,
    sequence: { sequencer: WaitingFirst },
    // No test depends on speed: a busy machine takes its time, and only what hangs is ended.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 20_000, interval: 20 } },
    restoreMocks: true,
    unstubEnvs: true,
    unstubGlobals: true,
    coverage: {
      provider: 'v8',
      include: ['packages/*/src/**'],
      exclude: ['packages/bench/**'],
      reporter: ['text-summary', 'lcovonly'],
      reportsDirectory: 'coverage',
    },
  },
});
