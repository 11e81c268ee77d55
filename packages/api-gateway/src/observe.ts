import {
  type Certificate,
  type Door,
  defined,
  type Finding,
  type Io,
  isTrustloomError,
  type ObjectLocation,
  type Observation,
  parseBundle,
} from '@trustloom/core';
import type { DomainFacts } from './domains.ts';
import { heldEnforcement, waysBehind } from './enforcement.ts';
import type { MappedApi } from './mapped-apis.ts';
import { markOf } from './names.ts';
import type { ApiGatewayPort } from './port.ts';
import { heldLists, readPublished } from './published.ts';
import type { Observed } from './state.ts';
import type { ApiGatewayTarget } from './target.ts';

/** Reads the domain, what lies in its truststore, and the endpoints that go around it. */
export async function observeApiGateway(
  target: ApiGatewayTarget,
  port: ApiGatewayPort,
  io: Io,
): Promise<Observation<Observed>> {
  const listed = io.afterWrite ? undefined : await io.shared(`${target.api} domains`, port.domains);
  const domain = listed?.get(target.domain) ?? (await port.domain());
  if (domain === undefined) return missing(target, io);
  const [cas, apis, published] = await Promise.all([
    domain.truststore === undefined ? undefined : readTruststore(domain.truststore, io),
    port.mappedApis({
      http: () => io.shared('http apis', port.httpApis),
      rest: () => io.shared('rest apis', port.restApis),
    }),
    target.authorizer === undefined ? undefined : readPublished(io),
  ]);
  const ways = await waysBehind(target, apis, port);
  const mark = markOf(domain.tags, io.context);
  const on = domain.truststore !== undefined;
  return {
    state: {
      ...defined({ published }),
      asking: ways.filter(({ asks }) => asks !== 'no').map(({ route }) => route),
      domain: {
        ours: mark === 'ours',
        theirs: mark === 'theirs',
        ...defined({ truststore: domain.truststore, cas }),
      },
    },
    pending:
      domain.status === 'UPDATING' || domain.status === 'PENDING'
        ? [`domain ${target.domain} is ${domain.status}`]
        : [],
    holds: {
      exists: on,
      cas:
        on && cas === undefined
          ? 'unknown'
          : (cas ?? []).map((certificate) => ({
              sha256: certificate.sha256,
              subject: certificate.subject.text,
              certificate,
            })),
      crls: heldLists(published),
      enforcement: heldEnforcement(target, domain, apis, ways, published),
      attachments: [{ id: target.domain, mode: on ? 'on' : 'off', enforcing: on, ignoresExpiry: false }],
      doors: apis.map((api) => doorOf(api, io.context.place.region)),
      endpoints: [{ kind: 'tls', host: target.domain, port: 443 }],
      findings: [
        ...preconditions(target, domain),
        ...warnings(target, domain),
        ...(mark === 'theirs' ? [taken(target)] : []),
      ],
    },
  };
}

async function missing({ domain, authorizer }: ApiGatewayTarget, io: Io): Promise<Observation<Observed>> {
  const published = authorizer === undefined ? undefined : await readPublished(io);
  const finding: Finding = {
    code: 'attachment-missing',
    severity: 'error',
    thing: domain,
    message: `the custom domain ${domain} does not exist; mend the definition, or make the domain`,
  };
  return {
    state: { asking: [], ...defined({ published }) },
    pending: [],
    holds: {
      exists: false,
      cas: [],
      crls: [],
      attachments: [],
      doors: [],
      endpoints: [],
      findings: [finding],
    },
  };
}

/** The service tells where the truststore lies, not what is in it. */
async function readTruststore(location: ObjectLocation, io: Io): Promise<readonly Certificate[] | undefined> {
  try {
    const bytes = await io.readObject(location);
    return bytes === undefined ? undefined : parseBundle(bytes, location.key).certificates;
  } catch (error) {
    // Somebody else's bucket, or a file that is no bundle: what is trusted there is then unknown, and said to be.
    if (
      isTrustloomError(error) &&
      (error.kind === 'input' || error.kind === 'service' || error.kind === 'refused')
    )
      return undefined;
    throw error;
  }
}

function doorOf({ id, defaultEndpointOpen }: MappedApi, region: string): Door {
  const url = `https://${id}.execute-api.${region}.amazonaws.com`;
  return {
    id,
    state: defaultEndpointOpen ? 'open' : 'closed',
    what: defaultEndpointOpen
      ? `${url} goes around mutual TLS; disable the default endpoint`
      : `${url} is disabled`,
  };
}

function preconditions(
  { domain }: ApiGatewayTarget,
  { endpointTypes, securityPolicy, status, statusMessage }: DomainFacts,
): readonly Finding[] {
  const source = 'AWS: Configuring mutual TLS authentication for a REST API';
  const finding = (message: string): Finding => ({
    code: 'precondition',
    severity: 'error',
    thing: domain,
    message,
    source,
  });
  return [
    ...(endpointTypes.every((type) => type === 'REGIONAL')
      ? []
      : [finding(`the domain ${domain} is ${endpointTypes.join(', ')}; mutual TLS needs REGIONAL`)]),
    ...(securityPolicy === 'TLS_1_2'
      ? []
      : [
          finding(`the domain ${domain} has the security policy ${securityPolicy}; mutual TLS needs TLS_1_2`),
        ]),
    ...(['AVAILABLE', 'UPDATING', 'PENDING'].includes(status)
      ? []
      : [finding(`the domain ${domain} is ${status}: ${statusMessage}`)]),
  ];
}

/** Certificates that the service does not use do not fail the call: they come back as warnings. */
function warnings({ domain }: ApiGatewayTarget, facts: DomainFacts): readonly Finding[] {
  return facts.warnings.map((warning) => ({
    code: 'truststore-warning',
    severity: 'warning',
    thing: domain,
    message: `${domain}: the service warns about its truststore: ${warning}`,
  }));
}

function taken({ domain }: ApiGatewayTarget): Finding {
  return {
    code: 'name-taken',
    severity: 'error',
    thing: domain,
    message: `the domain ${domain} is followed by another definition or target; remove it there first`,
  };
}
