import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTestCa, type IssuedCrl, type TestCa, type TestClock, type TestLeaf } from '@trustloom/testkit';
import type { GroupName } from './target.ts';

const day = 86_400_000;

/** A client with a name for people. */
export interface WalkClient {
  readonly name: string;
  readonly leaf: TestLeaf;
  /** Absent: of a CA that no definition names. */
  readonly ca?: WalkCa;
}

/** A CRL that a CA issued, and whom it names. */
interface WalkCrl {
  readonly crl: IssuedCrl;
  readonly names: ReadonlySet<string>;
  readonly thisUpdate: number;
}

/** What the source of a CRL answers with. */
export type Served =
  | 'newest'
  | 'older'
  | 'missing'
  | 'html'
  | 'empty'
  | 'foreign'
  | 'truncated'
  | 'soon'
  | 'future';

/** A CA that issues clients, with everything that it ever published. */
export interface WalkCa {
  readonly name: string;
  readonly group: GroupName;
  readonly ca: TestCa;
  /** Of a CA of two tiers. */
  readonly root?: TestCa;
  readonly clients: readonly WalkClient[];
  offered: boolean;
  lock: 'unknown' | 'trusted' | 'retired';
  /** A run has seen it retired, and took it away: its lock entry alone brings it back no more. */
  gone: boolean;
  readonly crls: WalkCrl[];
  served: Served;
  /** When the last CRL begins that it dated ahead: until then an honest one takes its site. */
  ahead: number;
  /** How many of its CRLs Trustloom has certainly seen. */
  accepted: number;
  /** Whom the next CRL names. */
  readonly revoked: Set<string>;
  /** Its issuer lists it. */
  revokedItself: boolean;
  /** Somebody consented to withdraw its CRL. */
  withdrawn: boolean;
}

/** Makes a CA with its clients; nothing is published yet. */
async function makeCa(name: string, group: GroupName, ca: TestCa, root?: TestCa): Promise<WalkCa> {
  const clients: WalkClient[] = [];
  const made: WalkCa = {
    name,
    group,
    ca,
    ...(root === undefined ? {} : { root }),
    clients,
    offered: false,
    lock: 'unknown',
    gone: false,
    crls: [],
    served: 'newest',
    ahead: 0,
    accepted: 0,
    revoked: new Set(),
    revokedItself: false,
    withdrawn: false,
  };
  for (const client of ['good', 'r1', 'r2', 'd1', 'd2']) {
    const full = `${name}-${client}`;
    clients.push({ name: full, leaf: await ca.issue(`CN=${full}`), ca: made });
  }
  return made;
}

/** The CAs of a scenario: two of each group, of which the first is offered from the start. */
export async function makeCas(groups: readonly GroupName[], clock: TestClock): Promise<readonly WalkCa[]> {
  const cas: WalkCa[] = [];
  if (groups.includes('a'))
    for (const name of ['A', 'A2'])
      cas.push(
        await makeCa(name, 'a', await createTestCa({ subject: `CN=${name},O=Walk`, key: 'P-256', clock })),
      );
  if (groups.includes('b')) {
    const root = await createTestCa({ subject: 'CN=B Root,O=Walk', key: 'P-256', clock });
    for (const name of ['B', 'B2'])
      cas.push(await makeCa(name, 'b', await root.intermediate(`CN=${name},O=Walk`), root));
  }
  for (const { group } of cas) {
    const first = cas.find((one) => one.group === group);
    if (first !== undefined) first.offered = true;
  }
  return cas;
}

/** A client that nobody trusts. */
export async function makeForeign(clock: TestClock): Promise<WalkClient> {
  const ca = await createTestCa({ subject: 'CN=Foreign,O=Elsewhere', key: 'P-256', clock });
  return { name: 'foreign', leaf: await ca.issue('CN=foreign') };
}

const entriesOf = ({ clients, revoked }: WalkCa) =>
  clients.filter(({ name }) => revoked.has(name)).map(({ leaf }) => ({ serial: leaf.serial }));

/** Issues the next CRL of a CA. */
export function issueCrl(ca: WalkCa, clock: TestClock): void {
  const thisUpdate = Math.floor(clock.now() / 1000) * 1000;
  const crl = ca.ca.issueCrl({
    entries: entriesOf(ca),
    number: ca.crls.length + 1,
    thisUpdate,
    nextUpdate: thisUpdate + 60 * day,
  });
  ca.crls.push({ crl, names: new Set(ca.revoked), thisUpdate });
}

/** Files of the sources of a group, as the definition names them. */
export function sourcesOf(group: GroupName, cas: readonly WalkCa[]) {
  const offered = cas.filter((one) => one.group === group && one.offered);
  const roots = offered.some(({ root }) => root !== undefined) ? [`./${group}-root.crl`] : [];
  return { from: `./${group}.pem`, crls: [...roots, ...offered.map(({ name }) => `./${name}.crl`)] };
}

/** Writes all that the sources of the CAs offer now. */
export async function writeSources(
  folder: string,
  cas: readonly WalkCa[],
  foreign: TestCa['issueCrl'],
  clock: TestClock,
): Promise<void> {
  const thisUpdate = Math.floor(clock.now() / 1000) * 1000;
  for (const group of new Set(cas.map((one) => one.group))) {
    const offered = cas.filter((one) => one.group === group && one.offered);
    const [root] = offered.flatMap((one) => one.root ?? []);
    const pems = [...(root === undefined ? [] : [root.pem]), ...offered.map(({ ca }) => ca.pem)];
    await writeFile(join(folder, `${group}.pem`), pems.join(''));
    if (root === undefined) continue;
    const entries = offered
      .filter(({ revokedItself }) => revokedItself)
      .map(({ ca }) => ({ serial: ca.serial }));
    const number = Math.floor(thisUpdate / 1000);
    const crl = root.issueCrl({ entries, number, thisUpdate, nextUpdate: thisUpdate + 60 * day });
    await writeFile(join(folder, `${group}-root.crl`), crl.der);
  }
  for (const ca of cas) {
    const file = join(folder, `${ca.name}.crl`);
    const body = bodyOf(ca, foreign, thisUpdate);
    if (body === undefined) await rm(file, { force: true });
    else await writeFile(file, body);
  }
}

function bodyOf(ca: WalkCa, foreign: TestCa['issueCrl'], now: number): Uint8Array | string | undefined {
  const newest = ca.crls.at(-1)?.crl.der;
  switch (ca.served) {
    case 'newest':
      return newest;
    case 'older':
      return (ca.crls.at(-2) ?? ca.crls.at(-1))?.crl.der;
    case 'missing':
      return undefined;
    case 'html':
      return '<!doctype html><title>Please log in</title>';
    case 'empty':
      return '';
    case 'foreign':
      return foreign({ entries: [], number: 9_000, thisUpdate: now }).der;
    case 'truncated':
      return newest?.slice(0, newest.length - 9);
    case 'soon':
    case 'future': {
      const begins = now + (ca.served === 'soon' ? 4 * 60_000 : 30 * day);
      if (ca.served === 'soon') ca.ahead = begins;
      const dates = { thisUpdate: begins, nextUpdate: begins + 60 * day };
      return ca.ca.issueCrl({ entries: entriesOf(ca), number: 1_000, ...dates }).der;
    }
  }
}
