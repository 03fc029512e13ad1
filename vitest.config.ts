import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // Host and UI tests run inside VS Code, by tools of their own.
    include: ['test/**/*.test.ts'],
    exclude: ['test/e2e/host/**', 'test/e2e/ui/**', 'test/vscode/.install/**', 'test/.out/**', 'node_modules/**'],
    // Each file in a process of its own: tests of Azure add the sandbox's CA to their process.
    pool: 'forks',
    // More than cores: most of the time is waiting for the sandbox's operations.
    maxWorkers: 4,
    // No test is about time: these only end what would never end, also on a busy machine that is many times slower.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    expect: { poll: { timeout: 60_000 } },
  },
});
