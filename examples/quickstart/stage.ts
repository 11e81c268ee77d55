import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  DeleteObjectCommand,
  ListObjectVersionsCommand,
  PutBucketPolicyCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { type AuthorizerEvent, createAuthorizer, s3Objects } from '@trustloom/api-gateway/authorizer';
import { type LocalAws, startLocalAws } from '@trustloom/local-aws';
import {
  createTestClock,
  makeBucket,
  makeEnvironment,
  type ServerlessCa,
  serverlessCaBucket,
  startServerlessCa,
  type TestClock,
  type TestEnvironment,
} from '@trustloom/testkit';
import { type OpenedTrustloom, openTrustloom } from 'trustloom';
import { definitionText } from './definition.ts';

/** Account of the applications; its keys are those that the local AWS hands out. */
const apps = {
  id: '222222222222',
  accessKeyId: 'AKIALOCALAWS22222222',
  secretAccessKey: 'local-aws-222222222222',
};
/** Account of the CA: nobody of the applications may write there. */
const ca = {
  id: '111111111111',
  accessKeyId: 'AKIALOCALAWS11111111',
  secretAccessKey: 'local-aws-111111111111',
};

/** The Lambda function that a team deploys once, with its own tool, and names in the definition. */
export const authorizer = 'arn:aws:lambda:eu-west-1:222222222222:function:revocation';

/** How often the function asks for news. */
export const authorizerLooksEveryMs = 10_000;

/** Everything that the story needs, running in this process. */
export interface Stage extends AsyncDisposable {
  readonly local: LocalAws;
  readonly clock: TestClock;
  readonly ca: ServerlessCa;
  /** The bucket in which the CA publishes. */
  readonly bucket: string;
  readonly environment: TestEnvironment;
  readonly folder: string;
  /** The definition as the team wrote it. */
  readonly definition: string;
  open(): Promise<OpenedTrustloom>;
  /** The bucket with what Trustloom remembers between runs. */
  readonly stateBucket: string;
  /** Deletes what it remembers of revocation, with all versions; gives what was deleted. */
  loseState(): Promise<string>;
}

/**
 * Starts the local AWS and the private CA; its clock jumps, so nobody waits for settling or rates.
 */
export async function openStage(): Promise<Stage> {
  const clock = createTestClock();
  const local = await startLocalAws({ clock, accounts: [apps, ca] });
  const bucket = serverlessCaBucket();
  const { s3 } = await makeBucket({ local, account: ca.id }, bucket);
  await s3.send(new PutBucketPolicyCommand({ Bucket: bucket, Policy: readPolicy(bucket) }));
  const publisher = await startServerlessCa({ s3, bucket, clock, name: 'Acme' });
  // What a team makes once, before its first apply: the buckets for the state and for uploads.
  const state = await makeBucket({ local });
  await makeBucket({ local, region: 'us-east-1' });
  local.lambda(authorizer, authorizerFunction(local, clock));
  const environment = await makeEnvironment({ local });
  local.settle();
  const folder = await mkdtemp(join(tmpdir(), 'trustloom-quickstart-'));
  const definition = definitionText({
    bucket,
    distribution: environment.web.distributionId,
    listener: environment.edge.listenerArn,
    domain: environment.api.domain,
    authorizer,
    profile: environment.jobs.profileArn,
    role: environment.jobs.roleArn,
  });
  await writeFile(join(folder, 'trustloom.yaml'), definition);
  return {
    local,
    clock,
    ca: publisher,
    bucket,
    environment,
    folder,
    definition,
    open: () => openTrustloom(join(folder, 'trustloom.yaml'), { env: local.env, clock }),
    stateBucket: state.bucket,
    loseState: () => deleteAllVersions(state, 'acme/revocation.json'),
    async [Symbol.asyncDispose]() {
      await local.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** As somebody who tidies up: without a version nothing is left that could be restored. */
async function deleteAllVersions(
  { s3, bucket: Bucket }: { readonly s3: S3Client; readonly bucket: string },
  Key: string,
): Promise<string> {
  const { Versions = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket, Prefix: Key }));
  for (const { VersionId } of Versions)
    await s3.send(
      new DeleteObjectCommand({ Bucket, Key, ...(VersionId === undefined ? {} : { VersionId }) }),
    );
  return `${Versions.length} versions`;
}

/** The authorizer as Lambda would run it, but by the story's clock. */
function authorizerFunction(local: LocalAws, clock: TestClock) {
  const check = createAuthorizer({
    objects: s3Objects({
      bucket: `trustloom-${apps.id}-eu-west-1`,
      owner: apps.id,
      client: new S3Client({ ...local.clientConfig('s3', { region: 'eu-west-1' }), forcePathStyle: true }),
    }),
    manifest: 'acme/authorizers/eu-west-1/api.example.com.json',
    pollMs: authorizerLooksEveryMs,
    now: clock.now,
    log: () => undefined,
  });
  return (event: unknown) => check(event as AuthorizerEvent);
}

/**
 * The CA's account lets the applications' account read what it publishes, as `s3_aws_principals` of
 * the module does.
 */
function readPolicy(bucket: string): string {
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { AWS: `arn:aws:iam::${apps.id}:root` },
        Action: ['s3:GetObject', 's3:GetObjectVersion', 's3:ListBucket'],
        Resource: [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`],
      },
    ],
  });
}
