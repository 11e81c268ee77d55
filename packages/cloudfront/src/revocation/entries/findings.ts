import { count, type Finding } from '@trustloom/core/adapter';
import { cloudfrontInfo } from '../../service.ts';
import type { DesiredEntries, IssuerEntries } from './index.ts';
import type { Layout } from './layout.ts';
import type { EntryChanges } from './reconcile.ts';
import { nameText } from './serials.ts';
import { shareOf } from './shares.ts';

const { storeBytes } = cloudfrontInfo.limits;

/** What of the desired entries a store cannot hold, or the function cannot tell apart. */
export function entryFindings(desired: DesiredEntries): readonly Finding[] {
  return [
    ...desired.issuers
      .filter(({ name }) => desired.withoutRoom.has(name))
      .map((issuer) => shareFinding(desired, issuer)),
    ...sameNameFindings(desired),
  ];
}

/** The serials of an issuer do not fit the store beside those of the others; what would help. */
function shareFinding(desired: DesiredEntries, issuer: IssuerEntries): Finding {
  const { form, inventory } = desired;
  const { bytes, fit, compact } = shareOf(desired, issuer, desired.withoutRoom);
  const bound = inventory.complete
    ? 'the inventory is checked then, so that none of its valid serials is refused by mistake.'
    : 'each valid certificate is then refused by mistake with a chance of at most 2^-41; with an `inventory` of issued serials for each group, none of those is.';
  return {
    code: 'key-value-store-too-many',
    severity: 'error',
    about: issuer.about,
    message: `${count(issuer.set.count)} revoked serials of ${issuer.ca} take ${count(bytes)} bytes in ${form} form; a KeyValueStore takes ${count(storeBytes.max)}: about ${count(fit)} of them would fit. So every client of ${issuer.ca} is refused; those of other CAs are not concerned. ${
      compact
        ? `With \`revocation: compact\` they fit; ${bound}`
        : 'Give this CA a target of its own, or have it drop what has expired.'
    }`,
    source: storeBytes.source,
  };
}

/**
 * CAs of one name that different groups trust: the function sees names alone, so the CRL of the one
 * would decide over clients of the other.
 */
function sameNameFindings({ groups, known }: DesiredEntries): readonly Finding[] {
  const cas = groups.flatMap(({ name: group, cas: own = [] }) =>
    known.filter(({ sha256 }) => own.includes(sha256)).map((ca) => ({ ca, group })),
  );
  const keysOf = (group: string, name: string) =>
    cas.filter((one) => one.group === group && nameText(one.ca.subject.text) === name);
  const names = [...new Set(cas.map(({ ca }) => nameText(ca.subject.text)))];
  return names.flatMap((name): readonly Finding[] => {
    const inGroups = groups.map((group) => keysOf(group.name, name)).filter((own) => own.length > 0);
    // One CA that both groups trust is no other CA.
    const [first = [], other] = inGroups.filter((own) =>
      inGroups.some((them) => !them.some(({ ca }) => own.some((one) => one.ca.keySha256 === ca.keySha256))),
    );
    const [one] = first;
    if (one === undefined || other?.[0] === undefined) return [];
    return [
      {
        code: 'key-value-store-same-name',
        severity: 'error',
        about: one.ca.sha256,
        message: `the groups ${one.group} and ${other[0].group} have CAs with other keys and one name, ${one.ca.subject.text}; the connection function sees names alone, so the CRL of the one would refuse clients of the other. Put them into one group if they are one CA, or give each group a target of its own.`,
      },
    ];
  });
}

/** Why the store in use has to make way for a new one, as far as clients notice. */
export function storeFindings(
  layout: Layout | undefined,
  changes: EntryChanges | undefined,
  desired: DesiredEntries,
): readonly Finding[] {
  return [
    ...(changes === undefined ? [] : fullFindings(changes)),
    ...(layout === undefined ? [] : denialFindings(layout, desired)),
  ];
}

function fullFindings({ overflowing, withoutRoom }: EntryChanges): readonly Finding[] {
  const issuers = withoutRoom.map(
    ({ ca, about }): Finding => ({
      code: 'key-value-store-full',
      severity: 'error',
      about,
      message: `the KeyValueStore has no room for the new revocations of ${ca}, so every client of ${ca} is refused until there is a larger one; those of other CAs are not concerned; apply makes it`,
    }),
  );
  if (overflowing.length === 0) return issuers;
  return [
    ...issuers,
    {
      code: 'key-value-store-full',
      severity: 'error',
      message: `${overflowing.length} buckets of the KeyValueStore are full, so some denied serials wait for a new store; apply makes one`,
    },
  ];
}

/**
 * What the form `compact` promises to valid clients: zero only where every serial was looked at.
 */
export function boundOf({ form, inventory, unread }: DesiredEntries, layout: Layout): string {
  if (form === 'exact') return '';
  const { count: wrong } = inventory.wrongDenials(layout);
  if (inventory.issued === 0 || wrong > 0)
    return '; each valid certificate is refused by mistake with a chance of at most 2^-41';
  const some = inventory.complete && !unread ? '' : ' that are known';
  return `; of the ${count(inventory.issued)} issued serials${some}, none is refused by mistake`;
}

/**
 * A new entry can make a valid serial look like a revoked one; a store with another seed tells them
 * apart.
 */
function denialFindings(layout: Layout, { form, inventory, unread }: DesiredEntries): readonly Finding[] {
  if (layout.form !== form) return [];
  const { count, first } = inventory.wrongDenials(layout);
  if (first === undefined) return [];
  const more = count === 1 ? '' : ` and ${count - 1} more`;
  return [
    {
      code: 'key-value-store-wrong-denial',
      severity: 'error',
      about: first,
      message: `the valid serial ${first} of the inventory${more} looks like a revoked one in the KeyValueStore, so its client is refused; ${
        unread ? 'once every CRL can be read, apply makes a new store' : 'apply makes a new store'
      } that tells them apart`,
    },
  ];
}
