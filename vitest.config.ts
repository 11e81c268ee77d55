import { defineConfig } from 'vitest/config';

const conditions = ['@trustloom/source', 'node', 'development|production'];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: [
      'packages/*/test/**/*.test.ts',
      'examples/test/**/*.test.ts',
      'examples/*/test/**/*.test.ts',
      'scripts/**/*.test.ts',
    ],
    setupFiles: ['scripts/test-setup.ts'],
    // For what hangs, not for what is slow: ten times what the slowest takes on a quiet machine.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    maxWorkers: 2,
    // Modules are loaded once for each worker, not for each file: nothing of ours keeps state outside of what is started.
    isolate: false,
  },
});
