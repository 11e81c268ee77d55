import { type Service, type ServiceInfo, TrustloomError } from '@trustloom/core';

/**
 * The services of this package, each loaded when it is named. No SDK comes with them: a service
 * loads its own at its first call.
 */
const own: Readonly<Record<string, () => Promise<Service>>> = {
  cloudfront: async () => (await import('@trustloom/cloudfront')).cloudfront,
  alb: async () => (await import('@trustloom/alb')).alb,
  apiGateway: async () => (await import('@trustloom/api-gateway')).apiGateway,
  rolesAnywhere: async () => (await import('@trustloom/roles-anywhere')).rolesAnywhere,
};

/** All four services, in the order in which tables show them. */
export function ownServices(): Promise<readonly Service[]> {
  return Promise.all(Object.values(own).map((load) => load()));
}

/** What all four services say of themselves. */
export async function allServices(): Promise<readonly ServiceInfo[]> {
  return (await ownServices()).map(({ info }) => info);
}

/**
 * The services of some keys, each once: those given, then those of this package.
 *
 * @throws TrustloomError `definition-unknown-key` when a key is of none
 */
export async function servicesFor(
  keys: readonly string[],
  given: readonly Service[],
  file: string,
): Promise<readonly Service[]> {
  const unknown = keys.filter((key) => !Object.hasOwn(own, key) && given.every((one) => one.key !== key));
  if (unknown.length > 0) {
    const known = [...Object.keys(own), ...given.map(({ key }) => key)].join(', ');
    throw new TrustloomError(
      'definition-unknown-key',
      `${file}: a target has the unknown key ${unknown.join(', ')}; its kind is one of ${known}`,
    );
  }
  return Promise.all(
    [...new Set(keys)].flatMap((key) => given.find((one) => one.key === key) ?? own[key]?.() ?? []),
  );
}
