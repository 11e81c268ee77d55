import {
  CreateTrustAnchorCommand,
  ListTrustAnchorsCommand,
  RolesAnywhereClient,
} from '@aws-sdk/client-rolesanywhere';
import { issuingCas, reach } from '@trustloom/core';
import {
  createTestCa,
  makeRolesAnywhere,
  onLocalAws,
  rolesAnywhereEdits,
  rolesAnywhereOracle,
  runAdapterContract,
  type Stage,
} from '@trustloom/testkit';
import { describe, expect, it } from 'vitest';
import { rolesAnywhere } from '../src/index.ts';
import { createSession } from '../src/port/create-session.ts';

runAdapterContract(
  { describe, it },
  {
    name: 'roles-anywhere',
    service: rolesAnywhere,
    // A CRL of a CA above an anchor has no place on it: it speaks of CAs, and the anchor stands
    // below.
    crlsInForce: ({ cas, known, revocation }) => {
      const reached = new Set(
        reach({ anchors: issuingCas(cas, known), known, chain: 'any-anchor' }).map(({ ca }) => ca.keySha256),
      );
      return revocation.crls
        .filter(({ issuer }) => reached.has(issuer.keySha256))
        .map(({ crl }) => crl.sha256);
    },
    worlds: onLocalAws({
      async setup(stage) {
        const { local, accountRegion } = stage;
        const { profileArn, roleArn } = await makeRolesAnywhere({ local, ...accountRegion });
        const anchors = () =>
          local
            .state()
            .rolesAnywhere.flatMap(({ state }) => [...state.anchors.values()].map(({ arn }) => arn));
        return {
          target: { region: accountRegion.region },
          // The client chooses the anchor: one that admits it is enough.
          admits: async ({ pem, keyPem }) => {
            const answers = await Promise.all(
              anchors().map((trustAnchorArn) =>
                createSession({
                  endpoint: local.url,
                  region: accountRegion.region,
                  trustAnchorArn,
                  profileArn,
                  roleArn,
                  certificatePem: pem,
                  privateKeyPem: keyPem,
                  now: Date.now(),
                }),
              ),
            );
            return answers.some(({ status }) => status === 201);
          },
          oracle: rolesAnywhereOracle(local, accountRegion),
          edits: rolesAnywhereEdits(stage),
          foreign: () => foreignAnchor(stage),
        };
      },
    }),
  },
);

/**
 * A disabled anchor of somebody else that has a name as ours have, but not our tags: it must stay
 * as it is.
 */
async function foreignAnchor({ local, accountRegion }: Stage) {
  const client = new RolesAnywhereClient(local.clientConfig('rolesanywhere', accountRegion));
  const { pem } = await createTestCa({ subject: 'CN=Somebody else' });
  const source = { sourceType: 'CERTIFICATE_BUNDLE', sourceData: { x509CertificateData: pem } } as const;
  const { trustAnchor } = await client.send(
    new CreateTrustAnchorCommand({
      name: 'acme edge 0123456789abcdef',
      source,
      enabled: false,
      tags: [
        { key: 'trustloom:definition', value: 'another' },
        { key: 'trustloom:key', value: '0123456789abcdef' },
      ],
    }),
  );
  const look = async () => {
    const { trustAnchors } = await client.send(new ListTrustAnchorsCommand({}));
    return JSON.stringify(
      trustAnchors?.find(({ trustAnchorId }) => trustAnchorId === trustAnchor?.trustAnchorId),
    );
  };
  const before = await look();
  return async () => expect(await look()).toBe(before);
}
