import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { type IssuedCrl, serverlessCaBucket } from '@trustloom/testkit';
import { account } from './local.ts';
import type { Team } from './team.ts';

/** Puts a CRL where the source of a CA has it, also one that no run of the CA would publish. */
export async function putCrl(
  { ca, local }: Pick<Team, 'ca' | 'local'>,
  by: 'root' | 'issuing',
  { der }: IssuedCrl,
): Promise<void> {
  const accountRegion = { account: account.id, region: 'eu-west-1' };
  const s3 = new S3Client({ ...local.clientConfig('s3', accountRegion), forcePathStyle: true });
  const Key = by === 'issuing' ? ca.keys.issuingCrl : ca.keys.rootCrl;
  await s3.send(new PutObjectCommand({ Bucket: serverlessCaBucket(), Key, Body: der }));
}
