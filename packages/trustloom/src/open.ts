import { randomBytes } from 'node:crypto';
import { hostname, userInfo } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import {
  type Aws,
  createAwsTime,
  createSources,
  createStore,
  createUploads,
  openAws,
  serviceAccess,
} from '@trustloom/aws';
import {
  type AbortOptions,
  acceptCas,
  type Clock,
  createRateLimiters,
  createTrustloom,
  type Definition,
  defined,
  definitionFromObject,
  type Finding,
  isBlocking,
  kindsIn,
  kindsOf,
  type Lock,
  type LockChange,
  openState,
  parseDefinition,
  retireCa,
  type Service,
  type Trustloom,
  TrustloomError,
  type VersionedStore,
} from '@trustloom/core';
import { clockFor } from './clock.ts';
import type { DefinitionInput } from './define.ts';
import { readDefinition, readLock, writeLock } from './files.ts';
import type { ProbeExpectations } from './probe/expect.ts';
import { probeTargets } from './probe/probe.ts';
import type { ProbeClient, ProbeReport } from './probe/report.ts';
import { servicesFor } from './services.ts';
import { version } from './version.ts';

/** How to open a definition. Everything has a default. */
export interface OpenOptions {
  /**
   * Environment variables, for `${NAME}` in the definition and for AWS; default the process's own.
   */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /**
   * Folder that relative paths start from when the definition is an object; default the working
   * folder.
   */
  readonly cwd?: string;
  /** Default `trustloom.lock` beside the definition. */
  readonly lockFile?: string;
  readonly profile?: string;
  readonly region?: string;
  /** Endpoint of all services: a local AWS. */
  readonly endpointUrl?: string;
  /**
   * Services of others, beside the four of this package: what `defineService` of
   * `@trustloom/core/adapter` gives.
   */
  readonly services?: readonly Service[];
  /** Default the machine's, set right by the time that AWS answers with. */
  readonly clock?: Clock;
}

/** What a probe is held against. */
export interface ProbeOptions extends AbortOptions {
  /** By client and target; what it leaves out is judged by the names of the clients. */
  readonly expect?: ProbeExpectations;
}

/** A definition, opened: what the command does, as functions. */
export interface OpenedTrustloom extends Trustloom, AsyncDisposable {
  readonly lockFile: string;
  /**
   * Puts CAs that the sources offer into the lock: all new ones, or those named by digest. Writes
   * the lock file.
   */
  accept(select: 'all' | readonly string[], options?: AbortOptions): Promise<readonly LockChange[]>;
  /** Retires a CA by digest. Writes the lock file. */
  retire(sha256: string, options?: AbortOptions): Promise<readonly LockChange[]>;
  /**
   * Knocks at every target with the certificates given, and with none, and with one made on the
   * spot that nobody trusts.
   */
  probe(clients?: readonly ProbeClient[], options?: ProbeOptions): Promise<ProbeReport>;
  close(): Promise<void>;
}

/**
 * Opens a definition: a path to a YAML or JSON file, or an object. Reads it and its lock, loads the
 * services that it or the state names, and checks on the way that the credentials belong to the
 * accounts named. Calls none of the four services by itself.
 *
 * @throws TrustloomError the codes of the definition, the lock, accounts and the state
 * @example
 * await using trustloom = await openTrustloom('trustloom.yaml')
 * const plan = await trustloom.plan()
 * console.log(plan.summary)
 * const report = await trustloom.apply({ approve: plan.digest, allow: ['enforce:edge'] })
 */
export async function openTrustloom(
  source: string | DefinitionInput,
  options: OpenOptions = {},
): Promise<OpenedTrustloom> {
  const env = options.env ?? process.env;
  const endpoint = options.endpointUrl ?? env.AWS_ENDPOINT_URL;
  const file = typeof source === 'string' ? resolve(options.cwd ?? '.', source) : undefined;
  const text = file === undefined ? undefined : await readDefinition(file);
  return openText({
    ...options,
    env,
    endpoint,
    baseDir: file === undefined ? resolve(options.cwd ?? '.') : dirname(file),
    ...(text === undefined ? { object: source } : { text, file: source as string }),
  });
}

/** What `openText` needs; the command gives it a definition from standard input this way. */
export interface TextOptions extends OpenOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly endpoint: string | undefined;
  readonly baseDir: string;
  readonly text?: string;
  readonly object?: unknown;
  readonly file?: string;
}

/** Opens a definition whose text is available. */
export async function openText(options: TextOptions): Promise<OpenedTrustloom> {
  const { env, baseDir, file = 'definition' } = options;
  const time = createAwsTime(clockFor(options.endpoint));
  const clock = options.clock ?? time.clock;
  const keys = options.text === undefined ? kindsIn(options.object) : kindsOf(options.text, file);
  const lockFile = options.lockFile ?? join(baseDir, 'trustloom.lock');
  const parse = (services: readonly Service[]): Definition =>
    options.text === undefined
      ? definitionFromObject(options.object, { env, services })
      : parseDefinition(options.text, { file, env, services });
  const named = await servicesFor(keys, options.services ?? [], file);
  const definition = parse(named);
  const opened = openAws({
    env,
    accounts: definition.accounts,
    version,
    clock,
    onDate: time.see,
    ...defined({ profile: options.profile, region: options.region, endpointUrl: options.endpointUrl }),
  });
  const { accountRegion, accountName } = definition.state;
  const store = createStore(opened, {
    accountRegion,
    accountName,
    bucket: definition.bucket,
    definition: definition.name,
  });
  const checked = checkedStore(store, () => checkAccounts(opened, definition));
  const parts = {
    definition,
    sources: createSources(opened, { baseDir }),
    uploads: createUploads(opened, { definition: definition.name, bucketTemplate: definition.bucket }),
    store: checked,
    access: serviceAccess(opened),
    clock,
    rateLimiters: createRateLimiters(clock),
    holder: `${userName()}@${hostname()} ${process.pid} ${randomBytes(3).toString('hex')}`,
  };
  /**
   * The lock is read anew each time: people edit it. Targets that left the definition bring
   * services of their own.
   */
  const current = async ({ signal }: AbortOptions = {}): Promise<{ trustloom: Trustloom; lock: Lock }> => {
    signal?.throwIfAborted();
    const lock = await readLock(lockFile);
    return {
      lock,
      trustloom: createTrustloom({ ...parts, lock, services: [...named, ...(await leftServices())] }),
    };
  };
  const leftServices = async (): Promise<readonly Service[]> => {
    const { targets } = await openState(checked, clock).trust.read();
    const missing = Object.values(targets)
      .map(({ kind }) => kind)
      .filter((kind) => !keys.includes(kind));
    return servicesFor(missing, options.services ?? [], 'trust.json');
  };
  const changeLock = async (
    given: AbortOptions | undefined,
    change: (lock: Lock, trustloom: Trustloom) => Promise<{ lock: Lock; changes: readonly LockChange[] }>,
  ) => {
    const { trustloom, lock } = await current(given);
    const changed = await change(lock, trustloom);
    given?.signal?.throwIfAborted();
    await writeLock(lockFile, { id: randomBytes(16).toString('hex'), ...changed.lock });
    return changed.changes;
  };
  return Object.freeze({
    definition,
    lockFile,
    offers: async (given) => (await current(given)).trustloom.offers(given),
    check: async (given) => (await current(given)).trustloom.check(given),
    plan: async (given) => (await current(given)).trustloom.plan(given),
    apply: async (given) => (await current(given)).trustloom.apply(given),
    status: async (given) => (await current(given)).trustloom.status(given),
    explain: async (leaf, given) => (await current(given)).trustloom.explain(leaf, given),
    refresh: async (given) => (await current(given)).trustloom.refresh(given),
    revoke: async (request, given) => (await current(given)).trustloom.revoke(request, given),
    unrevoke: async (request, given) => (await current(given)).trustloom.unrevoke(request, given),
    rebuildState: async (given) => (await current(given)).trustloom.rebuildState(given),
    denied: async (given) => (await current(given)).trustloom.denied(given),
    accept: (select, given) =>
      changeLock(given, async (lock, trustloom) => {
        const { offers, findings } = await trustloom.offers(given);
        refuseBadOffers(findings);
        return acceptCas(lock, offers, select, clock.now());
      }),
    retire: (sha256, given) =>
      changeLock(given, async (lock, trustloom) =>
        retireCa(
          lock,
          lock.entries.some((entry) => entry.sha256.startsWith(sha256))
            ? []
            : (await trustloom.offers(given)).offers,
          sha256,
          clock.now(),
        ),
      ),
    async probe(clients = [], given = {}) {
      const status = await (await current(given)).trustloom.status(given);
      const { endpoint } = options;
      return probeTargets({ ...given, status, clients, now: clock.now(), endpoint });
    },
    async close() {
      opened.close();
    },
    async [Symbol.asyncDispose]() {
      opened.close();
    },
  } satisfies OpenedTrustloom);
}

/**
 * The credentials are compared with the accounts named before the state is read: a definition must
 * not be applied elsewhere.
 */
function checkedStore(store: VersionedStore, check: () => Promise<void>): VersionedStore {
  let checked: Promise<void> | undefined;
  const first = () => {
    checked ??= check();
    return checked;
  };
  return {
    get: async (key) => {
      await first();
      return store.get(key);
    },
    put: async (key, body, condition) => {
      await first();
      return store.put(key, body, condition);
    },
    getBlob: async (key) => {
      await first();
      return store.getBlob(key);
    },
    putBlob: async (key, bytes) => {
      await first();
      return store.putBlob(key, bytes);
    },
  };
}

async function checkAccounts(aws: Aws, definition: Definition): Promise<void> {
  const used = new Set([
    definition.state.accountName,
    ...definition.targets.map(({ accountName }) => accountName),
  ]);
  await Promise.all([...used].map((name) => aws.checkAccount(name)));
}

/** Nothing is accepted from an input that is wrong; a CRL in error is no matter here. */
function refuseBadOffers(findings: readonly Finding[]): void {
  const bad = findings.filter(isBlocking);
  const [first] = bad;
  if (first !== undefined)
    throw new TrustloomError(first.code, bad.map(({ message }) => message).join('\n'), { findings: bad });
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return 'somebody'; // no entry for this user on the machine
  }
}
