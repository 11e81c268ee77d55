import { defineConfig } from 'tsup';
import { base } from '../../tsup.base.ts';

export default defineConfig({
  ...base,
  entry: {
    index: 'src/index.ts',
    service: 'src/service.ts',
    target: 'src/target.ts',
    'connection-function': 'src/revocation/function.ts',
  },
});
