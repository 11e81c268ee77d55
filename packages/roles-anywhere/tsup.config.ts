import { defineConfig } from 'tsup';
import { base } from '../../tsup.base.ts';

export default defineConfig({
  ...base,
  entry: { index: 'src/index.ts', facts: 'src/facts-entry.ts', 'create-session': 'src/create-session.ts' },
});
