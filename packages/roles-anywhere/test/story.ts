import type { Step, Trust } from '@trustloom/core';
import {
  certificateOf,
  contextOf,
  createTestCa,
  crlOf,
  type IssuedCrl,
  type TestCa,
} from '@trustloom/testkit';
import { anchorName, listName } from '../src/names.ts';
import { planRolesAnywhere } from '../src/plan.ts';
import { renderRolesAnywhere } from '../src/render.ts';
import type { StoredAnchor, StoredList } from '../src/state.ts';

/** The target of all plans here. */
export const context = contextOf({ name: 'jobs', now: Date.now });

/** A root with two issuing CAs, each with one client revoked, and one without. */
export async function makeFamily() {
  const root = await createTestCa({ subject: 'CN=Root' });
  const [one, two] = [await root.intermediate('CN=One'), await root.intermediate('CN=Two')];
  return { root, one, two };
}

/** SHA-256 of a CA's key. */
export const keyOf = (ca: TestCa): string => certificateOf(ca).keySha256;

/** An anchor as it stands. */
export function anchorOf(cas: readonly TestCa[], more: Partial<StoredAnchor> = {}): StoredAnchor {
  const key = more.key ?? (cas[0] === undefined ? '' : keyOf(cas[0]));
  const id = more.id ?? `anchor-${key.slice(0, 4)}`;
  return {
    id,
    arn: `arn:aws:rolesanywhere:eu-west-1:222222222222:trust-anchor/${id}`,
    name: anchorName(context, key),
    enabled: true,
    key,
    cas: cas.map(certificateOf),
    createdAt: 0,
    lists: [],
    ...more,
  };
}

/** A list of ours as it stands on the anchor of its issuer. */
export function heldList(issuer: TestCa, crl: IssuedCrl, more: Partial<StoredList> = {}): StoredList {
  const key = keyOf(issuer);
  return {
    id: `list-${key.slice(0, 4)}`,
    name: listName(context, key, key),
    enabled: true,
    mark: key,
    crl: crlOf(crl),
    ...more,
  };
}

/** What is planned for a trust, and what the rendering said before. */
export function planOf(trust: Trust, anchors: readonly StoredAnchor[], now = context.now) {
  const { desired, findings } = renderRolesAnywhere(trust, { ...context, now });
  const plan = planRolesAnywhere(desired, { anchors }, { ...context, now });
  return {
    ...plan,
    rendered: findings,
    codes: plan.findings.map(({ code, severity }) => `${code} ${severity}`),
  };
}

/** Steps in short, in the order in which they may run: `effect action`, deletes and the like by what they do. */
export function told(steps: readonly Step[]): readonly string[] {
  return steps.map(({ effect, input }) => `${effect} ${String(input.do)}`);
}
