import { defineConfig } from 'vitest/config';

// Host and UI tests run inside VS Code, by tools of their own.
const elsewhere = ['test/e2e/**', 'test/vscode/.install/**', 'test/.out/**', 'node_modules/**'];
/** Tests that change nothing of their process. */
const pure = ['common', 'domain', 'files', 'inventory'].map((folder) => `test/src/${folder}/**/*.test.ts`);

export default defineConfig({
  test: {
    pool: 'forks',
    // More than cores: most of the time is waiting for the sandbox's operations.
    maxWorkers: 4,
    // No test is about time: these only end what would never end, also on a busy machine that is many times slower.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    expect: { poll: { timeout: 60_000 } },
    projects: [
      { extends: true, test: { name: 'pure', include: pure, exclude: elsewhere, isolate: false } },
      // Each file in a process of its own: tests of Azure add the sandbox's CA to their process, others stand in for modules.
      { extends: true, test: { name: 'own', include: ['test/**/*.test.ts'], exclude: [...elsewhere, ...pure] } },
    ],
  },
});
