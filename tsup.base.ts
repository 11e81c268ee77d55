import type { Options } from 'tsup';

/** What every package's build shares: ESM and CommonJS with types for both, for Node 20. */
export const base = {
  format: ['esm', 'cjs'],
  target: 'node20',
  clean: true,
  splitting: true,
  sourcemap: false,
  treeshake: true,
  dts: { compilerOptions: { ignoreDeprecations: '6.0' } },
} satisfies Options;
