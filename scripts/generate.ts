/**
 * Everything that is written from data: the JSON Schema and the reference of definitions, the pages
 * of services, the table of codes. `npm run generate` writes the files; the check holds the
 * committed ones against what would be written.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import {
  codes,
  definitionJsonSchema,
  definitionReference,
  markdownTable,
  rules,
  type ServiceInfo,
  verdictOf,
} from '@trustloom/core';
import { schemaKinds } from '../packages/trustloom/src/schema/kinds.ts';
import { definitionTypes } from './definition-types.ts';
import { fidelityPage } from './fidelity.ts';

const root = resolve(import.meta.dirname, '..');

/** Complaints about generated files that are not what they should be. */
export async function checkReferences(): Promise<readonly string[]> {
  const files = await generate();
  const complaints = await Promise.all(
    Object.entries(files).map(async ([file, text]) => {
      const committed = await readFile(join(root, file), 'utf8').catch(() => undefined);
      return committed === text ? [] : [`${file} is not what its data says; run \`npm run generate\``];
    }),
  );
  return complaints.flat();
}

/** What each generated file should hold, by path. */
async function generate(): Promise<Readonly<Record<string, string>>> {
  const kinds = await schemaKinds();
  const schema = definitionJsonSchema(kinds);
  const keys = kinds.map(({ key }) => key);
  return {
    'packages/trustloom/schema/trustloom.schema.json': `${JSON.stringify(schema, null, 2)}\n`,
    'packages/trustloom/src/definition-keys.ts': definitionTypes(schema, keys),
    'docs/reference/definition.md': definitionReference(kinds),
    'docs/reference/codes.md': codesPage(),
    'docs/reference/rules.md': rulesPage(kinds.map(({ info }) => info)),
    'docs/reference/local-aws-fidelity.md': await fidelityPage(),
    ...Object.fromEntries(kinds.map(({ info }) => [`docs/services/${info.service}.md`, servicePage(info)])),
  };
}

const kindWords = {
  input: 'fix the input',
  refused: 'refused for safety (exit 3)',
  service: 'AWS refused it',
  race: 'plan again',
  transient: 'try again',
  bug: 'report it',
} as const;

function codesPage(): string {
  const rows = Object.entries(codes)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([code, { kind, means, advice }]) => [code, kindWords[kind], means, advice]);
  return `# Codes

Every code of findings and errors, in one namespace. From version 1.0 on no code is renamed.

${markdownTable([['code', 'kind', 'what it means', 'what to do'], ...rows])}
`;
}

function rulesPage(services: readonly ServiceInfo[]): string {
  const rows = rules.map((rule) => [
    rule.title,
    rule.code,
    ...services.map((info) => verdictOf(rule, info)?.severity ?? '-'),
  ]);
  return `# Rules

What \`trustloom check\` looks at, and how serious it is on each service. \`unknown\`: not documented; shown as a warning.

${markdownTable([['rule', 'code', ...services.map(({ service }) => service)], ...rows])}
`;
}

function servicePage({ title, capabilities, limits, rates, permissions, settle }: ServiceInfo): string {
  const yes = (value: boolean) => (value ? 'yes' : 'no');
  const limitRows = Object.values(limits).flatMap((limit) =>
    limit === undefined
      ? []
      : [[limit.unit, limit.max.toLocaleString('en-US'), yes(limit.adjustable), limit.source, limit.checked]],
  );
  const rateRows = Object.values(rates).map(({ actions, burst, perSecond, source, checked }) => [
    actions.join(', '),
    String(burst),
    perSecond >= 1 ? `${perSecond} a second` : `one in ${Math.round(1 / perSecond)} s`,
    source,
    checked,
  ]);
  const permissionRows = (['observe', 'refresh', 'apply'] as const).map((use) => [
    use,
    permissions[use].join(', ') || '-',
  ]);
  const chain =
    capabilities.chain === 'any-anchor'
      ? 'Any certificate of the store ends a chain; the client may send intermediates.'
      : 'Chains must be complete inside the store, up to a self-signed root.';
  const revocation = {
    crl: 'The service checks CRLs itself.',
    'enforced-by-us':
      'The service checks no CRLs; what Trustloom brings refuses revoked clients: [how](../concepts/revocation.md).',
  }[capabilities.revocation];
  return `# ${title}

Generated from the adapter's data. ${chain} ${revocation}

## What it can do

${markdownTable([
  ['', ''],
  ['an intermediate alone may be trusted', yes(capabilities.intermediateAnchors)],
  ['takes a CRL without entries', yes(capabilities.emptyCrl)],
  ['the bundle in force can be read back', yes(capabilities.bundleReadable)],
  ['modes', capabilities.modes.join(', ')],
])}

## Limits

${markdownTable([['limit', 'at most', 'AWS can raise it', 'source', 'checked'], ...limitRows])}

## Rates

${markdownTable([['calls', 'at once', 'then', 'source', 'checked'], ...rateRows])}

Waiting: observed every ${settle.everyMs / 1000} s, for ${settle.limitMs / 1000} s at most (${settle.source}).

## Permissions

Besides these: \`sts:GetCallerIdentity\`, and of the bucket for uploads and the state \`s3:GetBucketVersioning\`, \`s3:GetObject\`,
\`s3:GetObjectVersion\` and \`s3:PutObject\`.

${markdownTable([['for', 'IAM actions'], ...permissionRows])}
`;
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === resolve(import.meta.filename)) {
  for (const [file, text] of Object.entries(await generate())) {
    await mkdir(dirname(join(root, file)), { recursive: true });
    await writeFile(join(root, file), text);
  }
}
