import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startLocalAws } from '@trustloom/local-aws';
import {
  createTestClock,
  makeAlb,
  makeApiGateway,
  makeBucket,
  makeCloudFront,
  makeRolesAnywhere,
} from '@trustloom/testkit';
import type { CliIo } from '../../src/cli/io.ts';
import { run } from '../../src/cli/program.ts';
import { account } from '../support/local.ts';

const region = 'eu-west-1';
const lambda = `arn:aws:lambda:${region}:${account.id}:function:revocation`;

/**
 * One test environment with a target of each kind, in which the command is run as on a terminal of
 * 100 columns, and what it prints is written down. What is random there stands as a number of the
 * same length.
 */
export async function openOutput() {
  const clock = createTestClock('2026-01-05T08:00:00Z');
  const local = await startLocalAws({ accounts: [account], clock, settle: { ms: 0 } });
  const where = { local };
  await makeBucket(where);
  await makeBucket({ local, region: 'us-east-1' });
  const web = await makeCloudFront(where);
  const edge = await makeAlb(where);
  const api = await makeApiGateway(where, 'api.example.com', 'http', { arn: lambda });
  await makeRolesAnywhere(where);
  local.settle();
  const folder = await mkdtemp(join(tmpdir(), 'trustloom-output-'));
  const mask = createMask({
    [local.url]: 'http://127.0.0.1:4566',
    [web.distributionId]: 'E1EXAMPLE00000',
    [api.apiId]: 'a1b2c3d4e5',
  });
  const lines: string[] = [];
  const put = async (name: string, content: string | Uint8Array) => writeFile(join(folder, name), content);
  await put(
    'trustloom.yaml',
    `name: acme
state: "${account.id}/${region}"
groups:
  devices: { from: ./ca.pem, crls: [./root.crl, ./issuing.crl] }
targets:
  web:  { account: "${account.id}", trust: [devices], cloudfront: { distributions: [${web.distributionId}] } }
  edge: { trust: [devices], alb: { listeners: ["${edge.listenerArn}"] } }
  api:  { account: "${account.id}", trust: [devices], apiGateway: { region: ${region}, domain: api.example.com, api: http, authorizer: "${lambda}" } }
  jobs: { account: "${account.id}", trust: [devices], rolesAnywhere: { region: ${region} } }
`,
  );
  return {
    clock,
    local,
    edge,
    put,
    /** What a digest or serial is, so that it stays as it is. */
    keep: mask.keep,
    /** A line between commands: what somebody else does. */
    note: (text: string) => lines.push(`# ${text}`, ''),
    /**
     * Runs the command and writes down what it prints; progress in the order of targets, since they
     * work side by side.
     */
    async run(...args: readonly string[]) {
      let out = '';
      let err = '';
      const io: CliIo = {
        env: { ...local.env, AWS_REGION: region, NO_COLOR: '1' },
        cwd: folder,
        out: (text) => {
          out += text;
        },
        err: (text) => {
          err += text;
        },
        outIsTerminal: true,
        errIsTerminal: false,
        inIsTerminal: false,
        outColumns: 100,
        readStdin: async () => '',
        ask: async () => '',
        signal: new AbortController().signal,
        clock,
      };
      const code = await run(args, io);
      const lead = err.split('\n').filter((line) => line !== '' && !isProgress(line));
      const progress = err.split('\n').filter(isProgress).sort();
      const typed = args.map((arg) => (arg.includes(' ') ? `"${arg}"` : arg)).join(' ');
      lines.push(
        `$ trustloom ${typed}`,
        ...[...progress, ...lead].map((line) => `(stderr) ${line}`),
        ...(out === '' ? [] : [out.trimEnd()]),
        `(exit ${code})`,
        '',
      );
      return out;
    },
    /** All that was printed. */
    text: () => mask.of(lines.join('\n')),
    async [Symbol.asyncDispose]() {
      await local.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Targets work side by side, so that the order of their lines is not the same in every run. */
function isProgress(line: string): boolean {
  return /^(web|edge|api|jobs): /.test(line);
}

/**
 * Ids and digests that are not the same in every run, each replaced by a number of the same length.
 */
function createMask(known: Readonly<Record<string, string>>) {
  const kept = new Set<string>();
  const numbers = new Map<string, string>();
  const numbered = (value: string) => {
    if (kept.has(value) || /^\d+$/.test(value)) return value;
    const number = numbers.get(value) ?? String(numbers.size + 1).padStart(value.length, '0');
    numbers.set(value, number);
    return number;
  };
  return {
    keep(value: string) {
      for (const length of [8, 12, value.length]) kept.add(value.slice(0, length));
    },
    of(text: string) {
      const replaced = Object.entries(known).reduce((all, [from, to]) => all.replaceAll(from, to), text);
      return replaced
        .replace(/\/\S*trustloom-output-\w+/g, '/home/ann')
        .replace(/edge-\d{6,}/g, 'edge-1234567890')
        .replace(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, (id) => '0'.repeat(id.length))
        .replace(/(?<![0-9A-Za-z])[0-9a-f]{8,64}(?![0-9A-Za-z])/g, numbered);
    },
  };
}
