import { makeBucket } from '../support/buckets.ts';
import { makeCa, makeCrl, makeLeaf, pemOf } from '../support/pki.ts';
import type { Clients } from './clients.ts';

const root = makeCa('CN=Root');
const other = makeCa('CN=Other', { type: 'p384' });
const crlOf = (serials: readonly bigint[]) => pemOf('X509 CRL', makeCrl(root, { serials }));

/** A client that `root.pem` admits, and one that it does not. */
export const leaves = { good: makeLeaf(root), unknown: makeLeaf(makeCa('CN=Elsewhere')) };

export const rootPem = root.pem;

/** What lies in the bucket of each account, good and bad. */
export const OBJECTS: Readonly<Record<string, string>> = {
  'root.pem': root.pem,
  'both.pem': root.pem + other.pem,
  'blank.pem': `${root.pem}\n${other.pem}`,
  'nonsense.pem': 'nonsense',
  'one.crl': crlOf([1n]),
  'two.crl': crlOf([1n, 2n]),
  'foreign.crl': pemOf('X509 CRL', makeCrl(makeCa('CN=Elsewhere'), { serials: [1n] })),
  'values.json': JSON.stringify({ data: [{ key: 'a', value: '1' }] }),
};

export const BUNDLES = ['root.pem', 'root.pem', 'both.pem', 'blank.pem', 'nonsense.pem', 'missing.pem'];
export const CRLS = ['one.crl', 'two.crl', 'two.crl', 'foreign.crl', 'nonsense.pem', 'missing.crl'];

export const bucketOf = (account: string): string => `soak-${account}`;

/** Puts them there. */
export const putMaterials = ({ s3 }: Clients, account: string): Promise<void> =>
  makeBucket(s3, bucketOf(account), OBJECTS);
