import type { CloudfrontTarget } from '@trustloom/cloudfront/target';
import { defined } from '@trustloom/core';
import { createTestCa, knock, makeCloudFront } from '@trustloom/testkit';
import { account, type LocalOptions, openLocal } from './local.ts';

/** A distribution, and files of the CA of its clients and of a CRL that says nothing yet. */
export async function openWeb(options: Omit<LocalOptions, 'regions'> = {}) {
  const base = await openLocal({ regions: ['us-east-1'], ...options });
  const { local, clock } = base;
  const { distributionId, domainName } = await makeCloudFront({ local });
  const ca = await createTestCa({ subject: 'CN=Acme Devices', key: 'P-256', clock });
  let number = 0;
  const publish = (revoked: readonly { readonly serial: string }[] = []) => {
    number += 1;
    clock.advance(1000);
    return base.write('list.crl', ca.issueCrl({ number, entries: revoked }).der);
  };
  await base.write('ca.pem', ca.pem);
  await publish();
  return {
    ...base,
    ca,
    distributionId,
    /** The next CRL of the CA. */
    publish,
    /** Trustloom with the target `web`; undefined: with none. */
    open(cloudfront: Partial<CloudfrontTarget> | undefined, endpoint?: string) {
      const web = (more: Partial<CloudfrontTarget>) => ({
        trust: ['devices'],
        account: account.id,
        cloudfront: { ...defined(more), distributions: [distributionId] },
      });
      return base.open(
        {
          groups: { devices: { from: './ca.pem', crls: ['./list.crl'] } },
          targets: cloudfront === undefined ? {} : { web: web(cloudfront) },
        },
        endpoint,
      );
    },
    /** Whether a client is admitted; undefined: one without a certificate. */
    async knock(client?: { readonly pem: string; readonly keyPem: string }) {
      local.settle();
      const edge = local.edges().find(({ hosts }) => hosts.includes(domainName));
      if (edge === undefined) throw new TypeError('the distribution has no edge');
      return (await knock(edge, client)) === 200 ? 'in' : 'refused';
    },
  };
}
