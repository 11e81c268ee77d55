import type { WireRequest, WireResponse } from '../services/service.ts';

/**
 * Answers of reading calls, kept so that one can be given again after a write: lists of AWS may lag
 * behind.
 */
export interface StaleAnswers {
  /** The answer of the same call from before the last write; undefined where it was never asked. */
  before(call: StaleCall): WireResponse | undefined;
  /** Notes the answer of a reading call, or that a write was done. */
  note(call: StaleCall, response: WireResponse): void;
  clear(): void;
}

/** What makes two calls the same. */
export interface StaleCall {
  readonly service: string;
  readonly action: string;
  readonly account: string;
  readonly region: string;
  readonly request: WireRequest;
}

const READS = /^(Get|List|Describe|Head)/;

export function createStaleAnswers(): StaleAnswers {
  let answers = new Map<string, { readonly response: WireResponse; readonly writes: number }>();
  let older = new Map<string, WireResponse>();
  const writes = new Map<string, number>();
  const keyOf = ({ service, action, account, region, request }: StaleCall) =>
    JSON.stringify([
      service,
      action,
      account,
      region,
      request.path,
      request.rawQuery,
      Buffer.from(request.body).toString('latin1'),
    ]);
  return Object.freeze({
    before(call: StaleCall) {
      const known = answers.get(keyOf(call));
      const now = writes.get(call.service) ?? 0;
      return known !== undefined && known.writes < now ? known.response : older.get(keyOf(call));
    },
    note(call: StaleCall, response: WireResponse) {
      const now = writes.get(call.service) ?? 0;
      if (!READS.test(call.action)) {
        writes.set(call.service, now + 1);
        return;
      }
      const key = keyOf(call);
      const known = answers.get(key);
      if (known !== undefined && known.writes < now) older.set(key, known.response);
      answers.set(key, { response, writes: now });
    },
    clear() {
      answers = new Map();
      older = new Map();
      writes.clear();
    },
  });
}
