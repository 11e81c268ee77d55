/** The fidelity page of the local AWS: what is exact, modelled, absent and unknown, from its own tables. */
import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { markdownTable } from '@trustloom/core';
import {
  ABSENT,
  emulatedOperations,
  type Fidelity,
  keptLimits,
  LAXER_THAN_OPENSSL,
  NOT_PROVABLE,
  RATES,
  UNKNOWNS,
} from '@trustloom/local-aws';

const root = resolve(import.meta.dirname, '..');
const strangersFile = 'packages/local-aws/test/strangers/operations.json';

/** Which stranger checks an operation, by service and name. */
type Strangers = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** The page as text. */
export async function fidelityPage(): Promise<string> {
  const [called, strangers] = await Promise.all([calledOperations(), readStrangers()]);
  const operations = emulatedOperations();
  const byUs = operations.filter(({ operation }) => called.has(operation));
  const row = ({ service, operation, fidelity, note }: Fidelity) => [
    service,
    operation,
    fidelity,
    strangers[service]?.[operation] ?? '-',
    note,
  ];
  const head = ['service', 'operation', 'fidelity', 'checked by', 'what is not as in the service'];
  const unknowns = Object.entries(UNKNOWNS).map(([name, one]) => [
    `\`${name}\``,
    one.question,
    one.refuse,
    one.admit,
    `${one.standard}; ${one.source}`,
  ]);
  const limits = keptLimits().map(({ service, name, max, source, checked }) => [
    service,
    name,
    max.toLocaleString('en-US'),
    `${source}, ${checked}`,
  ]);
  const rates = RATES.map(({ service, actions, burst, perSecond, source, checked }) => [
    service,
    actions === 'all' ? 'all' : actions.join(', '),
    `${burst}, then ${perSecond >= 1 ? `${perSecond} a second` : `one in ${Math.round(1 / perSecond)} s`}`,
    `${source}, ${checked}`,
  ]);
  const list = (items: readonly string[]) => items.map((item) => `- ${item}`).join('\n');
  return `# How near the local AWS is to AWS

Generated from the tables of the local AWS. \`exact\`: request, answer, errors and effect are those of the service, as far as its model, its
pages and its users' runs tell. \`modelled\`: as far as trust stores need it; the last column says what is not. \`checked by\` names the tool
of strangers that the operation is tested with, against its own model of AWS.

## Operations that Trustloom calls

${markdownTable([head, ...byUs.map(row)])}

## Further operations

${markdownTable([head, ...operations.filter((one) => !byUs.includes(one)).map(row)])}

Every other operation answers 501 with its name. An S3 request for another service's bucket, host or path follows the same rule.

## Unknown about AWS: both readings

\`startLocalAws({ unknowns })\` takes one reading for each.

${markdownTable([['switch', 'question', '`refuse`', '`admit`', 'default, and what was found'], ...unknowns])}

## Limits that are kept

${markdownTable([['service', 'limit', 'most', 'source'], ...limits])}

## Rates, with \`rates: true\`

${markdownTable([['service', 'operations', 'burst and rate', 'source'], ...rates])}

## Absent

${list(ABSENT)}

## Laxer than openssl

With every switch at \`refuse\`, nobody of the NIST PKITS suite gets in whom \`openssl verify\` refuses, but for:

${list(Object.entries(LAXER_THAN_OPENSSL).map(([row, why]) => `\`${row}\`: ${why}`))}

## Not provable without AWS

${list(NOT_PROVABLE)}
`;
}

/** Operations whose commands stand in our ports and in \`aws\`. */
async function calledOperations(): Promise<ReadonlySet<string>> {
  const folders = ['alb', 'cloudfront', 'api-gateway', 'roles-anywhere', 'aws'].map((name) =>
    join(root, 'packages', name, 'src'),
  );
  const files = await Promise.all(
    folders.map(async (folder) =>
      (await readdir(folder, { recursive: true }))
        .filter((file) => file.endsWith('.ts'))
        .map((file) => join(folder, file)),
    ),
  );
  const texts = await Promise.all(files.flat().map((file) => readFile(file, 'utf8')));
  return new Set(
    texts.flatMap((text) => [...text.matchAll(/\b([A-Z]\w+)Command\b/g)].map(([, name = '']) => name)),
  );
}

async function readStrangers(): Promise<Strangers> {
  const text = await readFile(join(root, strangersFile), 'utf8').catch(() => '{}');
  return JSON.parse(text) as Strangers;
}
