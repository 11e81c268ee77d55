import type { MutualAuthenticationAttributes } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { EdgeTrust } from '../../types.ts';
import type { Given } from '../service.ts';
import { LIMITS } from './limits.ts';
import { type ElbState, invalid, type Listener, refusal, type TrustStore, trustStoreOf } from './state.ts';

/** Mutual authentication of a listener after the checks, as it reads back. */
export function checkMutual(
  given: Given<MutualAuthenticationAttributes>,
  listener: Pick<Listener, 'arn' | 'loadBalancerArn' | 'protocol'>,
  state: ElbState,
): MutualAuthenticationAttributes {
  const {
    Mode: mode,
    TrustStoreArn: arn,
    IgnoreClientCertificateExpiry: ignore,
    AdvertiseTrustStoreCaNames: names,
  } = given;
  if (mode !== 'off' && mode !== 'passthrough' && mode !== 'verify') {
    throw invalid('The mutual authentication mode must be off, passthrough or verify');
  }
  if (listener.protocol !== 'HTTPS' && listener.protocol !== 'TLS')
    throw invalid('Mutual authentication is only for HTTPS and TLS listeners');
  if (listener.protocol === 'TLS' && mode === 'passthrough')
    throw invalid('A TLS listener takes the mutual authentication modes off and verify');
  if (names !== undefined && names !== 'on' && names !== 'off')
    throw invalid('AdvertiseTrustStoreCaNames must be on or off');
  if (mode !== 'verify') {
    if (arn !== undefined)
      throw invalid(`A trust store cannot be given with the mutual authentication mode ${mode}`);
    if (ignore)
      throw invalid(
        `IgnoreClientCertificateExpiry cannot be given with the mutual authentication mode ${mode}`,
      );
    if (names === 'on')
      throw invalid(`AdvertiseTrustStoreCaNames cannot be on with the mutual authentication mode ${mode}`);
    return { Mode: mode };
  }
  if (arn === undefined)
    throw invalid('A trust store ARN is needed with the mutual authentication mode verify');
  const store = trustStoreOf(state, arn);
  if (store.status !== 'ACTIVE')
    throw refusal('TrustStoreNotReady', `Trust store '${arn}' is not in ACTIVE state`);
  const others = [...state.listeners.values()].filter(
    (one) =>
      one.loadBalancerArn === listener.loadBalancerArn &&
      one.arn !== listener.arn &&
      one.mutual?.Mode === 'verify',
  );
  // The quota is documented, the code is not.
  if (others.length >= LIMITS.verifyListeners.max) {
    throw refusal(
      'InvalidConfigurationRequest',
      'No more than 2 listeners of a load balancer can verify client certificates',
    );
  }
  return {
    Mode: 'verify',
    TrustStoreArn: arn,
    IgnoreClientCertificateExpiry: ignore ?? false,
    TrustStoreAssociationStatus: 'active',
    AdvertiseTrustStoreCaNames: names ?? 'off',
  };
}

const NOTHING = {
  anchors: [],
  crls: [],
  version: 'none',
  ignoreExpiry: false,
  advertiseCaNames: false,
} as const;

/** What the nodes do at this instant. */
export function trustOf(listener: Listener, stores: ReadonlyMap<string, TrustStore>): EdgeTrust {
  const mutual = listener.servedMutual;
  if (mutual?.Mode === 'passthrough') return { mode: 'passthrough', ...NOTHING };
  if (mutual?.Mode !== 'verify') return { mode: 'off', ...NOTHING };
  const served = stores.get(mutual.TrustStoreArn ?? '')?.served;
  return {
    mode: 'verify',
    anchors: served?.anchors ?? [],
    crls: served?.crls ?? [],
    version: served?.version ?? 'none',
    ignoreExpiry: mutual.IgnoreClientCertificateExpiry ?? false,
    advertiseCaNames: mutual.AdvertiseTrustStoreCaNames === 'on',
  };
}
