import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startLocalAws, type Unknowns } from '@trustloom/local-aws';
import { createTestClock, makeBucket, type TestClock } from '@trustloom/testkit';
import type { DefinitionInput } from '../../src/define.ts';
import { openTrustloom } from '../../src/open.ts';

/** The account of all stories here; that of their CA is the same. */
export const account = {
  id: '222222222222',
  accessKeyId: 'AKIALOCALAWS22222222',
  secretAccessKey: 'local-aws-222222222222',
};

/** What can be chosen of a local AWS. */
export interface LocalOptions {
  /** Where Trustloom has a bucket; the state is in the first. */
  readonly regions: readonly [string, ...string[]];
  readonly clock?: TestClock;
  readonly unknowns?: Unknowns;
}

/** A local AWS with one account and a clock that jumps, and a folder for files of a definition. */
export async function openLocal({ regions, clock = createTestClock(), unknowns }: LocalOptions) {
  const local = await startLocalAws({
    accounts: [account],
    clock,
    ...(unknowns === undefined ? {} : { unknowns }),
  });
  const folder = await mkdtemp(join(tmpdir(), 'trustloom-test-'));
  const [region, ...others] = regions;
  const bucket = await makeBucket({ local, region });
  for (const other of others) await makeBucket({ local, region: other });
  return {
    local,
    clock,
    /** The bucket with the state. */
    bucket,
    /** Puts a file into the folder. */
    write: (name: string, content: string | Uint8Array) => writeFile(join(folder, name), content),
    /** Trustloom on it; `endpoint`: a way to the local AWS that somebody watches. */
    open: (definition: Omit<DefinitionInput, 'name' | 'state'>, endpoint = local.url) =>
      openTrustloom(
        { name: 'acme', state: `${account.id}/${region}`, ...definition },
        {
          env: { ...local.env, AWS_REGION: region, AWS_ENDPOINT_URL: endpoint },
          cwd: folder,
          clock,
        },
      ),
    async [Symbol.asyncDispose]() {
      await local.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
