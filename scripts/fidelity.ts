/**
 * The fidelity page of the local AWS: what is exact, modelled, absent and unknown, from its own
 * tables.
 */
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
import { schemaKinds } from '../packages/trustloom/src/schema/kinds.ts';

const root = resolve(import.meta.dirname, '..');
const differencesFile = 'packages/local-aws/test/foreign-tools/operations.json';

type Differences = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** The page as text. */
export async function fidelityPage(): Promise<string> {
  const [called, differences] = await Promise.all([calledOperations(), readDifferences()]);
  const operations = emulatedOperations();
  const byUs = operations.filter(({ service, operation }) => called.has(`${service} ${operation}`));
  const row = ({ service, operation, fidelity, note }: Fidelity) => [
    service,
    operation,
    fidelity,
    differences[service]?.[operation] ?? '-',
    note,
  ];
  const header = ['service', 'operation', 'fidelity', 'checked by', 'what is not as in the service'];
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
  const bullets = (items: readonly string[]) => items.map((item) => `- ${item}`).join('\n');
  return `# How near the local AWS is to AWS

Generated from the tables of the local AWS. \`exact\`: request, answer, errors and effect are those of the service, as far as its model, its
pages and its users' runs tell. \`modelled\`: as far as trust stores need it; the last column says what is not. \`checked by\` names the tool
of others that the operation is tested with, against its own model of AWS.

## Operations that Trustloom calls

${markdownTable([header, ...byUs.map(row)])}

## Further operations

${markdownTable([header, ...operations.filter((one) => !byUs.includes(one)).map(row)])}

Every other operation answers 501 with its name. An S3 request for another service's bucket, host or path follows the same rule.

## Unknown about AWS: both readings

\`startLocalAws({ unknowns })\` takes one reading for each.

${markdownTable([['switch', 'question', '`refuse`', '`admit`', 'default, and what was found'], ...unknowns])}

## Limits that are kept

${markdownTable([['service', 'limit', 'most', 'source'], ...limits])}

## Rates, with \`rates: true\`

${markdownTable([['service', 'operations', 'burst and rate', 'source'], ...rates])}

## Absent

${bullets(ABSENT)}

## Laxer than openssl

With every switch at \`refuse\`, no client of the NIST PKITS suite is admitted that \`openssl verify\` refuses, but for:

${bullets(Object.entries(LAXER_THAN_OPENSSL).map(([row, why]) => `\`${row}\`: ${why}`))}

## Not provable without AWS

${bullets(NOT_PROVABLE)}
`;
}

/**
 * Titles of services by the SDK client, and by IAM's prefix where its actions are operations (those
 * of S3 and API Gateway are not).
 */
const TITLES: Readonly<Record<string, string>> = {
  '@aws-sdk/client-s3': 'S3',
  '@aws-sdk/client-sts': 'STS',
  '@aws-sdk/client-elastic-load-balancing-v2': 'Elastic Load Balancing',
  '@aws-sdk/client-cloudfront': 'CloudFront',
  '@aws-sdk/client-cloudfront-keyvaluestore': 'CloudFront KeyValueStore',
  '@aws-sdk/client-api-gateway': 'API Gateway',
  '@aws-sdk/client-apigatewayv2': 'API Gateway v2',
  '@aws-sdk/client-rolesanywhere': 'Roles Anywhere',
  elasticloadbalancing: 'Elastic Load Balancing',
  cloudfront: 'CloudFront',
  'cloudfront-keyvaluestore': 'CloudFront KeyValueStore',
  rolesanywhere: 'Roles Anywhere',
  sts: 'STS',
};

/** Packages that users run; the others only test. */
const NOT_EMULATED = ['local-aws', 'testkit'];

/**
 * Every operation that Trustloom calls, as `SERVICE OPERATION`: the commands and paginators that
 * our packages import from SDK clients, and the actions that the adapters' own facts ask permission
 * for.
 */
export async function calledOperations(): Promise<ReadonlySet<string>> {
  const packages = (await readdir(join(root, 'packages'))).filter((name) => !NOT_EMULATED.includes(name));
  const texts = await Promise.all(packages.map((name) => sourcesOf(join(root, 'packages', name, 'src'))));
  const imported = texts
    .flat()
    .flatMap((text) =>
      [...text.matchAll(/\{([^{}]*)\}\s*(?:from|= await import\()\s*'(@aws-sdk\/client-[\w-]+)'/g)].flatMap(
        ([, names = '', client = '']) =>
          [...names.matchAll(/\bpaginate([A-Z]\w+)|\b([A-Z]\w+)Command\b/g)].map(
            ([, paged, sent]) => `${TITLES[client] ?? client} ${paged ?? sent}`,
          ),
      ),
    );
  const kinds = await schemaKinds();
  const permitted = kinds
    .flatMap(({ info: { permissions } }) => Object.values(permissions).flat())
    .filter((action) => !/^(s3|apigateway):/.test(action))
    .map((action) => {
      const [prefix = '', name = ''] = action.split(':');
      return `${TITLES[prefix] ?? prefix} ${name}`;
    });
  return new Set([...imported, ...permitted]);
}

async function sourcesOf(folder: string): Promise<readonly string[]> {
  const files = (await readdir(folder, { recursive: true })).filter((file) => file.endsWith('.ts'));
  return Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
}

/** Which tool of others checks an operation: its tool, by service and name. */
export async function readDifferences(): Promise<Differences> {
  const text = await readFile(join(root, differencesFile), 'utf8').catch(() => '{}');
  return JSON.parse(text) as Differences;
}
