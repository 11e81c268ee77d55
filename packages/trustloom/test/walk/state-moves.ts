import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { account } from '../support/local.ts';
import { pickBy } from './dice.ts';
import type { Move, World } from './world.ts';

interface StateBucket {
  readonly Bucket: string;
  readonly s3: S3Client;
}

function bucketOf({ local, stateRegion }: World): StateBucket {
  const config = local.clientConfig('s3', { account: account.id, region: stateRegion });
  return {
    Bucket: `trustloom-${account.id}-${stateRegion}`,
    s3: new S3Client({ ...config, forcePathStyle: true }),
  };
}

async function keysOf({ Bucket, s3 }: StateBucket, Prefix = 'acme/'): Promise<readonly string[]> {
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix }));
  return Contents.flatMap(({ Key }) => Key ?? []);
}

/** From now on the state does not have all that was decided. */
function hurt({ memory }: World, lost: boolean): void {
  memory.hurt = true;
  memory.lost = memory.lost || (lost && memory.applied.size > 0);
}

async function remove(world: World, keys: readonly string[]): Promise<string | undefined> {
  const bucket = bucketOf(world);
  const there = (await keysOf(bucket)).filter((key) => keys.includes(key));
  if (there.length === 0) return undefined;
  for (const Key of there) await bucket.s3.send(new DeleteObjectCommand({ Bucket: bucket.Bucket, Key }));
  hurt(world, true);
  return there.join(', ');
}

const [trust, revocation] = ['acme/trust.json', 'acme/revocation.json'];

const losses: Readonly<Record<string, Move>> = {
  'delete trust.json': (world) => remove(world, [trust]),
  'delete revocation.json': (world) => remove(world, [revocation]),
  'delete the whole state': (world) => remove(world, [trust, revocation]),
  async 'delete the retained files'(world) {
    const { Bucket, s3 } = bucketOf(world);
    const keys = [
      ...(await keysOf({ Bucket, s3 }, 'acme/retained/')),
      ...(await keysOf({ Bucket, s3 }, 'acme/crls/')),
    ];
    for (const Key of keys) await s3.send(new DeleteObjectCommand({ Bucket, Key }));
    if (keys.length === 0) return undefined;
    hurt(world, false);
    return `${keys.length} files`;
  },
  async 'restore an earlier state'(world, [which = 0, both = 0]) {
    const { Bucket, s3 } = bucketOf(world);
    const keys = both < 0.5 ? [revocation] : [trust, revocation];
    const done: string[] = [];
    for (const Key of keys) {
      const { Versions = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket, Prefix: Key }));
      const ids = Versions.flatMap(({ VersionId }) => VersionId ?? []);
      if (ids.length < 2) continue;
      const VersionId = pickBy(ids.slice(1), which);
      const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key, VersionId }));
      const text = (await Body?.transformToString()) ?? '';
      await s3.send(new PutObjectCommand({ Bucket, Key, Body: text, ContentType: 'application/json' }));
      done.push(`${Key}, ${ids.indexOf(VersionId)} versions back`);
    }
    if (done.length === 0) return undefined;
    hurt(world, false);
    // What was lost may be back.
    world.memory.lost = false;
    return done.join('; ');
  },
  async 'move the state to another region'(world, [to = 0]) {
    const others = ['eu-west-1', 'eu-central-1', 'us-east-1'].filter((one) => one !== world.stateRegion);
    world.stateRegion = pickBy(others, to);
    const isEmpty =
      (await keysOf(bucketOf(world))).filter((key) => [trust, revocation].includes(key)).length < 2;
    world.memory.lost = false;
    hurt(world, isEmpty);
    return `${world.stateRegion}${isEmpty ? '' : ', where an earlier one lies'}`;
  },
  async 'empty the deny list by hand'(world) {
    const { Bucket, s3 } = bucketOf(world);
    if (!(await keysOf({ Bucket, s3 })).includes(revocation)) return undefined;
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: revocation }));
    const object = JSON.parse((await Body?.transformToString()) ?? '{}') as {
      readonly deny?: readonly unknown[];
    };
    if (object.deny === undefined || object.deny.length === 0) return undefined;
    const text = `${JSON.stringify({ ...object, deny: [] }, null, 2)}\n`;
    await s3.send(
      new PutObjectCommand({ Bucket, Key: revocation, Body: text, ContentType: 'application/json' }),
    );
    hurt(world, false);
    return `${object.deny.length} entries`;
  },
};

/** Moves that take the memory of Trustloom away, or put another one there. */
export const stateMoves: Readonly<Record<string, Move>> = Object.fromEntries(
  Object.entries(losses).map(([name, move]): [string, Move] => [
    name,
    async (world, picks) => (world.memory.renamed ? undefined : move(world, picks)),
  ]),
);
