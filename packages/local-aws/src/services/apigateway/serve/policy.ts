import { isObject } from '../../../wire/schema.ts';

/**
 * What an authorizer's answer comes to. `broken`: it is none of the forms that the service takes.
 */
export type Decision = 'allow' | 'deny' | 'explicit-deny' | 'broken';

/** `{ isAuthorized }` of payload 2.0. */
export function simpleDecision(answer: unknown): Decision {
  if (!isObject(answer) || typeof answer.isAuthorized !== 'boolean') return 'broken';
  return answer.isAuthorized ? 'allow' : 'deny';
}

/**
 * A policy on `execute-api:Invoke`: a deny that fits wins, then an allow that fits; nothing that
 * fits denies.
 */
export function policyDecision(answer: unknown, arn: string): Decision {
  if (!isObject(answer) || typeof answer.principalId !== 'string' || !isObject(answer.policyDocument))
    return 'broken';
  const statements = asArray(answer.policyDocument.Statement);
  if (statements.length === 0 || !statements.every(isObject)) return 'broken';
  const fitting = statements.filter(
    (one) =>
      asArray(one.Action).some((action) => fits(action, 'execute-api:Invoke')) &&
      asArray(one.Resource).some((resource) => fits(resource, arn)),
  );
  if (fitting.some(({ Effect }) => Effect === 'Deny')) return 'explicit-deny';
  return fitting.some(({ Effect }) => Effect === 'Allow') ? 'allow' : 'deny';
}

const asArray = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? value : value === undefined ? [] : [value];

/** `*` and `?`, as in IAM. */
function fits(pattern: unknown, text: string): boolean {
  if (typeof pattern !== 'string') return false;
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 'i').test(text);
}
