/** Which operation of a client a REST request means. */
import type { WireRequest } from '../services/service.ts';
import type { OperationSchema } from './schema.ts';

/** An operation that matched, with its labels. */
export interface Matched {
  readonly operation: OperationSchema;
  readonly labels: Readonly<Record<string, string>>;
}

interface Candidate {
  readonly operation: OperationSchema;
  readonly pattern: RegExp;
  readonly labels: readonly string[];
  readonly literals: readonly (readonly [string, string])[];
  readonly weight: readonly number[];
}

/**
 * Makes a matcher. An operation matches only if all its required query and header members are
 * there; operations with more literal text are tried first, then those with more required members,
 * then those in `known`. The literal `x-id` is ignored. `bucket` is S3's: taken off the path
 * before, and a label that stands in no template.
 */
export function createMatcher(
  operations: ReadonlyMap<string, OperationSchema>,
  known: (name: string) => boolean,
): (request: WireRequest, path: string, bucket?: string) => Matched | undefined {
  const candidates = [...operations.values()]
    .map((operation) => candidate(operation, known(operation.name)))
    .sort((a, b) => compare(b.weight, a.weight));
  return (request, path, bucket) => {
    for (const one of candidates) {
      if (one.operation.method !== request.method) continue;
      const found = one.pattern.exec(path);
      if (!found || !fits(one, request, bucket)) continue;
      const labels = Object.fromEntries(
        one.labels.map((name, index) => [name, decodeURIComponent(found[index + 1] ?? '')]),
      );
      return {
        operation: one.operation,
        labels: bucket === undefined ? labels : { ...labels, Bucket: bucket },
      };
    }
    return undefined;
  };
}

function candidate(operation: OperationSchema, known: boolean): Candidate {
  const labels: string[] = [];
  const pattern = operation.path.replace(
    /\{(\w+)(\+?)\}|[.*+?^$()|[\]\\]/g,
    (whole, name: string | undefined, greedy) => {
      if (name === undefined) return `\\${whole}`;
      labels.push(name);
      return greedy === '+' ? '(.+)' : '([^/]+)';
    },
  );
  const literals = operation.literals.filter(([key]) => key !== 'x-id');
  const text = operation.path.replace(/\{\w+\+?\}/g, '').length;
  const query = literals.reduce((sum, [key, value]) => sum + key.length + value.length, 0);
  const needed = operation.input.members.filter(
    (member) => member.required && (member.part === 'query' || member.part === 'header'),
  ).length;
  return {
    operation,
    pattern: new RegExp(`^${pattern.replace(/\/$/, '')}/?$`),
    labels,
    literals,
    weight: [text + query, needed, known ? 1 : 0],
  };
}

function fits({ operation, literals }: Candidate, { query, headers }: WireRequest, bucket?: string): boolean {
  if (!literals.every(([key, value]) => query.has(key) && (value === '' || query.get(key) === value)))
    return false;
  const bucketLabel = operation.input.members.some(
    (member) => member.name === 'Bucket' && member.part === 'label',
  );
  if (bucketLabel !== (bucket !== undefined)) return false;
  return operation.input.members.every((member) => {
    if (!member.required) return true;
    if (member.part === 'query') return query.has(member.key);
    // A missing If-Match is the operation's own refusal (InvalidIfMatchVersion), not another
    // operation.
    if (member.part === 'header' && member.key !== 'If-Match') {
      return headers[member.key.toLowerCase()] !== undefined;
    }
    return true;
  });
}

function compare(a: readonly number[], b: readonly number[]): number {
  const index = a.findIndex((value, at) => value !== b[at]);
  return index < 0 ? 0 : (a[index] ?? 0) - (b[index] ?? 0);
}
