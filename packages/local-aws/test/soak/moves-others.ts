import {
  CreateDomainNameCommand,
  CreateRestApiCommand,
  DeleteDomainNameCommand,
  DeleteRestApiCommand,
  GetDomainNamesCommand,
  UpdateDomainNameCommand,
} from '@aws-sdk/client-api-gateway';
import { CreateApiMappingCommand } from '@aws-sdk/client-apigatewayv2';
import {
  CreateProfileCommand,
  CreateTrustAnchorCommand,
  DeleteCrlCommand,
  DeleteProfileCommand,
  DeleteTrustAnchorCommand,
  DisableCrlCommand,
  EnableCrlCommand,
  ImportCrlCommand,
  ListCrlsCommand,
  UpdateTrustAnchorCommand,
} from '@aws-sdk/client-rolesanywhere';
import { certificateIn } from '../support/apigateway.ts';
import { BUNDLES, bucketOf, CRLS, OBJECTS, rootPem } from './materials.ts';
import { type Chooser, type Move, move, one } from './step.ts';

const bundle = (x509CertificateData: string) => ({
  sourceType: 'CERTIFICATE_BUNDLE' as const,
  sourceData: { x509CertificateData },
});
const uri = (choose: Chooser) => `s3://${bucketOf(choose.account)}/${one(choose, BUNDLES)}`;
const nameOf = (number: string | undefined) => `d${number}.example.com`;

/** API Gateway and Roles Anywhere. */
export const otherMoves: readonly Move[] = [
  move({
    makes: 'domain',
    draw: (choose) => ({ truststoreUri: uri(choose), old: choose.chance(0.1) }),
    send: ({ rest }, { own, truststoreUri, old }) =>
      rest.send(
        new CreateDomainNameCommand({
          domainName: nameOf(own.number),
          regionalCertificateArn: certificateIn('us-east-1'),
          endpointConfiguration: { types: ['REGIONAL'] },
          securityPolicy: old ? 'TLS_1_0' : 'TLS_1_2',
          mutualTlsAuthentication: { truststoreUri },
        }),
      ),
  }),
  move({
    changes: 'domain',
    draw: (choose) => ({
      value: choose.chance(0.2) ? '' : uri(choose),
      path: choose.chance(0.1) ? '/nothing' : '/mutualTlsAuthentication/truststoreUri',
    }),
    send: ({ rest }, { own, path, value }) =>
      rest.send(
        new UpdateDomainNameCommand({
          domainName: nameOf(own.number),
          patchOperations: [{ op: 'replace', path, value }],
        }),
      ),
  }),
  move({
    removes: 'domain',
    odds: 0.4,
    send: ({ rest }, { own }) => rest.send(new DeleteDomainNameCommand({ domainName: nameOf(own.number) })),
  }),
  move({ send: ({ rest }) => rest.send(new GetDomainNamesCommand({ limit: 3 })) }),
  move({
    makes: 'api',
    send: ({ rest }, { own }) => rest.send(new CreateRestApiCommand({ name: `api-${own.number}` })),
    tells: ({ id }) => ({ id }),
  }),
  move({
    changes: 'api',
    names: 'domain',
    draw: (choose) => ({ ApiMappingKey: `k${choose.number(5)}` }),
    send: ({ http }, { own, other, ApiMappingKey }) =>
      http.send(
        new CreateApiMappingCommand({
          DomainName: nameOf(other.number),
          ApiId: own.id,
          ApiMappingKey,
          Stage: 'live',
        }),
      ),
  }),
  move({
    removes: 'api',
    odds: 0.4,
    send: ({ rest }, { own }) => rest.send(new DeleteRestApiCommand({ restApiId: own.id })),
  }),
  move({
    makes: 'anchor',
    draw: (choose) => ({ pem: choose.chance(0.2) ? 'nonsense' : rootPem }),
    send: ({ anywhere }, { own, pem }) =>
      anywhere.send(
        new CreateTrustAnchorCommand({ name: `anchor-${own.number}`, source: bundle(pem), enabled: true }),
      ),
    tells: ({ trustAnchor }) => ({ id: trustAnchor?.trustAnchorId, arn: trustAnchor?.trustAnchorArn }),
  }),
  move({
    changes: 'anchor',
    draw: (choose) => ({ pem: OBJECTS[one(choose, ['root.pem', 'both.pem', 'nonsense.pem'])] ?? '' }),
    send: ({ anywhere }, { own, pem }) =>
      anywhere.send(new UpdateTrustAnchorCommand({ trustAnchorId: own.id, source: bundle(pem) })),
  }),
  move({
    removes: 'anchor',
    odds: 0.4,
    send: ({ anywhere }, { own }) => anywhere.send(new DeleteTrustAnchorCommand({ trustAnchorId: own.id })),
  }),
  move({
    makes: 'crl',
    names: 'anchor',
    draw: (choose) => ({ crlData: Buffer.from(OBJECTS[one(choose, CRLS)] ?? 'missing') }),
    send: ({ anywhere }, { own, other, crlData }) =>
      anywhere.send(new ImportCrlCommand({ name: `crl-${own.number}`, crlData, trustAnchorArn: other.arn })),
    tells: ({ crl }) => ({ id: crl?.crlId }),
  }),
  move({
    changes: 'crl',
    draw: (choose) => ({ on: choose.chance(0.5) }),
    send: ({ anywhere }, { own: { id: crlId }, on }) =>
      on ? anywhere.send(new EnableCrlCommand({ crlId })) : anywhere.send(new DisableCrlCommand({ crlId })),
  }),
  move({
    removes: 'crl',
    send: ({ anywhere }, { own }) => anywhere.send(new DeleteCrlCommand({ crlId: own.id })),
  }),
  move({
    makes: 'profile',
    draw: (choose) => ({ bad: choose.chance(0.2) }),
    send: ({ anywhere }, { own, account, bad }) =>
      anywhere.send(
        new CreateProfileCommand({
          name: `profile-${own.number}`,
          roleArns: [bad ? 'no role' : `arn:aws:iam::${account}:role/device`],
        }),
      ),
    tells: ({ profile }) => ({ id: profile?.profileId }),
  }),
  move({
    removes: 'profile',
    send: ({ anywhere }, { own }) => anywhere.send(new DeleteProfileCommand({ profileId: own.id })),
  }),
  move({ send: ({ anywhere }) => anywhere.send(new ListCrlsCommand({ pageSize: 2 })) }),
];
