import { APIGatewayClient, UpdateDomainNameCommand } from '@aws-sdk/client-api-gateway';
import {
  ElasticLoadBalancingV2Client,
  ModifyListenerCommand,
  ModifyTrustStoreCommand,
  RemoveTrustStoreRevocationsCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import {
  DeleteCrlCommand,
  DisableCrlCommand,
  DisableTrustAnchorCommand,
  RolesAnywhereClient,
  UpdateTrustAnchorCommand,
} from '@aws-sdk/client-rolesanywhere';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { createTestCa } from '../ca/test-ca.ts';
import { clientConfig, given } from '../environment/where.ts';
import type { Stage } from './stage.ts';

/** Changes that somebody makes by hand to what a target holds, by what they are. */
export type Edits = Readonly<Record<string, () => Promise<void>>>;

/** Puts a bundle with a CA that nobody accepted where services can read it. */
export async function plantBundle({
  local,
  accountRegion,
}: Stage): Promise<{ bucket: string; key: string; version: string }> {
  const s3 = new S3Client({ ...clientConfig({ local, ...accountRegion }, 's3'), forcePathStyle: true });
  const bucket = `trustloom-${accountRegion.account}-${accountRegion.region}`;
  const key = 'by-hand.pem';
  const put = await s3.send(
    new PutObjectCommand({ Bucket: bucket, Key: key, Body: await plantedPem(), ContentType: 'text/plain' }),
  );
  return { bucket, key, version: given(put.VersionId, 'version') };
}

const plantedPem = async () => (await createTestCa({ subject: 'CN=Planted by hand', key: 'P-256' })).pem;

/** Edits of a load balancer's trust store and listener. */
export function albEdits(stage: Stage, listenerArn: string): Edits {
  const { local, accountRegion } = stage;
  const elb = new ElasticLoadBalancingV2Client(
    clientConfig({ local, ...accountRegion }, 'elasticloadbalancing'),
  );
  const state = () =>
    given(
      local
        .state()
        .elbv2.find((one) => one.account === accountRegion.account && one.region === accountRegion.region)
        ?.state,
      'load balancers',
    );
  const store = () => given(state().listeners.get(listenerArn)?.mutual?.TrustStoreArn, 'trust store');
  return {
    async 'a CA that nobody accepted takes the place of the bundle'() {
      const at = await plantBundle(stage);
      await elb.send(
        new ModifyTrustStoreCommand({
          TrustStoreArn: store(),
          CaCertificatesBundleS3Bucket: at.bucket,
          CaCertificatesBundleS3Key: at.key,
          CaCertificatesBundleS3ObjectVersion: at.version,
        }),
      );
    },
    async 'a CRL is removed'() {
      const id = given(state().trustStores.get(store())?.revocations[0]?.id, 'crl');
      await elb.send(new RemoveTrustStoreRevocationsCommand({ TrustStoreArn: store(), RevocationIds: [id] }));
    },
    async 'client authentication is switched off'() {
      await elb.send(
        new ModifyListenerCommand({ ListenerArn: listenerArn, MutualAuthentication: { Mode: 'off' } }),
      );
    },
  };
}

/** Edits of trust anchors and lists. */
export function rolesAnywhereEdits({ local, accountRegion }: Stage): Edits {
  const client = new RolesAnywhereClient(clientConfig({ local, ...accountRegion }, 'rolesanywhere'));
  const state = () =>
    given(
      local
        .state()
        .rolesAnywhere.find(
          (one) => one.account === accountRegion.account && one.region === accountRegion.region,
        )?.state,
      'anchors',
    );
  const anchor = () => given([...state().anchors.values()].find((one) => one.enabled)?.id, 'anchor');
  const crlId = () => given([...state().crls.values()].find((one) => one.enabled)?.id, 'crl');
  return {
    async 'a CA that nobody accepted takes the place of an anchor'() {
      const sourceData = { x509CertificateData: await plantedPem() };
      const source = { sourceType: 'CERTIFICATE_BUNDLE', sourceData } as const;
      await client.send(new UpdateTrustAnchorCommand({ trustAnchorId: anchor(), source }));
    },
    async 'an anchor is disabled'() {
      await client.send(new DisableTrustAnchorCommand({ trustAnchorId: anchor() }));
    },
    async 'a CRL is disabled'() {
      await client.send(new DisableCrlCommand({ crlId: crlId() }));
    },
    async 'a CRL is deleted'() {
      await client.send(new DeleteCrlCommand({ crlId: crlId() }));
    },
  };
}

/** Edits of a custom domain. */
export function apiGatewayEdits(stage: Stage, domain: string): Edits {
  const client = new APIGatewayClient(
    clientConfig({ local: stage.local, ...stage.accountRegion }, 'apigateway'),
  );
  const patch = (operations: readonly { op: 'replace'; path: string; value: string }[]) =>
    client.send(new UpdateDomainNameCommand({ domainName: domain, patchOperations: [...operations] }));
  return {
    async 'a CA that nobody accepted takes the place of the bundle'() {
      const at = await plantBundle(stage);
      await patch([
        {
          op: 'replace',
          path: '/mutualTlsAuthentication/truststoreUri',
          value: `s3://${at.bucket}/${at.key}`,
        },
        { op: 'replace', path: '/mutualTlsAuthentication/truststoreVersion', value: at.version },
      ]);
    },
    async 'client authentication is switched off'() {
      await patch([{ op: 'replace', path: '/mutualTlsAuthentication/truststoreUri', value: '' }]);
    },
  };
}
