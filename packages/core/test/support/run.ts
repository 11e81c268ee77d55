import type { VersionedStore } from '../../src/adapter/versioned-store.ts';
import {
  createTrustloom,
  definitionFromObject,
  type Lock,
  type Sources,
  TrustloomError,
  type Uploads,
} from '../../src/index.ts';
import type { Clock } from '../../src/util/time.ts';
import { type FakeService, fakeService } from './fake-service.ts';
import { noAccess, noFiles } from './world.ts';

/** What sources give, by the text that names them in a definition. */
export type Files = Record<string, string | Uint8Array>;

/** What a run on fakes starts from. */
export interface FakeRun {
  readonly fakes: Readonly<Record<string, FakeService>>;
  readonly files: Files;
  readonly lock: Lock;
  readonly store: VersionedStore;
  readonly clock: Clock;
  /** What the one group has beside its bundle `ca.pem`. */
  readonly group: { readonly crls: readonly string[]; readonly inventory?: string };
  /** Names of targets, or what each says; default one for each fake. */
  readonly targets?: readonly string[] | Readonly<Record<string, object>>;
  /** What each target says beside its region. */
  readonly options?: { readonly inventory?: boolean };
}

/** Trustloom over fakes that all trust one group, with its files in memory. */
export function openFakes({ fakes, files, lock, store, clock, group, ...more }: FakeRun) {
  const { targets = Object.keys(fakes), options = {} } = more;
  const service = fakeService(fakes);
  const fake = { region: 'eu-west-1', ...options };
  const definition = definitionFromObject(
    {
      name: 'acme',
      state: '222222222222/eu-west-1',
      groups: { devices: { from: 'ca.pem', ...group } },
      targets: isNames(targets)
        ? Object.fromEntries(targets.map((name) => [name, { trust: ['devices'], fake }]))
        : targets,
    },
    { env: {}, services: [service] },
  );
  const sources = sourcesOf(files);
  return createTrustloom({
    definition,
    lock,
    services: [service],
    access: () => noAccess,
    sources,
    uploads,
    store,
    clock,
    holder: 'test',
  });
}

function isNames(targets: NonNullable<FakeRun['targets']>): targets is readonly string[] {
  return Array.isArray(targets);
}

const uploads: Uploads = {
  put: async () => ({ bucket: 'b', key: 'k', version: 'v' }),
  read: async () => undefined,
  files: noFiles,
};

function sourcesOf(files: Files): Sources {
  return {
    async fetch({ text }) {
      const file = files[text];
      if (file === undefined) throw new TrustloomError('file-not-found', `${text}: no such file`);
      return { bytes: typeof file === 'string' ? new TextEncoder().encode(file) : file, from: text };
    },
  };
}
