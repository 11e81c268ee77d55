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
    testTimeout: 30_000,
    hookTimeout: 30_000,
    maxWorkers: 2,
    // Modules are loaded once for each worker, not for each file: nothing of ours keeps state outside of what is started.
    isolate: false,
  },
});
