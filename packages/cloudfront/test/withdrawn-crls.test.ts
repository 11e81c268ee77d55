import type { Trust } from '@trustloom/core';
import { contextOf, createTestCa, trustOf, withdrawn } from '@trustloom/testkit';
import { describe, expect, it } from 'vitest';
import type { CloudfrontStep, Observed } from '../src/model/index.ts';
import { planCloudfront } from '../src/plan/index.ts';
import { renderCloudfront } from '../src/render.ts';
import { desiredEntries } from '../src/revocation/entries/index.ts';
import { changed } from '../src/revocation/entries/items.ts';
import { freshItems } from '../src/revocation/entries/new-store.ts';
import { type CloudfrontTarget, cloudfrontTarget } from '../src/target.ts';
import { edge, shown } from './support/edge.ts';
import { layoutOf, serials } from './support/entries.ts';

const day = 86_400_000;
const now = Date.now();
const context = contextOf({ name: 'web', region: 'us-east-1', now: () => now });
const targetOf = (revocation: 'exact' | 'compact'): CloudfrontTarget =>
  cloudfrontTarget().parse({ distributions: ['E2EXAMPLE'], revocation });

const ca = await createTestCa({ subject: 'CN=Silent' });
const other = await createTestCa({ subject: 'CN=Other' });
const [good = '', listed = '', retained = '', denied = '', others = ''] = serials(5, 16, 1);
const ended = ca.issueCrl({
  entries: [{ serial: listed }],
  thisUpdate: now - 9 * day,
  nextUpdate: now - 8 * day,
});
const alive = { issuer: other, crl: other.issueCrl({ entries: [{ serial: others }] }) };

/**
 * What is trusted before and after the CRL of one of two CAs was withdrawn; what had left it, and who
 * is denied, stay.
 */
const trusts = (): { readonly before: Trust; readonly after: Trust } => {
  const gone = withdrawn(ca, ended);
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
  const both = trustOf({ cas: [ca, other], crls: [alive, { issuer: ca, crl: ended }] });
  const one = trustOf({ cas: [ca, other], crls: [alive] });
  return {
    before: { ...both, revocation: { ...both.revocation, ...more } },
    after: { ...one, revocation: { ...one.revocation, ...more, withdrawn: [gone] } },
  };
};

/** A target whose function reads a store with what `trust` says. */
function running(trust: Trust, target: CloudfrontTarget) {
  const rendering = renderCloudfront(trust, target, context);
  const code = rendering.desired.revocation?.code ?? '';
  const entries = desiredEntries(trust, trust.cas, 'exact');
  const layout = layoutOf(entries);
  const items = freshItems(entries, layout, now);
  const observed: Observed = {
    fn: { id: 'fn', name: 'fn', owned: true, live: { code, store: 'arn:keys' } },
    keyValueStores: [{ name: 'keys', arn: 'arn:keys', layout, held: { etag: 'E1', items } }],
    copies: { old: [], noted: [] },
    distributions: [],
  };
  return { code, items, observed };
}

const planned = (trust: Trust, observed: Observed, target: CloudfrontTarget): readonly CloudfrontStep[] =>
  planCloudfront(renderCloudfront(trust, target, context).desired, observed, target, context).steps;

/** The items after some updates. */
function written(
  items: ReadonlyMap<string, string>,
  steps: readonly CloudfrontStep[],
): ReadonlyMap<string, string> {
  return steps.reduce(
    (held, step) => (step.kind === 'update-entries' ? changed(held, step.input) : held),
    items,
  );
}

describe('a CRL whose enforcement was withdrawn', () => {
  const target = targetOf('exact');

  it('leaves the KeyValueStore by a step that readmits; who is denied, or had left the CRL, stays refused', async () => {
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
    expect(steps.map(({ effect, id, affects }) => [effect, id, affects])).toEqual([
      ['readmit', 'withdraw-crls:1', [ended.sha256]],
    ]);
    const left = written(items, steps);
    expect(await admits(left)).toEqual([true, true, false, false]);
    expect(await edge(code, left, now).admits([shown(others)], 'CN=Other')).toBe(false);
    const [store] = observed.keyValueStores;
    const again = {
      ...observed,
      keyValueStores: store ? [{ ...store, held: { etag: 'E2', items: left } }] : [],
    };
    expect(planned(after, again, target).filter(({ kind }) => kind === 'update-entries')).toEqual([]);
  });

  it('stays while new entries of another CA are put in force, before that step', async () => {
    const { before, after } = trusts();
    const { items, observed } = running(before, target);
    const [added = ''] = serials(1, 16, 2);
    const crl = other.issueCrl({ number: 9, entries: [{ serial: others }, { serial: added }] });
    const next = trustOf({ cas: [ca, other], crls: [{ issuer: other, crl }] });
    const trust = { ...after, revocation: { ...after.revocation, crls: next.revocation.crls } };
    const steps = planned(trust, observed, target).filter(({ kind }) => kind === 'update-entries');
    expect(steps.map(({ effect, id, after: first }) => [effect, id, first])).toEqual([
      ['revoke', 'update-entries:1', []],
      ['readmit', 'withdraw-crls:1', ['update-entries:1']],
    ]);
    const held = written(items, steps.slice(0, 1));
    const at = edge(running(before, target).code, held, now);
    expect(await at.admits([shown(listed)], 'CN=Silent')).toBe(false);
  });

  it('goes along to a store that takes the place of this one, and is asked for all the same', () => {
    const { before, after } = trusts();
    const { observed } = running(before, target);
    const steps = planned(after, observed, targetOf('compact'));
    const affected = steps.filter(({ effect }) => effect === 'readmit').flatMap((step) => step.affects);
    expect(affected).toEqual([ended.sha256]);
    expect(steps.map(({ id }) => id)).toContain('create-key-value-store');
  });
});
