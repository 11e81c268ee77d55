import { ServiceError } from '../service.ts';
import { LIMITS } from './limits.ts';

/** Members of a JSON body, as they came. */
export type Body = Readonly<Record<string, unknown>>;

export const invalid = (message: string): ServiceError =>
  new ServiceError('ValidationException', 400, message);

const constraint = (name: string, rule: string) =>
  invalid(`1 validation error detected: Value at '${name}' failed to satisfy constraint: ${rule}`);

const NULL = 'Member must not be null';

export interface TextRules {
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: RegExp;
}

export function optionalText(body: Body, name: string, rules: TextRules = {}): string | undefined {
  const value = body[name];
  return value === undefined || value === null ? undefined : checkText(value, name, rules);
}

export function text(body: Body, name: string, rules: TextRules = {}): string {
  const value = optionalText(body, name, rules);
  if (value === undefined) throw constraint(name, NULL);
  return value;
}

export function checkText(value: unknown, name: string, { min = 1, max, pattern }: TextRules): string {
  if (typeof value !== 'string') throw constraint(name, 'Member must be a string');
  if (value.length < min) throw constraint(name, `Member must have length greater than or equal to ${min}`);
  if (max !== undefined && value.length > max)
    throw constraint(name, `Member must have length less than or equal to ${max}`);
  if (pattern && !pattern.test(value))
    throw constraint(name, `Member must satisfy regular expression pattern: ${pattern.source}`);
  return value;
}

export function optionalFlag(body: Body, name: string): boolean | undefined {
  const value = body[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'boolean') throw constraint(name, 'Member must be a boolean');
  return value;
}

export function optionalNumber(body: Body, name: string, min: number, max: number): number | undefined {
  const value = body[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'number' || !Number.isInteger(value))
    throw constraint(name, 'Member must be an integer');
  if (value < min) throw constraint(name, `Member must have value greater than or equal to ${min}`);
  if (value > max) throw constraint(name, `Member must have value less than or equal to ${max}`);
  return value;
}

export function optionalArray(body: Body, name: string, max: number): readonly unknown[] | undefined {
  const value = body[name];
  if (value === undefined || value === null) return undefined;
  if (!Array.isArray(value)) throw constraint(name, 'Member must be a list');
  if (value.length > max) throw constraint(name, `Member must have length less than or equal to ${max}`);
  return value;
}

export function optionalTexts(
  body: Body,
  name: string,
  max: number,
  rules: TextRules,
): readonly string[] | undefined {
  return optionalArray(body, name, max)?.map((value) => checkText(value, `${name}.member`, rules));
}

export function texts(body: Body, name: string, max: number, rules: TextRules): readonly string[] {
  const value = optionalTexts(body, name, max, rules);
  if (!value) throw constraint(name, NULL);
  return value;
}

export function object(value: unknown, name: string): Body {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw constraint(name, NULL);
  return Object.fromEntries(Object.entries(value));
}

/** Base64 in JSON. */
export function optionalBlob(body: Body, name: string, max: number): Uint8Array | undefined {
  const value = optionalText(body, name);
  if (value === undefined) return undefined;
  const bytes = Buffer.from(value, 'base64');
  if (bytes.toString('base64').replace(/=+$/, '') !== value.replace(/=+$/, ''))
    throw new ServiceError('SerializationException', 400, `Value at '${name}' is not base64.`);
  if (bytes.length > max) throw constraint(name, `Member must have length less than or equal to ${max}`);
  return new Uint8Array(bytes);
}

export const NAME: TextRules = { max: LIMITS.nameCharacters.max, pattern: /^[ a-zA-Z0-9\-_]*$/ };

const TAG = /^[ a-zA-Z0-9_.:/=+@-]*$/;

export function readTags(body: Body): ReadonlyMap<string, string> {
  const tags = optionalArray(body, 'tags', LIMITS.tagsPerResource.max) ?? [];
  return new Map(
    tags.map((tag) => {
      const pair = object(tag, 'tags.member');
      return [
        text(pair, 'key', { max: LIMITS.tagKeyCharacters.max, pattern: TAG }),
        text(pair, 'value', { min: 0, max: LIMITS.tagValueCharacters.max, pattern: TAG }),
      ];
    }),
  );
}

/** One page of a list; the token is the place where the next one starts. */
export function page<T>(
  all: readonly T[],
  query: URLSearchParams,
): { items: readonly T[]; nextToken?: string } {
  const size = query.get('pageSize') === null ? 100 : Number(query.get('pageSize'));
  if (!Number.isInteger(size) || size < 1) throw invalid("Value at 'pageSize' must be a positive integer");
  const token = query.get('nextToken');
  const start = token === null ? 0 : Number(Buffer.from(token, 'base64url').toString());
  if (!Number.isInteger(start) || start < 0 || start > all.length)
    throw invalid("Value at 'nextToken' is not valid");
  const end = start + Math.min(size, 1000);
  const items = all.slice(start, end);
  return end < all.length ? { items, nextToken: Buffer.from(String(end)).toString('base64url') } : { items };
}
