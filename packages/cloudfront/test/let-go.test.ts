import type { Step, Trust } from '@trustloom/core';
import { contextOf, createTestCa, letGo, trustOf } from '@trustloom/testkit';
import { describe, expect, it } from 'vitest';
import { desiredKeys } from '../src/keys/desired.ts';
import { chooseLayout } from '../src/keys/layout.ts';
import { freshItems } from '../src/keys/reconcile.ts';
import { planCloudfront } from '../src/plan.ts';
import { renderCloudfront } from '../src/render.ts';
import type { Observed } from '../src/state.ts';
import { type CloudfrontTarget, cloudfrontTarget } from '../src/target.ts';
import { edge, shown } from './support/edge.ts';
import { serials } from './support/keys.ts';

const day = 86_400_000;
const now = Date.now();
const context = contextOf({ name: 'web', region: 'us-east-1', now: () => now });
const targetOf = (revocation: 'exact' | 'compact'): CloudfrontTarget =>
  cloudfrontTarget.parse({ distributions: ['E2EXAMPLE'], revocation });

const ca = await createTestCa({ subject: 'CN=Silent' });
const other = await createTestCa({ subject: 'CN=Other' });
const [good = '', listed = '', retained = '', denied = '', others = ''] = serials(5, 16, 1);
const ended = ca.issueCrl({
  entries: [{ serial: listed }],
  thisUpdate: now - 9 * day,
  nextUpdate: now - 8 * day,
});
const alive = { issuer: other, crl: other.issueCrl({ entries: [{ serial: others }] }) };

/** What is trusted before and after the list of one of two CAs was let go; what had left it, and who is denied, stay. */
const trusts = (): { readonly before: Trust; readonly after: Trust } => {
  const gone = letGo(ca, ended);
  const more = {
    retained: new Map([[gone.keySha256, [retained]]]),
    denied: [
      {
        serial: denied,
        caKey: gone.keySha256,
        ca: 'CN=Silent',
        by: 'ann',
        why: 'stolen',
        since: '2026-11-01',
      },
    ],
  };
  const both = trustOf({ cas: [ca, other], lists: [alive, { issuer: ca, crl: ended }] });
  const one = trustOf({ cas: [ca, other], lists: [alive] });
  return {
    before: { ...both, revocation: { ...both.revocation, ...more } },
    after: { ...one, revocation: { ...one.revocation, ...more, letGo: [gone] } },
  };
};

/** A target whose function reads a store with what `trust` says. */
function running(trust: Trust, target: CloudfrontTarget) {
  const rendering = renderCloudfront(trust, target, context);
  const code = rendering.desired.check?.code ?? '';
  const keys = desiredKeys(trust, trust.cas, 'exact');
  const layout = chooseLayout('exact', { count: keys.set.count, textBytes: keys.textBytes }, 'test');
  const items = freshItems(keys, layout);
  const observed: Observed = {
    fn: { id: 'fn', name: 'fn', ours: true, live: { code, store: 'arn:keys' } },
    keys: [{ name: 'keys', arn: 'arn:keys', broken: false, layout, held: { etag: 'E1', items } }],
    copies: { old: [], listed: [] },
    distributions: [],
  };
  return { code, items, observed };
}

const planned = (trust: Trust, observed: Observed, target: CloudfrontTarget): readonly Step[] =>
  planCloudfront(renderCloudfront(trust, target, context).desired, observed, target, context).steps;

/** The items after some updates. */
function written(items: ReadonlyMap<string, string>, steps: readonly Step[]): ReadonlyMap<string, string> {
  const next = new Map(items);
  for (const { input } of steps) {
    for (const [key, value] of Object.entries(input.puts ?? {})) next.set(key, String(value));
    for (const key of Array.isArray(input.deletes) ? input.deletes : []) next.delete(String(key));
  }
  return next;
}

describe('a list that was let go', () => {
  const target = targetOf('exact');

  it('leaves the key value store by a step that readmits; who is denied, or had left the list, stays refused', async () => {
    const { before, after } = trusts();
    const { code, items, observed } = running(before, target);
    const admits = (held: ReadonlyMap<string, string>) =>
      Promise.all(
        [good, listed, retained, denied].map((serial) =>
          edge(code, held, now).admits([shown(serial)], 'CN=Silent'),
        ),
      );
    expect(await admits(items)).toEqual([false, false, false, false]);
    const steps = planned(after, observed, target).filter(({ id }) => !id.startsWith('create-store'));
    expect(steps.map(({ effect, id, things }) => [effect, id, things])).toEqual([
      ['readmit', 'let-go:1', [ended.sha256]],
    ]);
    const left = written(items, steps);
    expect(await admits(left)).toEqual([true, true, false, false]);
    expect(await edge(code, left, now).admits([shown(others)], 'CN=Other')).toBe(false);
    const [keys] = observed.keys;
    const again = { ...observed, keys: keys ? [{ ...keys, held: { etag: 'E2', items: left } }] : [] };
    expect(planned(after, again, target).filter(({ input }) => input.do === 'update-keys')).toEqual([]);
  });

  it('stays while news of another CA are put in force, before that step', async () => {
    const { before, after } = trusts();
    const { items, observed } = running(before, target);
    const [news = ''] = serials(1, 16, 2);
    const crl = other.issueCrl({ number: 9, entries: [{ serial: others }, { serial: news }] });
    const next = trustOf({ cas: [ca, other], lists: [{ issuer: other, crl }] });
    const trust = { ...after, revocation: { ...after.revocation, lists: next.revocation.lists } };
    const steps = planned(trust, observed, target).filter(({ input }) => input.do === 'update-keys');
    expect(steps.map(({ effect, id, after: first }) => [effect, id, first])).toEqual([
      ['revoke', 'revoke-keys:1', []],
      ['readmit', 'let-go:1', ['revoke-keys:1']],
    ]);
    const held = written(items, steps.slice(0, 1));
    const at = edge(running(before, target).code, held, now);
    expect(await at.admits([shown(listed)], 'CN=Silent')).toBe(false);
  });

  it('goes along to a store that takes the place of this one, and is asked for all the same', () => {
    const { before, after } = trusts();
    const { observed } = running(before, target);
    const steps = planned(after, observed, targetOf('compact'));
    const things = steps.filter(({ effect }) => effect === 'readmit').flatMap((step) => step.things);
    expect(things).toEqual([ended.sha256]);
    expect(steps.map(({ id }) => id)).toContain('create-keys');
  });
});
