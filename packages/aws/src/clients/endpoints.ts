import { TrustloomError } from '@trustloom/core';
import type { Env, ProfileConfig } from './shared-config.ts';

/** Where endpoints come from. */
export interface EndpointSettings {
  /** `--endpoint-url`: for all services, before everything else. */
  readonly option?: string;
  readonly env: Env;
  readonly profile: ProfileConfig;
}

/** An endpoint and the setting that gave it, for messages. */
export interface FoundEndpoint {
  readonly url: string;
  readonly from: string;
}

/**
 * The endpoint of one service, in the order of the AWS SDKs: the option,
 * `AWS_ENDPOINT_URL_<SERVICE>`, `AWS_ENDPOINT_URL`, the `services` section of the profile,
 * `endpoint_url` of the profile. `AWS_IGNORE_CONFIGURED_ENDPOINT_URLS` switches off all but the
 * option. Done here for every client, because some clients do not look themselves.
 *
 * @param serviceId service id of the SDK: `S3`, `RolesAnywhere`, `Elastic Load Balancing v2`
 * @throws TrustloomError `endpoint-invalid`
 */
export function findEndpoint(serviceId: string, settings: EndpointSettings): FoundEndpoint | undefined {
  const { option, env, profile } = settings;
  if (option !== undefined) return valid(option, '--endpoint-url');
  if (ignoresConfigured(settings)) return undefined;
  const word = serviceId.replace(/[ -]/g, '_');
  const candidates: readonly (readonly [string | undefined, string])[] = [
    [env[`AWS_ENDPOINT_URL_${word.toUpperCase()}`], `AWS_ENDPOINT_URL_${word.toUpperCase()}`],
    [env.AWS_ENDPOINT_URL, 'AWS_ENDPOINT_URL'],
    [profile.service(word.toLowerCase(), 'endpoint_url'), `the services section of profile ${profile.name}`],
    [profile.get('endpoint_url'), `endpoint_url of profile ${profile.name}`],
  ];
  for (const [url, from] of candidates) if (url !== undefined && url !== '') return valid(url, from);
  return undefined;
}

/**
 * The first setting that points to this machine, if any does. Then nothing may leave it: a client
 * that would go elsewhere is an error.
 */
export function loopbackSetting(
  settings: EndpointSettings,
  serviceIds: readonly string[],
): string | undefined {
  const { option, env } = settings;
  if (option !== undefined) return isLoopbackUrl(option) ? '--endpoint-url' : undefined;
  if (ignoresConfigured(settings)) return undefined;
  const variable = Object.keys(env)
    .filter((name) => name === 'AWS_ENDPOINT_URL' || name.startsWith('AWS_ENDPOINT_URL_'))
    .sort()
    .find((name) => isLoopbackUrl(env[name] ?? ''));
  if (variable !== undefined) return variable;
  return serviceIds
    .map((id) => findEndpoint(id, settings))
    .find((found) => found !== undefined && isLoopbackUrl(found.url))?.from;
}

/**
 * An endpoint as the client of a service takes it. That of key value stores puts the account id
 * before the host, which makes no address of an IP: there this machine is called by its name.
 */
export function endpointFor(serviceId: string, url: string): string {
  const { hostname } = new URL(url);
  if (serviceId !== 'CloudFront KeyValueStore' || !isLoopbackHost(hostname)) return url;
  return url.replace(hostname, 'localhost');
}

/** True for a name or address of this machine itself. */
export function isLoopbackHost(host: string): boolean {
  const name = host.toLowerCase().replace(/^\[|\]$/g, '');
  return (
    name === 'localhost' ||
    name.endsWith('.localhost') ||
    name === '::1' ||
    /^127(?:\.\d{1,3}){3}$/.test(name)
  );
}

/** True for an address on this machine itself. */
export function isLoopbackUrl(url: string): boolean {
  return URL.canParse(url) && isLoopbackHost(new URL(url).hostname);
}

function ignoresConfigured({ env, profile }: EndpointSettings): boolean {
  const setting = env.AWS_IGNORE_CONFIGURED_ENDPOINT_URLS ?? profile.get('ignore_configured_endpoint_urls');
  return setting?.toLowerCase() === 'true';
}

function valid(url: string, from: string): FoundEndpoint {
  const scheme = URL.canParse(url) ? new URL(url).protocol : '';
  if (scheme === 'http:' || scheme === 'https:') return { url, from };
  throw new TrustloomError('endpoint-invalid', `${from} is not an http or https address`, {
    context: { setting: from },
  });
}
