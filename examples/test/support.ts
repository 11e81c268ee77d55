import { spawn } from 'node:child_process';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { PutBucketPolicyCommand } from '@aws-sdk/client-s3';
import { type LocalAws, startLocalAws } from '@trustloom/local-aws';
import {
  makeBucket,
  makeEnvironment,
  type ServerlessCa,
  serverlessCaBucket,
  startServerlessCa,
  type TestEnvironment,
} from '@trustloom/testkit';

const root = resolve(import.meta.dirname, '../..');
const accounts = [
  { id: '222222222222', accessKeyId: 'AKIALOCALAWS22222222', secretAccessKey: 'local-aws-222222222222' },
  { id: '111111111111', accessKeyId: 'AKIALOCALAWS11111111', secretAccessKey: 'local-aws-111111111111' },
];

/** What a process came to. */
export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/**
 * A local AWS with four places, a private CA in an account of its own, and a copy of one example to
 * run commands in.
 */
export interface Scene extends AsyncDisposable {
  readonly local: LocalAws;
  readonly environment: TestEnvironment;
  readonly ca: ServerlessCa;
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  /** Runs the command; `until` ends it with SIGKILL when it says so. */
  trustloom(args: readonly string[], until?: () => boolean): Promise<Ran>;
  /** Runs any command in the folder, with the variables of the local AWS. */
  run(command: string, args: readonly string[]): Promise<Ran>;
}

/** Sets up one example. */
export async function openScene(example: string): Promise<Scene> {
  const local = await startLocalAws({ accounts });
  const bucket = serverlessCaBucket();
  const { s3 } = await makeBucket({ local, account: '111111111111' }, bucket);
  const Policy = JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { AWS: 'arn:aws:iam::222222222222:root' },
        Action: ['s3:GetObject', 's3:ListBucket'],
        Resource: [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`],
      },
    ],
  });
  await s3.send(new PutBucketPolicyCommand({ Bucket: bucket, Policy }));
  const ca = await startServerlessCa({ s3, bucket });
  ca.revoke((await ca.issue('CN=long gone')).serial);
  await ca.dailyRun();
  await makeBucket({ local });
  await makeBucket({ local, region: 'us-east-1' });
  const environment = await makeEnvironment({ local });
  local.settle();
  const folder = await mkdtemp(join(tmpdir(), 'trustloom-example-'));
  await cp(join(root, 'examples', example), folder, {
    recursive: true,
    filter: (path) => !path.includes('node_modules'),
  });
  await writeFile(join(folder, 'ca.pem'), ca.root().pem + ca.issuing().pem);
  await writeFile(join(folder, 'ca.crl'), ca.issuing().issueCrl({ entries: [{ serial: 'a1b2' }] }).der);
  const env: Readonly<Record<string, string>> = {
    ...inherited(),
    ...local.env,
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    CA_BUCKET: bucket,
    DISTRIBUTION: environment.web.distributionId,
    LISTENER: environment.edge.listenerArn,
    DOMAIN: environment.api.domain,
  };
  const source = ['--conditions=@trustloom/source', '--import', import.meta.resolve('tsx')];
  const run = (command: string, args: readonly string[], until?: () => boolean) =>
    runProcess(command, args, { cwd: folder, env }, until);
  return {
    local,
    environment,
    ca,
    folder,
    env,
    trustloom: (args, until) =>
      run(process.execPath, [...source, join(root, 'packages/trustloom/src/cli/main.ts'), ...args], until),
    run,
    async [Symbol.asyncDispose]() {
      await local.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function inherited(): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(process.env).filter(
      (entry): entry is [string, string] => entry[1] !== undefined && !entry[0].startsWith('AWS_'),
    ),
  );
}

function runProcess(
  command: string,
  args: readonly string[],
  options: { readonly cwd: string; readonly env: Readonly<Record<string, string>> },
  until?: () => boolean,
): Promise<Ran> {
  return new Promise((done, reject) => {
    const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    let out = '';
    let err = '';
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      err += chunk.toString();
    });
    const watch = until === undefined ? undefined : setInterval(() => until() && child.kill('SIGKILL'), 1);
    child.on('error', reject);
    child.on('close', (code) => {
      clearInterval(watch);
      done({ code, out, err });
    });
  });
}

/** Calls that change something on the four services and on S3, so far. */
export function writesOf(local: LocalAws): number {
  return local
    .calls()
    .filter(
      ({ action, service, status }) =>
        service !== 'sts' && status < 400 && !/^(Get|List|Describe|Head)/.test(action),
    ).length;
}
