import { defineConfig } from 'vitest/config';

/** Fast suites first: a package's own tests, then the whole-system stories and attacks. */
const project = (name: string, include: string[], testTimeout: number) => ({
  resolve: { conditions: ['source'] },
  ssr: { resolve: { conditions: ['source'], externalConditions: ['source'] } },
  test: { name, include, testTimeout, hookTimeout: testTimeout, pool: 'forks' as const },
});

export default defineConfig({
  test: {
    // As many as the smallest machines these tests run on have cores: more would only make the slow tests time out.
    maxWorkers: 2,
    projects: [
      project(
        'packages',
        ['packages/*/test/**/*.test.ts', 'apps/*/test/**/*.test.ts', 'tools/test/**/*.test.ts'],
        60_000,
      ),
      project('system', ['tests/**/*.test.ts'], 300_000),
    ],
  },
});
