import { isTrustloomError } from '@trustloom/core';
import type { OpenedTrustloom } from '../../src/open.ts';
import type { WalkCa } from './cas.ts';
import { diceOf, pickBy } from './dice.ts';
import { seenCrls } from './model.ts';
import type { World } from './world.ts';

/** Who is wrongly admitted, in the words of a report. */
interface Said {
  readonly exposure: readonly { readonly kind: string; readonly text: string }[];
  readonly lockout: readonly string[];
}

/** What a command came to, as far as it is judged. */
export interface Outcome {
  readonly what: string;
  /** As a person would type it. */
  readonly text: string;
  readonly exitCode?: number;
  /** Code of the error that it ended with. */
  readonly error?: string;
  /** It ended with something that is no error of ours. */
  readonly crash?: string;
  readonly killed: boolean;
  readonly allow: readonly string[];
  readonly codes: readonly string[];
  readonly now?: Said;
  readonly targets: readonly { readonly name: string; readonly state: string }[];
}

type Done = Pick<Outcome, 'exitCode' | 'codes' | 'now' | 'targets'> & { readonly said?: string };
type Command = (
  trustloom: OpenedTrustloom,
  world: World,
  picks: readonly number[],
  run: { readonly signal: AbortSignal; allow: readonly string[] },
) => Promise<Done>;

const codesOf = (findings: readonly { readonly code: string }[]) => [
  ...new Set(findings.map(({ code }) => code)),
];

/** With the digest that a plan printed, and of the consents that it asked for these. */
async function apply(
  trustloom: OpenedTrustloom,
  keep: (consent: string) => boolean,
  run: { readonly signal: AbortSignal; allow: readonly string[] },
): Promise<Done> {
  const plan = await trustloom.plan({ signal: run.signal });
  const allow = plan.missing.filter(keep);
  run.allow = allow;
  const report = await trustloom.apply({ approve: plan.digest, allow, signal: run.signal });
  return { ...report, codes: codesOf(report.findings) };
}

const commands: Readonly<Record<string, Command>> = {
  begin: (trustloom, _world, _picks, run) => apply(trustloom, () => true, run),
  async plan(trustloom, _world, _picks, { signal }) {
    const plan = await trustloom.plan({ signal });
    const targets = plan.targets.map(({ name, failed }) => ({ name, state: failed ? 'failed' : 'planned' }));
    return { codes: codesOf(plan.findings), now: plan.now, targets };
  },
  apply(trustloom, world, picks, run) {
    const [share = 0] = picks;
    if (share < 0.7) return apply(trustloom, () => true, run);
    if (share > 0.9) return apply(trustloom, () => false, run);
    const chosen = (consent: string) => diceOf(`${picks} ${named(world, consent)}`).chance(0.5);
    return apply(trustloom, chosen, run);
  },
  async refresh(trustloom, _world, _picks, { signal }) {
    const report = await trustloom.refresh({ signal });
    return { ...report, codes: codesOf(report.findings) };
  },
  async revoke(trustloom, world, [which = 0, serial = 0], { signal }) {
    const { ca, client } = denied(world, which, serial);
    const request = { serials: [client.leaf.serial], ca: ca.ca.sha256, by: 'ann', why: 'stolen' };
    world.denials.set(client.name, 'unclear');
    const { refresh } = await trustloom.revoke(request, { signal });
    world.denials.set(client.name, 'denied');
    return { ...refresh, codes: codesOf(refresh.findings), said: client.name };
  },
  async unrevoke(trustloom, world, [which = 0, serial = 0], { signal }) {
    const { ca, client } = denied(world, which, serial);
    const before = world.denials.get(client.name);
    if (before !== undefined) world.denials.set(client.name, 'unclear');
    try {
      const { refresh } = await trustloom.unrevoke(
        { serials: [client.leaf.serial], ca: ca.ca.sha256 },
        { signal },
      );
      world.denials.set(client.name, 'released');
      return { ...refresh, codes: codesOf(refresh.findings), said: client.name };
    } catch (error) {
      if (isTrustloomError(error) && before !== undefined) world.denials.set(client.name, before);
      throw error;
    }
  },
  async 'state rebuild'(trustloom, _world, _picks, { signal }) {
    const { targets, exitCode } = await trustloom.rebuildState({ signal });
    return { exitCode, codes: [], targets };
  },
  async status(trustloom, _world, _picks, { signal }) {
    const status = await trustloom.status({ signal });
    const { targets, admission, exitCode, findings } = status;
    return { exitCode, now: admission, codes: codesOf(findings), targets };
  },
};

export const isCommand = (what: string) => Object.hasOwn(commands, what);

function denied({ cas }: World, which: number, serial: number) {
  const ca = pickBy(
    cas.filter(({ offered }) => offered),
    which,
  );
  const client = pickBy(
    ca.clients.filter(({ name }) => /d\d$/.test(name)),
    serial,
  );
  return { ca, client };
}

/** A consent with the names of this world in the site of digests. */
export function named({ cas }: Pick<World, 'cas'>, consent: string): string {
  const known: readonly (readonly [string, string])[] = cas.flatMap(({ name, ca, root, crls }) => [
    [ca.sha256, `CA ${name}`] as const,
    ...(root === undefined ? [] : [[root.sha256, 'CA B Root'] as const]),
    ...crls.map(({ crl }, index) => [crl.sha256, `CRL ${index + 1} of ${name}`] as const),
  ]);
  return known.reduce((text, [digest, name]) => text.replaceAll(digest, `<${name}>`), consent);
}

/** Runs one command as a process of its own, and says what it came to. */
export async function runCommand(world: World, what: string, picks: readonly number[]): Promise<Outcome> {
  const command = commands[what];
  if (command === undefined) throw new TypeError(what);
  const abort = new AbortController();
  const isKilled = (picks[4] ?? 1) < 0.1 && !['plan', 'status', 'begin'].includes(what);
  const { line } = world.proxy;
  if (isKilled) {
    line.killAt = 1 + Math.floor((picks[5] ?? 0) * 14);
    line.died = () => abort.abort(new Error('killed'));
  }
  const run = { signal: abort.signal, allow: [] as readonly string[] };
  const served = world.cas.map((ca) => seenCrls(ca, world.clock.now()));
  let done: Partial<Done> & Pick<Outcome, 'error' | 'crash'> = {};
  try {
    await using trustloom = await world.open();
    done = await command(trustloom, world, picks, run);
  } catch (error) {
    if (isTrustloomError(error) && error.kind !== 'bug') done = { error: error.code };
    else if (!abort.signal.aborted)
      done = { crash: error instanceof Error ? (error.stack ?? '') : String(error) };
  }
  const killed = abort.signal.aborted;
  const remembers = !killed && done.exitCode !== undefined && !['status', 'state rebuild'].includes(what);
  if (remembers) for (const [index, ca] of world.cas.entries()) keepAccepted(ca, served[index] ?? 0);
  const { exitCode, error, crash, codes = [], targets = [], now, said } = done;
  const given = run.allow.map((consent) => named(world, consent));
  const text = [
    what,
    said ?? '',
    given.length === 0 ? '' : `--allow ${given.join(',')}`,
    killed ? `(killed after write ${line.killAt})` : '',
  ];
  return {
    what,
    text: `${text.filter(Boolean).join(' ')} -> ${crash === undefined ? (error ?? `exit ${exitCode ?? 'none'}`) : 'crash'}${codes.length === 0 ? '' : ` (${codes.join(', ')})`}`,
    killed,
    allow: run.allow,
    codes,
    targets,
    ...(exitCode === undefined ? {} : { exitCode }),
    ...(error === undefined ? {} : { error }),
    ...(crash === undefined ? {} : { crash }),
    ...(now === undefined ? {} : { now }),
  };
}

function keepAccepted(ca: WalkCa, served: number): void {
  if (ca.lock !== 'unknown') ca.accepted = Math.max(ca.accepted, served);
}

/** What a person does with the lock. */
export async function changeLock(
  world: World,
  change: (trustloom: OpenedTrustloom) => Promise<unknown>,
): Promise<string | undefined> {
  try {
    await using trustloom = await world.open();
    await change(trustloom);
    return undefined;
  } catch (error) {
    if (!isTrustloomError(error)) throw error;
    return error.code;
  }
}
