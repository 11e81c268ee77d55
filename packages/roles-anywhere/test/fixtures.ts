import type { Trust } from '@trustloom/core/adapter';
import {
  certificateOf,
  contextOf,
  createTestCa,
  crlOf,
  type IssuedCrl,
  type TestCa,
} from '@trustloom/testkit';
import {
  anchorName,
  crlName,
  type RolesAnywhereStep,
  type StoredAnchor,
  type StoredCrl,
} from '../src/model.ts';
import { planRolesAnywhere } from '../src/plan/index.ts';
import { renderRolesAnywhere } from '../src/render.ts';

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
    crls: [],
    ...more,
  };
}

/** A CRL of ours as it stands on the anchor of its issuer. */
export function heldCrl(issuer: TestCa, crl: IssuedCrl, more: Partial<StoredCrl> = {}): StoredCrl {
  const key = keyOf(issuer);
  return {
    id: `crl-${key.slice(0, 4)}`,
    name: crlName(context, key, key),
    enabled: true,
    taggedKey: key,
    crl: crlOf(crl),
    ...more,
  };
}

/** What is planned for a trust, and what the rendering said before. */
export function planOf(
  trust: Trust,
  anchors: readonly StoredAnchor[],
  now = context.now,
  { stateLost = false } = {},
) {
  const { desired, findings } = renderRolesAnywhere(trust, { ...context, now });
  const plan = planRolesAnywhere(desired, { anchors }, { ...context, now, stateLost });
  return {
    ...plan,
    rendered: findings,
    codes: plan.findings.map(({ code, severity }) => `${code} ${severity}`),
  };
}

/** Steps in short, in the order in which they may run: effect and kind. */
export function inShort(steps: readonly RolesAnywhereStep[]): readonly string[] {
  return steps.map(({ effect, kind }) => `${effect} ${kind}`);
}

/** Of steps that act on one object each: its id, or the step that will give it. */
export function idsOf(steps: readonly RolesAnywhereStep[]): readonly unknown[] {
  return steps.map(({ input }) => ('id' in input ? input.id : undefined));
}
