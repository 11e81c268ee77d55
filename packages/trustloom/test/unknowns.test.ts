import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startLocalAws } from '@trustloom/local-aws';
import {
  createTestCa,
  createTestClock,
  everyUnknown,
  knock,
  makeBucket,
  makeCloudFront,
} from '@trustloom/testkit';
import { describe, expect, test } from 'vitest';
import { openTrustloom } from '../src/open.ts';
import { account } from './support/team.ts';

const place = { account: account.id, region: 'us-east-1' };

/** CloudFront from a file of CAs and a list, as a first definition has it. */
async function openWeb(reading: 'refuse' | 'admit', mode: 'required' | 'optional') {
  const clock = createTestClock();
  const local = await startLocalAws({ accounts: [account], clock, unknowns: everyUnknown(reading) });
  await makeBucket({ local, ...place });
  const { distributionId, domainName } = await makeCloudFront({ local, ...place });
  const folder = await mkdtemp(join(tmpdir(), 'trustloom-unknowns-'));
  const ca = await createTestCa({ subject: 'CN=Acme Devices', key: 'P-256', clock });
  let number = 0;
  const publish = (...revoked: readonly { readonly serial: string }[]) => {
    number += 1;
    clock.advance(1000);
    return writeFile(join(folder, 'list.crl'), ca.issueCrl({ number, entries: revoked }).der);
  };
  await writeFile(join(folder, 'ca.pem'), ca.pem);
  await publish();
  const trustloom = await openTrustloom(
    {
      name: 'acme',
      record: `${account.id}/us-east-1`,
      groups: { devices: { from: './ca.pem', crls: ['./list.crl'] } },
      targets: {
        web: {
          trust: ['devices'],
          account: account.id,
          cloudfront: { distributions: [distributionId], mode },
        },
      },
    },
    { env: { ...local.env, AWS_REGION: 'us-east-1', AWS_ENDPOINT_URL: local.url }, cwd: folder, clock },
  );
  await trustloom.accept('all');
  return {
    ca,
    publish,
    trustloom,
    async knock(client?: { readonly pem: string; readonly keyPem: string }) {
      local.settle();
      const edge = local.edges().find(({ hosts }) => hosts.includes(domainName));
      if (edge === undefined) throw new TypeError('the distribution has no edge');
      return (await knock(edge, client)) === 200 ? 'in' : 'refused';
    },
    async [Symbol.asyncDispose]() {
      await trustloom.close();
      await local.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

describe.each(['refuse', 'admit'] as const)('CloudFront, with every unknown read as %s', (reading) => {
  test.each([
    ['required', 'refused'],
    ['optional', 'in'],
  ] as const)('%s: the good get in, the revoked do not, without a certificate: %s', async (mode, nobody) => {
    await using web = await openWeb(reading, mode);
    const [good, revoked] = [await web.ca.issue('CN=good'), await web.ca.issue('CN=revoked')];
    const stranger = await (await createTestCa({ subject: 'CN=Stranger' })).issue('CN=stranger');
    const all = () => Promise.all([good, revoked, stranger, undefined].map((client) => web.knock(client)));
    await web.publish(revoked);
    expect((await web.trustloom.apply({ approve: 'any', allow: ['enforce:web'] })).exitCode).toBe(0);
    expect(await all()).toEqual(['in', 'refused', 'refused', nobody]);
    await web.publish(revoked, good);
    expect((await web.trustloom.refresh()).exitCode).toBe(0);
    expect(await all()).toEqual(['refused', 'refused', 'refused', nobody]);
  });
});
