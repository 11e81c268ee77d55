import type { ServiceInfo } from '../adapter/service-info.ts';
import type { CertificateRule } from './rule.ts';

/** The service can use the CA's key. */
export const keyAlgorithm: CertificateRule = {
  code: 'key-algorithm',
  about: 'certificate',
  title: 'the service takes this kind of key',
  check: ({ key, subject }, { capabilities: { caKeys }, title }) => {
    if (caKeys === undefined) return undefined;
    const fits =
      key.kind === 'rsa'
        ? isTaken(key.bits ?? 0, caKeys.rsaBits)
        : key.kind === 'ec' && caKeys.curves.includes(key.curve ?? '');
    return fits
      ? undefined
      : {
          message: `${subject.text} has a ${key.name} key; ${title} takes ${rsaText(caKeys.rsaBits)} and ${caKeys.curves.join(', ')}`,
          note: `key-algorithm: ${key.name}`,
        };
  },
};

type RsaBits = NonNullable<ServiceInfo['capabilities']['caKeys']>['rsaBits'];

function isTaken(bits: number, taken: RsaBits): boolean {
  return 'sizes' in taken ? taken.sizes.includes(bits) : bits >= taken.min && bits <= (taken.max ?? bits);
}

function rsaText(taken: RsaBits): string {
  if ('sizes' in taken) return `RSA ${taken.sizes.join(', ')}`;
  return taken.max === undefined ? `RSA from ${taken.min}` : `RSA ${taken.min} to ${taken.max}`;
}
