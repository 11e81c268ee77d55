import { getHeapStatistics } from 'node:v8';
import { createContext, Script } from 'node:vm';
import { compile } from './compile.ts';
import { PRELUDE, START } from './prelude.ts';

/** What a connection function is run with. */
export interface FunctionRun {
  readonly code: string;
  /** `connection` without its helpers; goes in as JSON. */
  readonly event: object;
  /** Items of the associated store; undefined without one. */
  readonly store: ReadonlyMap<string, string> | undefined;
  /** Longest time, in milliseconds of real time. */
  readonly timeMs: number;
  /** What it may take of memory, in bytes, garbage included; not limited unless given. */
  readonly memoryBytes?: number;
  /** What the function's own clock says, in milliseconds since 1970. */
  readonly now: number;
}

/** What it came to. */
export interface FunctionResult {
  /**
   * `error`: it threw, ended late, or could not be compiled. `silent`: it called neither allow nor
   * deny.
   */
  readonly decision: 'allow' | 'deny' | 'silent' | 'error';
  /** What it wrote to the console, cut at 10 KB. */
  readonly logs: readonly string[];
  /** What it gave to logCustomData, cut at 800 bytes. */
  readonly custom: string | undefined;
  readonly error: string | undefined;
  /** Reads of the store. */
  readonly reads: number;
}

/**
 * Developer guide, connection function: custom log data 800 bytes, function log 10 KB; checked
 * 2026-11.
 */
const CUSTOM_BYTES = 800;
const LOG_BYTES = 10 * 1024;

/**
 * Runs a connection function once, in a context of its own that knows nothing of the host: what
 * crosses are primitives, through a few functions that the prelude hides. Time ends endless loops
 * and chains of promises alike. This keeps accidents in, not attackers.
 *
 * @example
 * runConnectionFunction({ code, event: { clientCertificate }, store: new Map([['9e2a', '']]), timeMs: 5, now: Date.now() }).decision // 'deny'
 */
export function runConnectionFunction(run: FunctionRun): FunctionResult {
  const seen = observe(run);
  try {
    const script = compile(run.code);
    const context = createContext(Object.create(null), {
      codeGeneration: { strings: false, wasm: false },
      microtaskMode: 'afterEvaluate',
    });
    const install: unknown = new Script(PRELUDE).runInContext(context);
    if (typeof install === 'function') install(seen.host);
    const start = new Script(START);
    // Nothing else runs meanwhile, so what the heap grew by is the function's; a collection in
    // between is to its advantage.
    const before = memoryInUse();
    script.runInContext(context, { timeout: run.timeMs });
    start.runInContext(context, { timeout: run.timeMs });
    if (memoryInUse() - before > (run.memoryBytes ?? Number.POSITIVE_INFINITY))
      return seen.result('The function used more memory than it may');
  } catch (error) {
    return seen.result(describe(error));
  }
  return seen.result();
}

function memoryInUse(): number {
  const { used_heap_size, external_memory } = getHeapStatistics();
  return used_heap_size + external_memory;
}

/** The host's side of the border: functions that take and give primitives and never throw. */
function observe(run: FunctionRun) {
  let decision: FunctionResult['decision'] = 'silent';
  let outcome: string | undefined;
  let custom: string | undefined;
  let room = LOG_BYTES;
  let reads = 0;
  const logs: string[] = [];
  const bytesOf = (value: unknown) => (typeof value === 'string' ? Buffer.from(value) : Buffer.alloc(0));
  const host = Object.freeze({
    event: JSON.stringify(run.event),
    hasStore: run.store !== undefined,
    now: run.now,
    decide(what: unknown) {
      decision = what === 'allow' ? 'allow' : 'deny';
    },
    custom(text: unknown) {
      custom = cut(text, CUSTOM_BYTES);
    },
    log(text: unknown) {
      const line = cut(text, room);
      room -= Buffer.byteLength(line);
      if (line !== '') logs.push(line);
    },
    get(key: unknown): string | undefined {
      reads += 1;
      return typeof key === 'string' ? run.store?.get(key) : undefined;
    },
    byteLength: (value: unknown) => bytesOf(value).byteLength,
    byteAt: (value: unknown, index: unknown) => bytesOf(value)[Number(index)] ?? 0,
    count: () => run.store?.size ?? 0,
    done(error: unknown) {
      outcome = typeof error === 'string' ? error : '';
    },
  });
  return {
    host,
    result(thrown?: string): FunctionResult {
      const unfinished = outcome === undefined ? 'The function did not end' : outcome;
      const error = thrown ?? (unfinished === '' ? undefined : unfinished);
      return Object.freeze({
        decision: error === undefined ? decision : 'error',
        logs: Object.freeze([...logs]),
        custom,
        error,
        reads,
      });
    },
  };
}

/** Cut at a character boundary. */
function cut(value: unknown, bytes: number): string {
  const text = typeof value === 'string' ? value : '';
  const all = Buffer.from(text);
  if (all.byteLength <= bytes) return text;
  return bytes <= 0 ? '' : new TextDecoder().decode(all.subarray(0, bytes)).replace(/\uFFFD+$/, '');
}

/** Errors of the inner context are not instances of ours. */
function describe(error: unknown): string {
  if (typeof error !== 'object' || error === null) return 'The function failed';
  const { name, message } = error as { readonly name?: unknown; readonly message?: unknown };
  return `${String(name ?? 'Error')}: ${String(message ?? '')}`.slice(0, 500);
}
