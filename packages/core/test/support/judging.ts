import {
  acceptCas,
  type Certificate,
  type Crl,
  crlIssuer,
  definitionFromObject,
  emptyLock,
  type LockState,
} from '../../src/index.ts';
import { type ResolvedCrls, resolveCrls } from '../../src/plan/resolve-crls/index.ts';
import { acceptedRow, type CrlCopy, slotFor } from '../../src/state/accepted-crls.ts';
import { fakeService } from './fake-service.ts';

const definition = definitionFromObject(
  {
    name: 'acme',
    state: '222222222222/eu-west-1',
    groups: { devices: { from: 'ca.pem', crls: ['ca.crl'] } },
    targets: { one: { trust: ['devices'], fake: { region: 'eu-west-1' } } },
  },
  { env: {}, services: [fakeService({})] },
);

/** What CRLs are judged by. */
export interface Judging {
  readonly now: number;
  /** CAs in the lock, in one state; default trusted. */
  readonly locked: readonly Certificate[];
  readonly state?: LockState;
  /** CAs that a source offers beside them. */
  readonly offered?: readonly Certificate[];
  /** CRLs that the sources give. */
  readonly crls: readonly Crl[];
  /** CRLs accepted before; those not in `remembered` are lost. */
  readonly before?: readonly Crl[];
  readonly remembered?: readonly Crl[];
}

/** Judges CRLs as a run does, with a lock and a record made for it. */
export function judging(input: Judging): ResolvedCrls {
  const { now, locked, state = 'trusted', offered = [], crls, before = [], remembered = before } = input;
  const known = [...locked, ...offered];
  const offer = (certificate: Certificate) => ({ certificate, group: 'devices', from: 'ca.pem' });
  const { lock } = acceptCas(emptyLock, locked.map(offer), 'all', now);
  const issuerOf = (crl: Crl) => {
    const issuer = crlIssuer(crl, known);
    if (issuer === undefined) throw new TypeError('a CRL of nobody known');
    return issuer;
  };
  const stateKey = (crl: Crl) => slotFor(issuerOf(crl).keySha256, crl).stateKey;
  const rowOf = (crl: Crl) => acceptedRow({ issuer: issuerOf(crl), crl }, [], undefined, now);
  return resolveCrls(
    {
      definition,
      lock: { ...lock, entries: lock.entries.map((entry) => ({ ...entry, state })) },
      gathered: {
        offers: known.map(offer),
        inventories: [],
        crls: crls.map((crl) => ({ crl, group: 'devices', from: 'ca.crl' })),
        findings: [],
      },
      revocation: {
        formatVersion: 1,
        crls: Object.fromEntries(before.map((crl) => [stateKey(crl), rowOf(crl)])),
        deny: [],
      },
      identified: { named: [], leaving: [] },
      copies: new Map(
        remembered.map((crl): [string, CrlCopy] => [stateKey(crl), { crl, retained: [], lost: [] }]),
      ),
      now,
    },
    known,
    new Set(),
  );
}
