import { type Artifact, crlPem, sha256Hex } from '@trustloom/core';
import type { DesiredList } from './state.ts';

/** A list as a file to upload: PEM, one list a file. */
export function listArtifact({ crl, artifact }: DesiredList): Artifact {
  return { sha256: artifact, kind: 'crl', body: crlPem(crl) };
}

/** A list with the name of its file. */
export function listOf({ issuer, crl }: Omit<DesiredList, 'artifact'>): DesiredList {
  return { issuer, crl, artifact: sha256Hex(crlPem(crl)) };
}
