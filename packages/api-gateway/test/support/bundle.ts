import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'tsup';
import type * as source from '../../src/revocation/authorizer/index.ts';
import { authorizerBuild } from '../../tsup.config.ts';

/** The authorizer as it is published. */
export type BuiltAuthorizer = typeof source;

const outDir = resolve(import.meta.dirname, '../../node_modules/.authorizer');

/** Builds the authorizer as it is published, and gives the file: what a Lambda function is deployed with. */
export async function buildAuthorizer(name = 'authorizer'): Promise<string> {
  await mkdir(outDir, { recursive: true });
  const entry = { [name]: resolve(import.meta.dirname, '../../src/revocation/authorizer/index.ts') };
  await build({
    ...authorizerBuild,
    entry,
    outDir,
    dts: false,
    format: ['esm'],
    config: false,
    silent: true,
  });
  return resolve(outDir, `${name}.js`);
}

/** The same, loaded. */
export async function loadAuthorizer(name?: string): Promise<BuiltAuthorizer> {
  return import(pathToFileURL(await buildAuthorizer(name)).href);
}
