import { type CertificateInfo, writePem } from '../../der/index.ts';
import { hex } from '../../der/reader.ts';
import type { Context, Route } from '../service.ts';
import { page } from './input.ts';
import { found, iso, type RolesAnywhereRegions, type RolesAnywhereState, type Subject } from './state.ts';

const summary = (subject: Subject) => ({
  subjectId: subject.id,
  subjectArn: subject.arn,
  x509Subject: subject.x509Subject,
  enabled: subject.enabled,
  createdAt: iso(subject.createdAt),
  updatedAt: iso(subject.updatedAt),
  lastSeenAt: iso(subject.lastSeenAt),
});

const detail = (subject: Subject) => ({
  ...summary(subject),
  credentials: subject.credentials.map((one) => ({ ...one, enabled: true, seenAt: iso(one.seenAt) })),
  instanceProperties: [],
});

/** Writes down that somebody asked for a session, granted or not. */
export function saveSubject(
  state: RolesAnywhereState,
  leaf: CertificateInfo,
  where: { readonly account: string; readonly region: string; readonly now: number; readonly id: string },
  failed: boolean,
): Subject {
  const { account, region, now } = where;
  const x509Subject = leaf.subject.rfc2253;
  const known = [...state.subjects.values()].find((one) => one.x509Subject === x509Subject);
  const id = known?.id ?? where.id;
  const seen = {
    seenAt: now,
    serialNumber: hex(leaf.serialBytes).toUpperCase(),
    issuer: leaf.issuer.rfc2253,
    x509CertificateData: writePem('CERTIFICATE', leaf.der),
    failed,
  };
  const others =
    known?.credentials.filter((one) => one.x509CertificateData !== seen.x509CertificateData) ?? [];
  const subject: Subject = {
    id,
    arn: `arn:aws:rolesanywhere:${region}:${account}:subject/${id}`,
    x509Subject,
    enabled: true,
    createdAt: known?.createdAt ?? now,
    updatedAt: now,
    lastSeenAt: now,
    credentials: [...others, seen],
  };
  state.subjects.set(id, subject);
  return subject;
}

export function subjectRoutes(regions: RolesAnywhereRegions): readonly Route[] {
  const at = (ctx: Context): RolesAnywhereState => regions.at(ctx.account, ctx.region);
  return [
    {
      method: 'GET',
      path: '/subjects',
      name: 'ListSubjects',
      handler({ query }, ctx) {
        const { items, nextToken } = page([...at(ctx).subjects.values()], query);
        return { subjects: items.map(summary), nextToken };
      },
    },
    {
      method: 'GET',
      path: '/subject/{subjectId}',
      name: 'GetSubject',
      handler: ({ labels }, ctx) => ({
        subject: detail(found(at(ctx).subjects, labels.subjectId ?? '', 'subject')),
      }),
    },
  ];
}
