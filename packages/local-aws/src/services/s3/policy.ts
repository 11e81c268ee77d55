/**
 * Who may do what with a bucket: its own account everything, others what the bucket policy allows.
 * There are no IAM policies here, so an explicit Deny is the only thing that stops the owner.
 */
import type { Caller } from '../../accounts.ts';
import { isObject } from '../../wire/schema.ts';
import { ServiceError } from '../service.ts';
import type { Bucket } from './state.ts';

/** What an action needs: `s3:GetObject` on `arn:aws:s3:::bucket/key`. */
export interface Access {
  readonly action: string;
  readonly resource: string;
}

/** Whether the caller may. */
export function allowed(bucket: Bucket, caller: Caller, access: Access): boolean {
  const effects = statementsOf(bucket.policy)
    .filter((statement) => applies(statement, caller, access))
    .map((statement) => statement.Effect);
  if (effects.includes('Deny')) return false;
  return (!caller.anonymous && caller.account === bucket.account) || effects.includes('Allow');
}

/** Refuses a policy that is not understood here: nothing is accepted and dropped. */
export function checkPolicy(policy: string): void {
  const malformed = (message: string) => new ServiceError('MalformedPolicy', 400, message);
  let parsed: unknown;
  try {
    parsed = JSON.parse(policy);
  } catch {
    throw malformed("Policies must be valid JSON and the first byte must be '{'");
  }
  if (!isObject(parsed) || parsed.Statement === undefined)
    throw malformed('Missing required field Statement');
  for (const statement of asArray(parsed.Statement)) {
    if (!isObject(statement)) throw malformed('Invalid policy syntax.');
    for (const name of Object.keys(statement)) {
      if (!KNOWN.includes(name)) {
        throw new ServiceError(
          'NotImplemented',
          501,
          'The local AWS reads Principal, Action, Resource and Condition of a bucket policy only.',
        );
      }
    }
    if (statement.Effect !== 'Allow' && statement.Effect !== 'Deny') throw malformed('Invalid effect');
    if (statement.Principal === undefined) throw malformed('Missing required field Principal');
    if (statement.Action === undefined) throw malformed('Missing required field Action');
    if (statement.Resource === undefined) throw malformed('Missing required field Resource');
    if (!asArray(statement.Condition).every(knownCondition)) {
      throw new ServiceError(
        'NotImplemented',
        501,
        'The local AWS does not evaluate this condition of a bucket policy.',
      );
    }
  }
}

const KNOWN = ['Sid', 'Effect', 'Principal', 'Action', 'Resource', 'Condition'];

/**
 * Condition keys that are evaluated. Transport counts as secure: the emulator stands in for HTTPS.
 */
const CONDITIONS: Readonly<Record<string, (caller: Caller) => string>> = {
  'aws:SecureTransport': () => 'true',
  'aws:PrincipalAccount': (caller) => caller.account,
  'aws:PrincipalArn': (caller) => caller.arn,
};
const OPERATORS = ['Bool', 'StringEquals', 'StringLike', 'ArnEquals', 'ArnLike'];

function knownCondition(condition: unknown): boolean {
  return (
    isObject(condition) &&
    Object.entries(condition).every(
      ([operator, keys]) =>
        OPERATORS.includes(operator) &&
        isObject(keys) &&
        Object.keys(keys).every((key) => Object.hasOwn(CONDITIONS, key)),
    )
  );
}

function statementsOf(policy: string | undefined): readonly Record<string, unknown>[] {
  if (policy === undefined) return [];
  const parsed: unknown = JSON.parse(policy);
  return isObject(parsed) ? asArray(parsed.Statement).filter(isObject) : [];
}

function applies(statement: Readonly<Record<string, unknown>>, caller: Caller, access: Access): boolean {
  return (
    principalFits(statement.Principal, caller) &&
    asArray(statement.Action).some((pattern) =>
      like(String(pattern).toLowerCase(), access.action.toLowerCase()),
    ) &&
    asArray(statement.Resource).some((pattern) => like(String(pattern), access.resource)) &&
    asArray(statement.Condition)
      .filter(isObject)
      .every((condition) => conditionFits(condition, caller))
  );
}

function principalFits(principal: unknown, caller: Caller): boolean {
  const names = isObject(principal) ? asArray(principal.AWS) : asArray(principal);
  return names.map(String).some((name) => {
    if (name === '*') return true;
    if (caller.anonymous) return false;
    if (name === caller.account || name === `arn:aws:iam::${caller.account}:root`) return true;
    return name === caller.arn || name === roleOf(caller.arn);
  });
}

/** The role behind a session: a policy may name either. */
function roleOf(arn: string): string {
  return arn.replace(/^arn:aws:sts::(\d{12}):assumed-role\/([^/]+)\/.*$/, 'arn:aws:iam::$1:role/$2');
}

function conditionFits(condition: Readonly<Record<string, unknown>>, caller: Caller): boolean {
  return Object.values(condition).every(
    (keys) =>
      isObject(keys) &&
      Object.entries(keys).every(([key, wanted]) => {
        const value = CONDITIONS[key]?.(caller);
        return value !== undefined && asArray(wanted).some((pattern) => like(String(pattern), value));
      }),
  );
}

const asArray = (value: unknown): readonly unknown[] => {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
};

/** `*` and `?` as in policies. */
function like(pattern: string, text: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*/g, '.*')
    .replace(/\?/g, '.');
  return new RegExp(`^${source}$`, 's').test(text);
}
