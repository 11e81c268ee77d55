import { slotOf } from '../../src/crl/merged.ts';
import {
  acceptCas,
  type Certificate,
  type Crl,
  crlIssuer,
  definitionFromObject,
  emptyLock,
  type LockState,
} from '../../src/index.ts';
import { type JudgedLists, judgeLists } from '../../src/plan/lists.ts';
import { acceptedRow, type ListMemory } from '../../src/state/accepted-crls.ts';
import { toyService } from './toy.ts';

const definition = definitionFromObject(
  {
    name: 'acme',
    record: '222222222222/eu-west-1',
    groups: { devices: { from: 'ca.pem', crls: ['ca.crl'] } },
    targets: { one: { trust: ['devices'], toy: { region: 'eu-west-1' } } },
  },
  { env: {}, services: [toyService({})] },
);

/** What lists are judged by. */
export interface Judging {
  readonly now: number;
  /** CAs in the lock, in one state; default trusted. */
  readonly locked: readonly Certificate[];
  readonly state?: LockState;
  /** CAs that a source offers beside them. */
  readonly offered?: readonly Certificate[];
  /** Lists that the sources give. */
  readonly lists: readonly Crl[];
  /** Lists accepted before; those not in `remembered` are lost. */
  readonly before?: readonly Crl[];
  readonly remembered?: readonly Crl[];
}

/** Judges lists as a run does, with a lock and a record made for it. */
export function judging(input: Judging): JudgedLists {
  const { now, locked, state = 'trusted', offered = [], lists, before = [], remembered = before } = input;
  const known = [...locked, ...offered];
  const offer = (certificate: Certificate) => ({ certificate, group: 'devices', from: 'ca.pem' });
  const { lock } = acceptCas(emptyLock, locked.map(offer), 'all', now);
  const issuerOf = (crl: Crl) => {
    const issuer = crlIssuer(crl, known);
    if (issuer === undefined) throw new TypeError('a list of nobody known');
    return issuer;
  };
  const place = (crl: Crl) => [issuerOf(crl).keySha256, slotOf(crl)].filter((part) => part !== '').join('/');
  const rowOf = (crl: Crl) => acceptedRow({ issuer: issuerOf(crl), crl }, [], undefined, now);
  return judgeLists(
    {
      definition,
      lock: { ...lock, entries: lock.entries.map((entry) => ({ ...entry, state })) },
      gathered: {
        offers: known.map(offer),
        inventories: [],
        lists: lists.map((crl) => ({ crl, group: 'devices', from: 'ca.crl' })),
        findings: [],
      },
      record: {
        formatVersion: 1,
        lists: Object.fromEntries(before.map((crl) => [place(crl), rowOf(crl)])),
        deny: [],
      },
      memories: new Map(remembered.map((crl): [string, ListMemory] => [place(crl), { crl, retained: [] }])),
      now,
      allow: new Set(),
    },
    known,
  );
}
