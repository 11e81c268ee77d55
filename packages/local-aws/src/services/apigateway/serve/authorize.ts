import type { EdgeReply } from '../../../types.ts';
import type { World } from '../../../world.ts';
import type { Authorizer, AuthorizerCache, Deployment } from '../parts-model.ts';
import { type Arrival, arnOfRequest, authorizerEvent, identityValue } from './events.ts';
import { type Decision, policyDecision, simpleDecision } from './policy.ts';

const UNAUTHORIZED: EdgeReply = { status: 401, body: { message: 'Unauthorized' } };

/**
 * Asks who decides about a route. Undefined: admitted. Of the types, NONE and Lambda authorizers
 * are followed; IAM, JWT and Cognito refuse here, for no request to this emulator carries what they
 * ask for.
 */
export async function authorize(
  arrival: Arrival,
  deployment: Deployment,
  cache: AuthorizerCache,
  world: World,
): Promise<EdgeReply | undefined> {
  const { route } = arrival.taken;
  if (route.authorizationType === 'NONE') return undefined;
  if (route.authorizationType === 'AWS_IAM')
    return { status: 403, body: { message: 'Missing Authentication Token' } };
  const authorizer = deployment.authorizers.get(route.authorizerId ?? '');
  if (route.authorizationType !== 'CUSTOM' || authorizer?.type !== 'REQUEST') return UNAUTHORIZED;
  const sources = authorizer.identitySource.map((source) => identityValue(source, arrival));
  if (sources.some((value) => value === undefined || value === '')) return UNAUTHORIZED;
  const values = sources.map(String);
  const answer = await ask(arrival, authorizer, values, cache, world);
  if (answer === 'unauthorized') return UNAUTHORIZED;
  if (answer === 'failed') return failed(arrival);
  const { simple } = authorizer;
  return refusal(
    simple ? simpleDecision(answer.said) : policyDecision(answer.said, arnOfRequest(arrival)),
    arrival,
  );
}

/**
 * From the cache by the identity sources alone, as the service does it: who is not in the key is
 * not told apart.
 */
async function ask(
  arrival: Arrival,
  authorizer: Authorizer,
  values: readonly string[],
  cache: AuthorizerCache,
  world: World,
): Promise<{ readonly said: unknown } | 'failed' | 'unauthorized'> {
  const { found } = arrival;
  const key = JSON.stringify([found.api.id, found.stageName, authorizer.id, values]);
  const kept = authorizer.ttl > 0 ? cache.get(key) : undefined;
  if (kept !== undefined && kept.until > arrival.now) return { said: kept.answer };
  const handler = world.lambdas.get(lambdaOf(authorizer.uri));
  if (handler === undefined) return 'failed';
  try {
    const event: unknown = JSON.parse(JSON.stringify(authorizerEvent(arrival, authorizer, values)));
    const said: unknown = await handler(event);
    if (authorizer.ttl > 0) cache.set(key, { until: arrival.now + authorizer.ttl * 1000, answer: said });
    return { said };
  } catch (error) {
    return error instanceof Error && error.message === 'Unauthorized' ? 'unauthorized' : 'failed';
  }
}

function refusal(decision: Decision, arrival: Arrival): EdgeReply | undefined {
  if (decision === 'allow') return undefined;
  if (decision === 'broken') return failed(arrival);
  if (arrival.found.api.protocol !== 'REST') return { status: 403, body: { message: 'Forbidden' } };
  const why = decision === 'explicit-deny' ? ' with an explicit deny' : '';
  return { status: 403, body: { Message: `User is not authorized to access this resource${why}` } };
}

/** An authorizer that throws, or answers in no form: 500, with another body in each kind of API. */
const failed = ({ found }: Arrival): EdgeReply => ({
  status: 500,
  body: { message: found.api.protocol === 'REST' ? null : 'Internal Server Error' },
});

/** `arn:aws:apigateway:REGION:lambda:path/2015-03-31/functions/LAMBDA-ARN/invocations` */
export const lambdaOf = (uri: string | undefined): string =>
  /\/functions\/(arn:[^/]+)\/invocations$/.exec(uri ?? '')?.[1] ?? '';
