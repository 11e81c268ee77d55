import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readCertificate, readCrl } from '../src/der/index.ts';
import { checkPath } from '../src/edge/path.ts';
import { checkRevocation } from '../src/edge/revocation.ts';
import { certificateStore, crlStore } from '../src/edge/store.ts';
import { seq, tlv } from './support/der-writer.ts';
import { type Authority, DAY, makeCa, makeCrl, makeLeaf, nameOf, pemOf, SERVER_AUTH } from './support/pki.ts';
import { has, run } from './support/tools.ts';

/** The same question to `openssl verify`: any certificate of the store may end the chain. */
async function opensslSays(question: Question): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), 'local-aws-verify-'));
  const file = (name: string, pems: readonly string[]) => {
    writeFileSync(join(folder, name), pems.join(''));
    return join(folder, name);
  };
  const { leaf, sent = [], anchors, crls = [] } = question;
  const args = [
    'verify',
    '-purpose',
    'sslclient',
    '-CAfile',
    file(
      'store.pem',
      anchors.map((one) => one.pem),
    ),
    ...(sent.length > 0
      ? [
          '-untrusted',
          file(
            'sent.pem',
            sent.map((one) => one.pem),
          ),
        ]
      : []),
    // A chain that may end early would leave its last certificate without an issuer, and so without
    // a list.
    ...(crls.length > 0 ? ['-crl_check_all'] : ['-partial_chain']),
    ...crls.flatMap((der, index) => ['-CRLfile', file(`crl-${index}.pem`, [pemOf('X509 CRL', der)])]),
    file('leaf.pem', [leaf.pem]),
  ];
  const { code } = await run('openssl', args);
  rmSync(folder, { recursive: true });
  return code === 0;
}

function weSay({ leaf, sent = [], anchors, crls = [] }: Question): boolean {
  const now = Date.now();
  const store = certificateStore(anchors.map((one) => readCertificate(one.der)));
  const found = checkPath(
    readCertificate(leaf.der),
    sent.map((one) => readCertificate(one.der)),
    store,
    { now, maxCas: 10, ignoreExpiry: false, anchors: 'any' },
  );
  if (!found.ok) return false;
  const rules = {
    now,
    wholeChain: true,
    datesCount: true,
    everyCaNeedsOne: crls.length > 0,
    bridgingCas: true,
  };
  return checkRevocation(found.path, store, crlStore(crls.map(readCrl)), rules) === 'good';
}

interface Question {
  readonly leaf: Authority;
  readonly sent?: readonly Authority[];
  readonly anchors: readonly Authority[];
  readonly crls?: readonly Uint8Array[];
}

const root = makeCa('O=Example,CN=Root', { type: 'p384' });
const issuing = makeCa('O=Example,CN=Issuing', { issuer: root, serial: 12n });
const rekeyed = makeCa('O=Example,CN=Issuing', { issuer: root, serial: 13n });
const rsa = makeCa('O=Example,CN=RSA', { type: 'rsa', form: 'pss' });
const crossed = makeCa('O=Example,CN=Root', { keys: root.keys, issuer: rsa });
const leaf = makeLeaf(issuing, { serial: 100n });
const past = { notBefore: new Date(0), notAfter: new Date(DAY) };
const old = { thisUpdate: new Date(Date.now() - 2 * DAY), nextUpdate: new Date(Date.now() - DAY) };
const bridge = (options: Parameters<typeof makeCa>[1]): Question => {
  const ca = makeCa('O=Example,CN=Bridge', { issuer: root, ...options });
  return { leaf: makeLeaf(ca), sent: [ca], anchors: [root] };
};
const constrained = (tag: number, subject: string) =>
  bridge({
    more: [{ oid: '2.5.29.30', critical: true, value: seq(tlv(tag, seq(tlv(0xa4, nameOf(subject))))) }],
  });
const narrow = makeCa('CN=Narrow', { issuer: root, pathLength: 0 });
const below = makeCa('CN=Below', { issuer: narrow });

const questions: readonly (readonly [string, Question, boolean])[] = [
  ['a whole chain in the store', { leaf, anchors: [root, issuing] }, true],
  ['an intermediate as anchor', { leaf, anchors: [issuing] }, true],
  ['a bridge sent by the client', { leaf, sent: [issuing], anchors: [root] }, true],
  ['no bridge', { leaf, anchors: [root] }, false],
  ['the re-keyed CA in place of the old one', { leaf, anchors: [rekeyed] }, false],
  ['both keys of a name', { leaf: makeLeaf(rekeyed), anchors: [issuing, rekeyed] }, true],
  ['a cross-signed root as bridge', { leaf, sent: [issuing, crossed], anchors: [rsa] }, true],
  ['an RSASSA-PSS root', { leaf: makeLeaf(rsa, { type: 'rsa', form: 'pss' }), anchors: [rsa] }, true],
  ['an expired leaf', { leaf: makeLeaf(issuing, past), anchors: [issuing] }, false],
  ['an expired bridge', bridge(past), false],
  ['an expired anchor', { leaf: makeLeaf(makeCa('CN=x', past)), anchors: [makeCa('CN=x', past)] }, false],
  [
    'a leaf of tomorrow',
    { leaf: makeLeaf(issuing, { notBefore: new Date(Date.now() + DAY) }), anchors: [issuing] },
    false,
  ],
  ['a leaf for servers', { leaf: makeLeaf(issuing, { eku: [SERVER_AUTH] }), anchors: [issuing] }, false],
  ['a leaf that may not sign', { leaf: makeLeaf(issuing, { keyUsage: [2] }), anchors: [issuing] }, false],
  ['a leaf without key usage', { leaf: makeLeaf(issuing, { keyUsage: null }), anchors: [issuing] }, true],
  ['a bridge that is no CA', bridge({ ca: false, keyUsage: [5] }), false],
  ['a bridge without keyCertSign', bridge({ keyUsage: [6] }), false],
  ['a bridge for servers', bridge({ eku: [SERVER_AUTH] }), false],
  [
    'an unknown critical extension',
    bridge({ more: [{ oid: '1.2.3.4', critical: true, value: seq() }] }),
    false,
  ],
  ['a permitted name', constrained(0xa0, 'C=US,O=Example'), true],
  ['a name that is not permitted', constrained(0xa0, 'O=Other'), false],
  ['an excluded name', constrained(0xa1, 'C=US,O=Example'), false],
  ['path length 0 and a CA below', { leaf: makeLeaf(below), sent: [below, narrow], anchors: [root] }, false],
  ['path length 0 and a leaf below', { leaf: makeLeaf(narrow), sent: [narrow], anchors: [root] }, true],
  [
    'CRLs of every CA',
    { leaf, anchors: [root, issuing], crls: [makeCrl(root), makeCrl(issuing, { serials: [1n] })] },
    true,
  ],
  [
    'a revoked leaf',
    { leaf, anchors: [root, issuing], crls: [makeCrl(root), makeCrl(issuing, { serials: [100n] })] },
    false,
  ],
  [
    'a revoked intermediate',
    { leaf, anchors: [root, issuing], crls: [makeCrl(root, { serials: [12n] }), makeCrl(issuing)] },
    false,
  ],
  [
    'a list of the other key alone',
    { leaf, anchors: [root, issuing], crls: [makeCrl(root), makeCrl(rekeyed)] },
    false,
  ],
  ['an expired CRL', { leaf, anchors: [root, issuing], crls: [makeCrl(root), makeCrl(issuing, old)] }, false],
  [
    'a CRL signed by another CA',
    {
      leaf,
      anchors: [root, issuing],
      crls: [makeCrl(root), makeCrl(issuing, { signer: root.keys, form: 'sha384' })],
    },
    false,
  ],
];

describe('the same yes or no as openssl verify', () => {
  test.each(questions)('%s', (_, question, expected) => {
    expect(weSay(question)).toBe(expected);
  });

  test.skipIf(!has('openssl', 'version')).each(questions)('%s (openssl)', async (_, question, expected) => {
    expect(await opensslSays(question)).toBe(expected);
  });
});
