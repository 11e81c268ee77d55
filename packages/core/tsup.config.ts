import { defineConfig } from 'tsup';
import { base } from '../../tsup.base.ts';

// `import.meta.url` in CommonJS, for what is loaded at its first use.
export default defineConfig({ ...base, entry: ['src/index.ts', 'src/adapter.ts'], shims: true });
