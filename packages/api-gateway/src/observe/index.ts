import {
  type Bypass,
  type Certificate,
  defined,
  type Finding,
  isTrustloomError,
  type ObjectLocation,
  type Observation,
  type Owner,
  observedCa,
  ownerOf,
  parseBundle,
  type ServiceIo,
} from '@trustloom/core/adapter';
import type { Observed } from '../model.ts';
import type { ApiGatewayPort, Domain, MappedApi } from '../port/index.ts';
import { type Published, publishedCrls, publishedDenials, readPublished } from '../revocation/published.ts';
import type { ApiGatewayTarget } from '../target.ts';
import { observedEnforcement, routesBehind } from './enforcement.ts';

/** States of a domain that is still being changed. */
const busy = ['UPDATING', 'PENDING'];

/** Reads the domain, what lies in its truststore, and the endpoints that go around it. */
export async function observeApiGateway(
  target: ApiGatewayTarget,
  port: ApiGatewayPort,
  io: ServiceIo,
): Promise<Observation<Observed>> {
  const listed = io.afterWrite
    ? undefined
    : await io.shared(`${target.api} domains`, () => port.domains(target.api));
  const domain = listed?.get(target.domain) ?? (await port.domain(target));
  if (domain === undefined) return missing(target, io);
  const { truststore } = domain;
  const owner = ownerOf(domain.tags, io.context);
  const [cas, apis, published] = await Promise.all([
    truststore === undefined ? undefined : readTruststore(truststore, io),
    port.mappedApis(target.domain, {
      http: () => io.shared('http apis', port.httpApis),
      rest: () => io.shared('rest apis', port.restApis),
    }),
    publishedFor(target, owner, io),
  ]);
  const authorizer = authorizerOf(target, published);
  const routes = await routesBehind(authorizer, apis, port);
  const on = truststore !== undefined;
  return {
    state: {
      ...defined({ published }),
      asking: routes.filter(({ asks }) => asks !== 'no').map(({ route }) => route),
      domain: { owner, ...defined({ truststore, cas }) },
    },
    pending: busy.includes(domain.status) ? [`domain ${target.domain} is ${domain.status}`] : [],
    content: {
      exists: on,
      cas: on && cas === undefined ? 'unknown' : (cas ?? []).map(observedCa),
      crls: publishedCrls(published),
      owned: published !== undefined || owner === 'us',
      denials: publishedDenials(published),
      enforcement: observedEnforcement({ target, domain, apis, routes, published }),
      attachments: [
        {
          id: target.domain,
          mode: on ? 'on' : 'off',
          enforcing: on,
          shouldEnforce: true,
          ignoresExpiry: false,
        },
      ],
      bypasses: apis.map((api) => bypassOf(api, io.context.accountRegion.region)),
      endpoints: [{ kind: 'tls', host: target.domain, port: 443 }],
      findings: findingsOf(target, domain),
      unmet: owner === 'another' ? [taken(target)] : [],
    },
  };
}

/**
 * A manifest of ours stands only where the target names an authorizer, or once did: such a domain
 * has our tags, unless somebody else attaches the store.
 */
async function publishedFor(
  target: ApiGatewayTarget,
  owner: Owner,
  io: ServiceIo,
): Promise<Published | undefined> {
  if (target.authorizer !== undefined) return readPublished(target, io);
  if (owner !== 'us' && io.context.attach !== 'external') return undefined;
  return readPublished(target, io).catch(unlessNoBucket);
}

/** Where there is no bucket nothing is published. */
function unlessNoBucket(error: unknown): undefined {
  if (isTrustloomError(error) && error.code === 'bucket-missing') return undefined;
  throw error;
}

/**
 * The function that the routes should ask. Where the target names none any more, the one that it
 * named when the manifest was published.
 */
function authorizerOf(
  { authorizer }: ApiGatewayTarget,
  published: Published | undefined,
): string | undefined {
  return authorizer ?? published?.manifest?.authorizer;
}

async function missing(target: ApiGatewayTarget, io: ServiceIo): Promise<Observation<Observed>> {
  const { domain } = target;
  const published = await readPublished(target, io).catch(unlessNoBucket);
  const message = `the custom domain ${domain} does not exist; correct the definition, or create the domain`;
  const unmet = [error('attachment-missing', domain, message)];
  return {
    state: { asking: [], ...defined({ published }) },
    pending: [],
    content: {
      exists: false,
      cas: [],
      crls: [],
      owned: published !== undefined,
      denials: publishedDenials(published),
      attachments: [],
      bypasses: [],
      endpoints: [],
      findings: [],
      unmet,
    },
  };
}

/** The service says where the truststore lies, not what is in it. */
async function readTruststore(
  location: ObjectLocation,
  io: ServiceIo,
): Promise<readonly Certificate[] | undefined> {
  try {
    const bytes = await io.readObject(location);
    return bytes === undefined ? undefined : parseBundle(bytes, location.key).certificates;
  } catch (error) {
    // Somebody else's bucket, or a file that is no bundle: what is trusted there is then unknown,
    // and said to be.
    if (isTrustloomError(error) && ['input', 'service', 'refused'].includes(error.kind)) return undefined;
    throw error;
  }
}

function bypassOf({ id, defaultEndpointOpen }: MappedApi, region: string): Bypass {
  const url = `https://${id}.execute-api.${region}.amazonaws.com`;
  return {
    id,
    state: defaultEndpointOpen ? 'open' : 'closed',
    what: defaultEndpointOpen
      ? `${url} goes around mutual TLS; disable the default endpoint`
      : `${url} is disabled`,
  };
}

function findingsOf(
  { domain }: ApiGatewayTarget,
  { endpointTypes, securityPolicy, status, statusMessage, warnings }: Domain,
): readonly Finding[] {
  const precondition = (message: string): Finding => ({
    ...error('precondition', domain, `the domain ${domain} ${message}`),
    source: 'AWS: Configuring mutual TLS authentication for a REST API',
  });
  return [
    endpointTypes.some((type) => type !== 'REGIONAL') &&
      precondition(`is ${endpointTypes.join(', ')}; mutual TLS needs REGIONAL`),
    securityPolicy !== 'TLS_1_2' &&
      precondition(`has the security policy ${securityPolicy}; mutual TLS needs TLS_1_2`),
    !['AVAILABLE', ...busy].includes(status) && precondition(`is ${status}: ${statusMessage}`),
    // Certificates that the service does not use do not fail the call: they come back as warnings.
    ...warnings.map((warning): Finding => {
      const message = `${domain}: the service warns about its truststore: ${warning}`;
      return { ...error('truststore-warning', domain, message), severity: 'warning' };
    }),
  ].filter((finding) => finding !== false);
}

function taken({ domain }: ApiGatewayTarget): Finding {
  const message = `the domain ${domain} is followed by another definition or target; remove it there first`;
  return error('name-taken', domain, message);
}

function error(code: Finding['code'], about: string, message: string): Finding {
  return { code, severity: 'error', about, message };
}
