import type { Verdict } from './decide.ts';
import { createLatest, type Objects } from './latest.ts';

/**
 * What is used of the event of a Lambda authorizer: REST APIs (REQUEST), HTTP APIs with payload 1.0
 * or 2.0.
 */
export interface AuthorizerEvent {
  readonly methodArn?: string;
  readonly routeArn?: string;
  readonly requestContext?: {
    readonly identity?: EventIdentity;
    readonly authentication?: EventIdentity;
  };
}

/** Where the certificate stands in an event. */
export interface EventIdentity {
  readonly clientCert?: { readonly clientCertPem?: string };
}

/** What `createAuthorizer` is given; `settingsFrom` reads all but `next` from the environment. */
export interface AuthorizerOptions {
  readonly objects: Objects;
  /** Name of the manifest in its bucket: `<definition>/authorizers/<region>/<domain>.json`. */
  readonly manifest: string;
  /**
   * How long a revocation may take from its publication to here, in milliseconds; default 10,000.
   */
  readonly pollMs?: number;
  /**
   * `simple` where the HTTP API has simple responses switched on; default `policy`, which all
   * others take.
   */
  readonly answer?: 'policy' | 'simple';
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Takes one line of JSON for each refusal and each reading that failed. */
  readonly log: (line: string) => void;
  /**
   * The user's own authorizer: asked about clients that are not refused here, and its answer is the
   * answer.
   */
  readonly next?: (event: never) => unknown;
}

/**
 * Nobody is refused by what is older than this, in milliseconds: the client's CA, or its next CRL,
 * may have come since.
 */
const refusalMaxAgeMs = 1_000;

/**
 * Makes a Lambda authorizer that refuses clients whose certificate is revoked, or of which that is
 * unknown.
 *
 * @example
 * export const handler = createAuthorizer({ ...settingsFrom(process.env), next: mine })
 */
export function createAuthorizer(options: AuthorizerOptions): (event: AuthorizerEvent) => Promise<unknown> {
  const { now, log, next, pollMs = 10_000 } = options;
  const say = (trustloom: string, client?: string) => log(JSON.stringify({ trustloom, client }));
  const latest = createLatest({ ...options, failed: (error) => say(String(error)) });
  const judge = async (pem: string | undefined, maxAgeMs: number): Promise<Verdict> =>
    (await latest(maxAgeMs))?.(pem, now()) ?? { reason: 'no-set' };
  return async (event) => {
    const { identity, authentication } = event.requestContext ?? {};
    const pem = (identity ?? authentication)?.clientCert?.clientCertPem;
    let verdict = await judge(pem, pollMs);
    if (verdict.reason !== 'ok') verdict = await judge(pem, Math.min(pollMs, refusalMaxAgeMs));
    if (verdict.reason !== 'ok') say(verdict.reason, verdict.who);
    else if (next) return next(event as never);
    return answerTo(event, verdict, options.answer ?? 'policy');
  };
}

/**
 * The answer in the form that the API wants. A policy names the whole stage, so that a cached
 * answer holds for each of its routes.
 *
 * AWS: Output from an API Gateway Lambda authorizer; HTTP APIs: Lambda authorizer response format
 * (2026-11)
 */
function answerTo(
  { methodArn, routeArn }: AuthorizerEvent,
  { reason, who = 'unknown' }: Verdict,
  form: 'policy' | 'simple',
): object {
  const allowed = reason === 'ok';
  const context = { trustloom: reason };
  if (form === 'simple') return { isAuthorized: allowed, context };
  const Statement = {
    Action: 'execute-api:Invoke',
    Effect: allowed ? 'Allow' : 'Deny',
    Resource: (methodArn ?? routeArn ?? '*').replace(/^([^/]+\/[^/]+).*/, '$1/*'),
  };
  return { principalId: who, policyDocument: { Version: '2012-10-17', Statement: [Statement] }, context };
}
