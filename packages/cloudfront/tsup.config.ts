import { defineConfig } from 'tsup';
import { base } from '../../tsup.base.ts';

export default defineConfig({
  ...base,
  entry: {
    index: 'src/index.ts',
    facts: 'src/facts.ts',
    target: 'src/target.ts',
    'connection-function': 'src/connection-function/index.ts',
  },
});
