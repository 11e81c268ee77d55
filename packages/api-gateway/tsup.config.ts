import { defineConfig, type Options } from 'tsup';
import { base } from '../../tsup.base.ts';

/** The authorizer is deployed as one small file, beside the SDK that the Lambda runtime brings. */
export const authorizerBuild = {
  ...base,
  entry: { authorizer: 'src/revocation/authorizer/index.ts' },
  clean: false,
  splitting: false,
  minify: true,
  external: ['@aws-sdk/client-s3'],
  esbuildOptions: (options) => {
    options.mainFields = ['module', 'main'];
  },
} satisfies Options;

export default defineConfig([
  // Both write into one folder at the same time, so neither may clean it: the build script does.
  {
    ...base,
    clean: false,
    entry: { index: 'src/index.ts', service: 'src/service.ts', target: 'src/target.ts' },
  },
  authorizerBuild,
]);
