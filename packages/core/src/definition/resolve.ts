import type { Service } from '../adapter/contract.ts';
import type { SourceKind } from '../adapter/ports.ts';
import { accountRegionText } from '../util/account-region.ts';
import { defined } from '../util/defined.ts';
import type { JsonObject } from '../util/json.ts';
import { type Complain, didYouMean } from './complain.ts';
import type {
  AccountDefinition,
  Definition,
  GroupDefinition,
  SourceAddress,
  TargetDefinition,
} from './definition.ts';
import { serverlessCa } from './presets.ts';
import { commonTargetKeys, type RawDefinition } from './schema.ts';
import type { DefinitionSource, Path } from './source.ts';

const defaultBucket = 'trustloom-{account}-{region}';
const dayMs = 86_400_000;

interface Context {
  readonly services: readonly Service[];
  readonly source: DefinitionSource;
  readonly complain: Complain;
}

/**
 * Fills in places and defaults, and checks what no schema can: names that must exist, places that
 * must be known.
 */
export function resolveDefinition(raw: RawDefinition, context: Context): Definition | undefined {
  const { complain } = context;
  const accounts = createAccounts(raw, complain);
  const groups = Object.entries(raw.groups).map(([name, group]) =>
    resolveGroup(name, group, accounts, context),
  );
  const [accountName = '', region = ''] = raw.state.split('/');
  const stateAccount = accounts.find(accountName, ['state']);
  const bucket = raw.bucket ?? defaultBucket;
  const unknown = [...bucket.matchAll(/\{([^}]*)\}/g)].find(
    ([, word]) => word !== 'account' && word !== 'region',
  );
  if (unknown !== undefined)
    complain(
      'definition-value',
      ['bucket'],
      `unknown placeholder ${unknown[0]}; only {account} and {region} are replaced`,
    );
  const targets = Object.entries(raw.targets).flatMap(
    ([name, target]) => resolveTarget(name, target, accounts, groups, context) ?? [],
  );
  refuseSharedAttachments(targets, context);
  if (stateAccount === undefined) return undefined;
  return Object.freeze({
    name: raw.name,
    state: { accountRegion: { account: stateAccount.id, region }, accountName: stateAccount.name },
    bucket,
    revocation: {
      graceMs: raw.revocation?.grace === undefined ? dayMs : durationMs(raw.revocation.grace),
      ...(raw.revocation?.maxLag === undefined ? {} : { maxLagMs: durationMs(raw.revocation.maxLag) }),
    },
    accounts: accounts.all(),
    groups,
    targets,
  });
}

type Accounts = ReturnType<typeof createAccounts>;

/** Accounts by name or by twelve digits; those that a definition names by digits alone join them. */
function createAccounts(raw: RawDefinition, complain: Complain) {
  const known = new Map<string, AccountDefinition>();
  for (const [name, entry] of Object.entries(raw.accounts ?? {})) {
    const id = entry.id ?? entry.assumeRole?.split(':')[4] ?? '';
    known.set(name, {
      name,
      id,
      ...defined({ assumeRole: entry.assumeRole, externalId: entry.externalId }),
    });
  }
  const find = (word: string, path: Path): AccountDefinition | undefined => {
    const named = known.get(word) ?? [...known.values()].find(({ id }) => id === word);
    if (named !== undefined) return named;
    if (/^\d{12}$/.test(word)) {
      const implied = { name: word, id: word };
      known.set(word, implied);
      return implied;
    }
    complain(
      'definition-unknown-account',
      path,
      `no account \`${word}\`${didYouMean(word, [...known.keys()], '; name one of `accounts`, or write twelve digits in quotes')}`,
    );
    return undefined;
  };
  const all = (): readonly AccountDefinition[] => [...known.values()];
  return {
    find,
    all,
    /** The only account known, if there is only one. */
    only: () => (known.size === 1 ? all()[0] : undefined),
  };
}

function resolveGroup(
  name: string,
  group: RawDefinition['groups'][string],
  accounts: Accounts,
  { source, complain }: Context,
): GroupDefinition {
  const path = ['groups', name];
  const sources = [group.from, group.serverlessCa].filter((one) => one !== undefined);
  if (sources.length > 1) complain('definition-value', path, 'give `from` or one preset, not both');
  const preset = group.serverlessCa === undefined ? undefined : serverlessCa(group.serverlessCa);
  if (group.serverlessCa !== undefined && preset === undefined) {
    complain(
      'definition-value',
      [...path, 'serverlessCa'],
      'the name of the bucket does not tell project and environment: give `project` and `env`',
    );
  }
  const account =
    group.account === undefined ? undefined : accounts.find(group.account, [...path, 'account']);
  const address = (text: string, what: SourceKind, at: Path): SourceAddress => {
    const kind = addressKind(text);
    if (kind === undefined || (kind === 'http' && what !== 'crl')) {
      const why =
        kind === 'http'
          ? `${what === 'bundle' ? 'CA certificates are' : 'an inventory is'} not fetched over http, which anybody on the way can change: use https`
          : 'a path, s3://bucket/key or https://...';
      complain('definition-value', at, why);
    }
    return { text, kind: kind ?? 'file', ...defined({ at: source.locate(at) }) };
  };
  const presetPath = [...path, 'serverlessCa', 'bucket'];
  return {
    name,
    ...defined({ account: account?.name }),
    bundle: [
      ...(group.from === undefined ? [] : [address(group.from, 'bundle', [...path, 'from'])]),
      ...(preset?.bundle ?? []).map((text) => address(text, 'bundle', presetPath)),
    ],
    crls: [
      ...(group.crls ?? []).map((text, index) => address(text, 'crl', [...path, 'crls', index])),
      ...(preset?.crls ?? []).map((text) => address(text, 'crl', presetPath)),
    ],
    ...(group.leafLife === undefined ? {} : { leafLifeMs: durationMs(group.leafLife) }),
    ...defined({ leavesHaveOcsp: preset?.leavesHaveOcsp }),
    ...(group.inventory === undefined
      ? {}
      : { inventory: address(group.inventory, 'inventory', [...path, 'inventory']) }),
    ...defined({ at: source.locateKey(path) }),
  };
}

function addressKind(text: string): SourceAddress['kind'] | undefined {
  if (/^s3:\/\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]\/.+/.test(text)) return 's3';
  if (/^https:\/\/[^/\s]+/.test(text)) return 'https';
  if (/^http:\/\/[^/\s]+/.test(text)) return 'http';
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? undefined : 'file';
}

function resolveTarget(
  name: string,
  target: RawDefinition['targets'][string],
  accounts: Accounts,
  groups: readonly GroupDefinition[],
  { services, source, complain }: Context,
): TargetDefinition | undefined {
  const path = ['targets', name];
  for (const [index, group] of target.trust.entries()) {
    if (groups.some((known) => known.name === group)) continue;
    const near = didYouMean(
      group,
      groups.map((known) => known.name),
    );
    complain('definition-unknown-group', [...path, 'trust', index], `no group \`${group}\`${near}`);
  }
  const common: readonly string[] = commonTargetKeys;
  const values: Readonly<Record<string, unknown>> = target;
  const given = Object.keys(values).filter((key) => !common.includes(key) && values[key] !== undefined);
  const [kind] = given;
  const service = services.find(({ key }) => key === kind);
  if (given.length !== 1 || kind === undefined || service === undefined) {
    complain(
      'definition-value',
      path,
      `a target has exactly one kind, one of ${services.map(({ key }) => key).join(', ')}; found ${given.length === 0 ? 'none' : given.join(', ')}`,
      'key',
    );
    return undefined;
  }
  const config = validatedConfig(values[kind], service, [...path, kind], complain);
  const anchors = target.anchors ?? 'all';
  if (anchors === 'issuing' && !service.info.capabilities.intermediateAnchors) {
    complain(
      'definition-value',
      [...path, 'anchors'],
      `${service.info.title} needs complete chains in its store: \`issuing\` is not possible`,
    );
  }
  if (config === undefined) return undefined;
  const own = service.accountRegion(config);
  const word = target.account ?? own.account;
  const account = word === undefined ? accounts.only() : accounts.find(word, [...path, 'account']);
  if (word === undefined && account === undefined)
    complain('definition-account-region', path, 'several accounts are known: give `account`', 'key');
  if (account !== undefined && own.account !== undefined && own.account !== account.id) {
    complain(
      'definition-account-region',
      [...path, 'account'],
      `the ARNs of this target lie in account ${own.account}, not in ${account.id}`,
    );
  }
  if (target.region !== undefined && own.region !== undefined && own.region !== target.region) {
    complain(
      'definition-account-region',
      [...path, 'region'],
      `this target lies in region ${own.region}, not in ${target.region}`,
    );
  }
  const region = own.region ?? target.region;
  if (region === undefined)
    complain('definition-account-region', path, 'the region is not known: give `region`', 'key');
  if (account === undefined || region === undefined) return undefined;
  return {
    name,
    ...defined({ was: target.was }),
    kind,
    trust: target.trust,
    attach: target.attach ?? 'managed',
    anchors,
    accountRegion: { account: account.id, region },
    accountName: account.name,
    config,
    ...defined({ at: source.locateKey(path) }),
  };
}

/** An attachment has one owner: two targets that claim it would undo each other's work. */
function refuseSharedAttachments(
  targets: readonly TargetDefinition[],
  { services, complain }: Pick<Context, 'services' | 'complain'>,
): void {
  const owners = new Map<string, string>();
  for (const { name, kind, config, accountRegion } of targets) {
    const service = services.find(({ key }) => key === kind);
    for (const attachment of new Set(service?.attachments(config))) {
      const at = `${kind} ${accountRegionText(accountRegion)} ${attachment}`;
      const owner = owners.get(at);
      owners.set(at, owner ?? name);
      if (owner !== undefined)
        complain(
          'definition-value',
          ['targets', name],
          `${attachment} belongs to target \`${owner}\` already; name it in one of them`,
          'key',
        );
    }
  }
}

/** The service's own schema judges what stands under its key. */
function validatedConfig(
  value: unknown,
  service: Service,
  path: Path,
  complain: Complain,
): JsonObject | undefined {
  const result = service.schema()['~standard'].validate(value);
  if (result instanceof Promise) return undefined;
  if (result.issues === undefined) return result.value as JsonObject; // it was read as JSON
  for (const issue of result.issues) {
    const inner = (issue.path ?? [])
      .map((part) => (typeof part === 'object' ? part.key : part))
      .filter((part): part is string | number => typeof part !== 'symbol');
    const unknown = /^Unrecognized keys?: (.+)$/.exec(issue.message)?.[1];
    if (unknown === undefined) complain('definition-value', [...path, ...inner], issue.message);
    for (const key of unknown?.replaceAll('"', '').split(', ') ?? [])
      complain('definition-unknown-key', [...path, ...inner, key], 'unknown key', 'key');
  }
  return undefined;
}

/** `24h` in milliseconds; the schema has checked the form. */
function durationMs(text: string): number {
  const unit = { s: 1_000, m: 60_000, h: 3_600_000, d: dayMs }[text.at(-1) as 's' | 'm' | 'h' | 'd'];
  return Number.parseInt(text, 10) * unit;
}
