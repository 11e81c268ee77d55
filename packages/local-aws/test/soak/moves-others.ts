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
import { BUNDLES, bucketOf, LISTS, OBJECTS, rootPem } from './materials.ts';
import { type Move, makes, one, reads, removes, told, uses } from './step.ts';

const certificate = 'arn:aws:acm:us-east-1:111111111111:certificate/12345678-1234-1234-1234-123456789012';
const bundle = (pem: string) => ({
  sourceType: 'CERTIFICATE_BUNDLE' as const,
  sourceData: { x509CertificateData: pem },
});

/** API Gateway and Roles Anywhere. */
export const otherMoves: readonly Move[] = [
  (choose) => {
    const thing = choose.make('domain');
    const uri = `s3://${bucketOf(choose.account)}/${one(choose, BUNDLES)}`;
    const policy = choose.chance(0.1) ? 'TLS_1_0' : 'TLS_1_2';
    return (
      thing &&
      makes(thing, async ({ rest }) =>
        told(
          await rest.send(
            new CreateDomainNameCommand({
              domainName: `d${thing.number}.example.com`,
              regionalCertificateArn: certificate,
              endpointConfiguration: { types: ['REGIONAL'] },
              securityPolicy: policy,
              mutualTlsAuthentication: { truststoreUri: uri },
            }),
          ),
        ),
      )
    );
  },
  (choose) => {
    const domain = choose.pick('domain');
    const value = choose.chance(0.2) ? '' : `s3://${bucketOf(choose.account)}/${one(choose, BUNDLES)}`;
    const patchOperations = [
      {
        op: 'replace' as const,
        path: choose.chance(0.1) ? '/nothing' : '/mutualTlsAuthentication/truststoreUri',
        value,
      },
    ];
    return (
      domain &&
      uses(domain, async ({ rest }) =>
        told(
          await rest.send(
            new UpdateDomainNameCommand({ domainName: `d${domain.number}.example.com`, patchOperations }),
          ),
        ),
      )
    );
  },
  (choose) => {
    const thing = choose.pick('domain');
    return thing && choose.chance(0.4)
      ? removes(thing, async ({ rest }) =>
          told(await rest.send(new DeleteDomainNameCommand({ domainName: `d${thing.number}.example.com` }))),
        )
      : undefined;
  },
  (choose) =>
    reads(choose, async ({ rest }) => told(await rest.send(new GetDomainNamesCommand({ limit: 3 })))),
  (choose) => {
    const thing = choose.make('api');
    return (
      thing &&
      makes(thing, async ({ rest }) => {
        const answer = await rest.send(new CreateRestApiCommand({ name: `api-${thing.number}` }));
        return told(answer, { id: answer.id });
      })
    );
  },
  (choose) => {
    const [api, domain] = [choose.pick('api'), choose.pick('domain')];
    const key = `k${choose.number(5)}`;
    return (
      api &&
      domain &&
      uses(api, async ({ http }, known) =>
        told(
          await http.send(
            new CreateApiMappingCommand({
              DomainName: `d${domain.number}.example.com`,
              ApiId: known(api).id,
              ApiMappingKey: key,
              Stage: 'live',
            }),
          ),
        ),
      )
    );
  },
  (choose) => {
    const thing = choose.pick('api');
    return thing && choose.chance(0.4)
      ? removes(thing, async ({ rest }, known) =>
          told(await rest.send(new DeleteRestApiCommand({ restApiId: known(thing).id }))),
        )
      : undefined;
  },
  (choose) => {
    const thing = choose.make('anchor');
    const pem = choose.chance(0.2) ? 'nonsense' : rootPem;
    return (
      thing &&
      makes(thing, async ({ anywhere }) => {
        const answer = await anywhere.send(
          new CreateTrustAnchorCommand({
            name: `anchor-${thing.number}`,
            source: bundle(pem),
            enabled: true,
          }),
        );
        return told(answer, {
          id: answer.trustAnchor?.trustAnchorId,
          arn: answer.trustAnchor?.trustAnchorArn,
        });
      })
    );
  },
  (choose) => {
    const anchor = choose.pick('anchor');
    const pem = OBJECTS[one(choose, ['root.pem', 'both.pem', 'nonsense.pem'])] ?? '';
    return (
      anchor &&
      uses(anchor, async ({ anywhere }, known) =>
        told(
          await anywhere.send(
            new UpdateTrustAnchorCommand({ trustAnchorId: known(anchor).id, source: bundle(pem) }),
          ),
        ),
      )
    );
  },
  (choose) => {
    const thing = choose.pick('anchor');
    return thing && choose.chance(0.4)
      ? removes(thing, async ({ anywhere }, known) =>
          told(await anywhere.send(new DeleteTrustAnchorCommand({ trustAnchorId: known(thing).id }))),
        )
      : undefined;
  },
  (choose) => {
    const anchor = choose.pick('anchor');
    const thing = choose.make('crl');
    const crlData = Buffer.from(OBJECTS[one(choose, LISTS)] ?? 'missing');
    return (
      anchor &&
      thing &&
      makes(thing, async ({ anywhere }, known) => {
        const answer = await anywhere.send(
          new ImportCrlCommand({ name: `crl-${thing.number}`, crlData, trustAnchorArn: known(anchor).arn }),
        );
        return told(answer, { id: answer.crl?.crlId });
      })
    );
  },
  (choose) => {
    const crl = choose.pick('crl');
    const on = choose.chance(0.5);
    return (
      crl &&
      uses(crl, async ({ anywhere }, known) => {
        const input = { crlId: known(crl).id };
        return told(
          on
            ? await anywhere.send(new EnableCrlCommand(input))
            : await anywhere.send(new DisableCrlCommand(input)),
        );
      })
    );
  },
  (choose) => {
    const thing = choose.pick('crl');
    return (
      thing &&
      removes(thing, async ({ anywhere }, known) =>
        told(await anywhere.send(new DeleteCrlCommand({ crlId: known(thing).id }))),
      )
    );
  },
  (choose) => {
    const thing = choose.make('profile');
    const role = choose.chance(0.2) ? 'no role' : `arn:aws:iam::${choose.account}:role/device`;
    return (
      thing &&
      makes(thing, async ({ anywhere }) => {
        const answer = await anywhere.send(
          new CreateProfileCommand({ name: `profile-${thing.number}`, roleArns: [role] }),
        );
        return told(answer, { id: answer.profile?.profileId });
      })
    );
  },
  (choose) => {
    const thing = choose.pick('profile');
    return (
      thing &&
      removes(thing, async ({ anywhere }, known) =>
        told(await anywhere.send(new DeleteProfileCommand({ profileId: known(thing).id }))),
      )
    );
  },
  (choose) =>
    reads(choose, async ({ anywhere }) => told(await anywhere.send(new ListCrlsCommand({ pageSize: 2 })))),
];
