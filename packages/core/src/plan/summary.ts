import type { Effect } from '../adapter/step.ts';
import type { PlannedStep } from './consent.ts';
import type { CaNews, Plan, PlannedTarget } from './plan.ts';

/** The mark in front of a line: what kind of change it is, at a glance. */
const marks: Readonly<Record<Effect, string>> = {
  label: '.',
  grant: '+',
  enforce: '!',
  remove: '-',
  open: '!',
  readmit: '!',
  clean: '.',
  revoke: '~',
};

/** The plan in plain lines: news of CAs, steps by target, findings that stop something, and one line of totals. */
export function planSummary(plan: Omit<Plan, 'summary'>): string {
  const steps = plan.targets.flatMap(({ steps }) => steps);
  const rows = [
    ...plan.news.map(newsRow),
    ...revocationRows(steps),
    ...plan.targets.flatMap(targetRows),
    ...plan.targets.flatMap(staleRows),
  ];
  const width = (column: number) => Math.max(0, ...rows.map((row) => (row[column] ?? '').length));
  const [first, second] = [width(0), Math.min(width(1), 46)];
  const body = rows.map(([head, thing, rest]) =>
    [head.padEnd(first), thing.padEnd(second), rest].join('  ').trimEnd(),
  );
  if (
    !plan.changes &&
    plan.news.every(({ news }) => news !== 'propose') &&
    plan.targets.every(({ failed }) => failed === undefined)
  ) {
    body.push('nothing to do: every service holds what the definition says');
  }
  return [...body, totals(plan)].join('\n');
}

type Row = readonly [head: string, thing: string, rest: string];

function newsRow({ news, sha256, subject, group, letInOn, notOn }: CaNews): Row {
  const through = [...new Set(letInOn.map((place) => place.through))].join(', ');
  const open = letInOn.map(({ target }) => target).join(', ');
  const where = [
    open === '' ? 'let in nowhere yet' : `already let in on ${open} (through ${through})`,
    ...(notOn.length === 0 ? [] : [`not on ${notOn.join(', ')}`]),
  ].join('; ');
  switch (news) {
    case 'propose':
      return ['? propose', subject, `new in ${group} (trustloom accept ${sha256.slice(0, 12)}); ${where}`];
    case 'keep':
      return [
        '= keep',
        subject,
        `in the lock, no longer offered by ${group}; let in on ${open === '' ? 'no target' : open}`,
      ];
    case 'retired':
      return ['! keep', subject, `retired, still let in on ${open}; goes with --allow remove:${sha256}`];
  }
}

/** The same list going to several targets is one line: which CA, how many serials, where. */
function revocationRows(steps: readonly PlannedStep[]): readonly Row[] {
  const byList = new Map<string, { readonly step: PlannedStep; readonly targets: string[] }>();
  for (const step of steps) {
    if (step.effect !== 'revoke' || step.revocation === undefined || step.leftOut !== undefined) continue;
    const { issuer, added, removed } = step.revocation;
    const key = `${issuer} ${added} ${removed}`;
    const seen = byList.get(key) ?? { step, targets: [] };
    byList.set(key, seen);
    if (!seen.targets.includes(step.target)) seen.targets.push(step.target);
  }
  return [...byList.values()].map(({ step, targets }): Row => {
    const change = step.revocation ?? { added: 0, removed: 0, entries: 0, serials: [], issuer: '' };
    const serials =
      change.serials.length > 0
        ? ` (${change.serials.slice(0, 3).join(', ')}${change.added > 3 ? ', ...' : ''})`
        : '';
    if (change.added + change.removed === 0)
      return ['~ renew', `list of ${change.issuer}`, targets.join(', ')];
    const gone = change.removed > 0 ? `, ${change.removed} no longer listed` : '';
    return [
      '~ revoke',
      `${change.added} ${change.added === 1 ? 'serial' : 'serials'} of ${change.issuer}`,
      `${targets.join(', ')}${serials}${gone}`,
    ];
  });
}

function targetRows(target: PlannedTarget): readonly Row[] {
  if (target.failed !== undefined)
    return [['x failed', target.name, `${target.failed.code}: ${target.failed.message}`]];
  const shown = target.steps.filter(
    ({ effect, revocation, leftOut }) =>
      !(effect === 'revoke' && revocation !== undefined && leftOut === undefined),
  );
  return shown.map(
    (step): Row => [`${marks[step.effect]} ${step.effect}`, `${target.name}: ${step.summary}`, remark(step)],
  );
}

/** Lists near or past their end, whoever has to do something about it. */
function staleRows({ name, freshness }: PlannedTarget): readonly Row[] {
  return freshness
    .filter(({ state, red }) => state !== 'fresh' || red.length > 0)
    .map(({ issuer, state, nextUpdate, red }): Row => {
      const end = nextUpdate === undefined ? '' : `${state === 'expired' ? 'ended' : 'ends'} ${nextUpdate}`;
      return [
        `! ${state}`,
        `${name}: list of ${issuer}`,
        [end, ...red].filter((text) => text !== '').join('; '),
      ];
    });
}

function remark(step: PlannedStep): string {
  switch (step.leftOut) {
    case 'consent':
      return `needs ${step.missing.map((consent) => `--allow ${consent}`).join(' ')}`;
    case 'depends':
      return 'waits for a step above';
    case 'precondition':
      return 'stopped by an error on this target';
    case 'outdated':
      return 'another run has newer lists; apply again';
    case 'not-approved':
      return 'not part of the approved plan';
    default:
      return '';
  }
}

function totals(plan: Omit<Plan, 'summary'>): string {
  const words = (items: readonly string[]) => (items.length === 0 ? 'none' : items.join('; '));
  const slowest =
    plan.slowest === undefined
      ? ''
      : `   slowest: ${plan.slowest.service}, ${duration(plan.slowest.seconds)}`;
  const risks =
    plan.lockout.length + plan.exposure.length === 0
      ? ['  lockout: none   exposure: none']
      : [`  lockout: ${words(plan.lockout)}`, `  exposure: ${words(plan.exposure)}`];
  return [...risks, `  calls: ${plan.calls}${slowest}   digest ${plan.digest}`].join('\n');
}

function duration(seconds: number): string {
  return seconds < 90 ? `about ${seconds} s` : `about ${Math.round(seconds / 60)} min`;
}
