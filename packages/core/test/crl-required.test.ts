import { createTestCa, createTestClock, crlOf } from '@trustloom/testkit';
import { expect, test } from 'vitest';
import {
  acceptCas,
  type Certificate,
  type Crl,
  definitionFromObject,
  emptyLock,
  readCertificate,
} from '../src/index.ts';
import { resolveTrust } from '../src/plan/resolve-trust.ts';
import { identifyTargets } from '../src/state/identity.ts';
import { fakeService } from './support/fake-service.ts';

const clock = createTestClock('2026-11-24T10:00:00Z');
const now = clock.now();
const root = await createTestCa({ subject: 'CN=Root', clock });
const issuing = await root.intermediate('CN=Issuing');
const second = await root.intermediate('CN=Second');
const other = await createTestCa({ subject: 'CN=Other', clock });
const makers = { root, issuing, second, other };
type Name = keyof typeof makers;
const names: readonly Name[] = ['root', 'issuing', 'second', 'other'];
const ca = Object.fromEntries(names.map((name) => [name, readCertificate(makers[name].der)])) as Record<
  Name,
  Certificate
>;
const crl = Object.fromEntries(
  names.map((name) => [name, crlOf(makers[name].issueCrl({ entries: [{ serial: 'a1' }] }))]),
) as Record<Name, Crl>;

/** What an address of a CRL gives: a CRL of one of the CAs, or none. */
type Answer = Name | 'page';

/** Which CAs of one group wait, by what its addresses give. */
function waitingOf(locked: readonly Name[], answers: readonly Answer[], allow: readonly string[] = []) {
  const addresses = answers.map((_, index) => `${index}.crl`);
  const definition = definitionFromObject(
    {
      name: 'acme',
      state: '222222222222/eu-west-1',
      groups: { devices: { from: 'ca.pem', crls: addresses } },
      targets: { one: { trust: ['devices'], fake: { region: 'eu-west-1' } } },
    },
    { env: {}, services: [fakeService({})] },
  );
  const offers = locked.map((name) => ({ certificate: ca[name], group: 'devices', from: 'ca.pem' }));
  const { lock } = acceptCas(emptyLock, offers, 'all', now);
  const { trusts, findings } = resolveTrust(
    {
      definition,
      lock,
      gathered: {
        offers,
        inventories: [],
        crls: answers.flatMap((answer, index) =>
          answer === 'page' ? [] : [{ crl: crl[answer], group: 'devices', from: `${index}.crl` }],
        ),
        findings: [],
      },
      revocation: { formatVersion: 1, crls: {}, deny: [] },
      identified: identifyTargets(definition.targets, {}, [fakeService({})]),
      copies: new Map(),
      now,
    },
    new Set(allow),
  );
  const nameOf = (sha256: string) => names.find((name) => ca[name].sha256 === sha256);
  return {
    waiting: (trusts.get('one')?.waiting ?? []).map(({ sha256 }) => nameOf(sha256)).sort(),
    none: findings.filter(({ code }) => code === 'crl-none').map(({ about = '' }) => nameOf(about) ?? about),
  };
}

test('a CRL of the issuing CA alone promises none of the root: both come', () => {
  expect(waitingOf(['root', 'issuing'], ['issuing'])).toEqual({ waiting: [], none: [] });
});

test('both are named and one gives a page: the CAs above and below the one without a CRL wait with it', () => {
  expect(waitingOf(['root', 'issuing'], ['root', 'page']).waiting).toEqual(['issuing', 'root']);
  expect(waitingOf(['root', 'issuing'], ['page', 'issuing']).waiting).toEqual(['issuing', 'root']);
  expect(waitingOf(['root', 'issuing', 'second'], ['root', 'issuing', 'page']).waiting).toEqual([
    'root',
    'second',
  ]);
});

test('a CRL of a CA outside the group is none of it', () => {
  expect(waitingOf(['issuing'], ['other']).waiting).toEqual(['issuing']);
});

test('the consent to one CA lets those come that waited for it', () => {
  const allow = [`unlisted:${ca.issuing.sha256}`];
  expect(waitingOf(['root', 'issuing'], ['root', 'page'], allow).waiting).toEqual([]);
});

test('without `crls` a group is warned of, and so is a CA of which none is known', () => {
  expect(waitingOf(['root', 'issuing'], [])).toEqual({ waiting: [], none: ['devices'] });
  expect(waitingOf(['root', 'issuing', 'second'], ['issuing'])).toEqual({ waiting: [], none: ['second'] });
});

/** Every way in which three addresses may answer for every set of CAs: no seed is needed. */
test('law: whoever comes while an address gave nothing has a complete CRL, or is linked to nobody without', () => {
  const answers: readonly Answer[] = [...names, 'page'];
  const sets = Array.from({ length: 15 }, (_, bits) =>
    names.filter((_, at) => (((bits + 1) >> at) & 1) === 1),
  );
  for (const locked of sets)
    for (const one of answers)
      for (const two of answers) {
        const given = new Set([one, two]);
        const { waiting } = waitingOf(locked, [one, two]);
        const settled = [...given].every((answer) => answer !== 'page' && locked.includes(answer));
        for (const name of locked) {
          const unlisted = (each: Name) => locked.includes(each) && !given.has(each);
          const above: readonly Name[] = name === 'issuing' || name === 'second' ? ['root'] : [];
          const below: readonly Name[] = name === 'root' ? ['issuing', 'second'] : [];
          const waits = !settled && [name, ...above, ...below].some(unlisted);
          expect([locked, one, two, name, waiting.includes(name)]).toEqual([locked, one, two, name, waits]);
        }
      }
});
