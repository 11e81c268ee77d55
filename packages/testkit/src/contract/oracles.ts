import type { AccountRegion } from '@trustloom/core';
import { type LocalAws, runConnectionFunction } from '@trustloom/local-aws';
import { crlDigest, type Held, type Oracle, pemDigests } from './oracle.ts';
import type { Stage } from './stage.ts';

const nothing: Held = Object.freeze({ cas: [], crls: [], enforcing: false, objects: [] });

const sorted = (values: Iterable<string>): readonly string[] => [...values].sort();

/** What a listener of a load balancer holds: by the trust store it is attached to. */
export function albOracle(local: LocalAws, accountRegion: AccountRegion, listenerArn: string): Oracle {
  return () => {
    const state = local
      .state()
      .elbv2.find(
        (one) => one.account === accountRegion.account && one.region === accountRegion.region,
      )?.state;
    if (state === undefined) return nothing;
    const objects = sorted(state.trustStores.keys());
    const mutual = state.listeners.get(listenerArn)?.mutual;
    const store = mutual?.Mode === 'verify' ? state.trustStores.get(mutual.TrustStoreArn ?? '') : undefined;
    if (store === undefined) return { ...nothing, objects };
    return {
      cas: pemDigests(store.bundle),
      crls: sorted(store.revocations.map((one) => crlDigest(one.file))),
      enforcing: true,
      objects,
    };
  };
}

/**
 * What Roles Anywhere holds in a place: all enabled anchors, and CRLs that are enabled. It never
 * admits anybody without a certificate.
 */
export function rolesAnywhereOracle(local: LocalAws, accountRegion: AccountRegion): Oracle {
  return () => {
    const state = local
      .state()
      .rolesAnywhere.find(
        (one) => one.account === accountRegion.account && one.region === accountRegion.region,
      )?.state;
    if (state === undefined) return { ...nothing, enforcing: true };
    const anchors = [...state.anchors.values()].filter((one) => one.enabled);
    const arns = new Set(anchors.map((one) => one.arn));
    const crls = [...state.crls.values()].filter((one) => one.enabled && arns.has(one.trustAnchorArn));
    return {
      cas: sorted(anchors.flatMap((one) => pemDigests(one.source.x509CertificateData))),
      crls: sorted(new Set(crls.map((one) => crlDigest(one.crlData)))),
      enforcing: true,
      objects: sorted([...state.anchors.keys(), ...state.crls.keys()]),
    };
  };
}

/**
 * What a distribution holds: by the trust store that it names, and by the connection function that
 * looks at its clients.
 */
export function cloudFrontOracle({ local, accountRegion, clock }: Stage, distributionId: string): Oracle {
  return () => {
    const state = local.state().cloudfront.find((one) => one.account === accountRegion.account)?.state;
    if (state === undefined) return nothing;
    const objects = sorted([
      ...state.trustStores.keys(),
      ...state.connectionFunctions.keys(),
      ...state.keyValueStores.keys(),
    ]);
    const config = state.distributions.get(distributionId)?.config;
    const mtls = config?.ViewerMtlsConfig;
    const store = state.trustStores.get(mtls?.TrustStoreConfig?.TrustStoreId ?? '');
    if (store === undefined) return { ...nothing, objects, refuses: () => false };
    const live = state.connectionFunctions.get(config?.ConnectionFunctionAssociation?.Id ?? '')?.live;
    const items = [...state.keyValueStores.values()].find(({ arn }) => arn === live?.store)?.items;
    return {
      cas: pemDigests(store.bundle),
      crls: [],
      enforcing: mtls?.Mode === 'required',
      objects,
      refuses: (serial, issuer) =>
        live !== undefined &&
        runConnectionFunction({
          code: Buffer.from(live.code).toString('utf8'),
          store: items,
          event: clientWith(serial, issuer),
          timeMs: 1000,
          now: clock.now(),
        }).decision !== 'allow',
    };
  };
}

/** A client as a connection function sees it. */
function clientWith(serial: string, issuer = 'CN=Nobody'): object {
  const hex = serial.length % 2 === 0 ? serial : `0${serial}`;
  const serialNumber = (hex > '8' ? `00${hex}` : hex).replace(/..(?=.)/g, '$&:');
  return {
    clientCertificate: { certificates: { leaf: { serialNumber, issuer }, intermediates: [] } },
  };
}

/**
 * What a custom domain holds: by the object and version that it names. It keeps no objects of ours
 * but tags and the upload.
 */
export function apiGatewayOracle(local: LocalAws, accountRegion: AccountRegion, domain: string): Oracle {
  return () => {
    const state = local
      .state()
      .apiGateway.find(
        (one) => one.account === accountRegion.account && one.region === accountRegion.region,
      )?.state;
    const truststore = state?.domains.get(domain)?.truststore;
    const [, bucket = '', key = ''] = /^s3:\/\/([^/]+)\/(.+)$/.exec(truststore?.uri ?? '') ?? [];
    const versions = local
      .state()
      .s3.find((one) => one.name === bucket)
      ?.objects.get(key);
    const read = versions?.find((one) => one.versionId === truststore?.readVersion);
    if (read === undefined) return nothing;
    return { cas: pemDigests(read.body), crls: [], enforcing: true, objects: [] };
  };
}
