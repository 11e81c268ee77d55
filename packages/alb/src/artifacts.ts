import { type Artifact, bundlePem, type Certificate, crlPem, sha256Hex } from '@trustloom/core';
import type { DesiredList } from './state.ts';

/** The canonical bundle of a set of CAs, as a file to upload. */
export function bundleArtifact(cas: readonly Certificate[]): Artifact {
  const body = bundlePem(cas);
  return { sha256: sha256Hex(body), kind: 'bundle', body };
}

/** A list as a file to upload: PEM, one list a file. */
export function listArtifact({ crl, artifact }: DesiredList): Artifact {
  return { sha256: artifact, kind: 'crl', body: crlPem(crl) };
}

/** A list with the name of its file. */
export function listOf({ issuer, crl }: Omit<DesiredList, 'artifact'>): DesiredList {
  return { issuer, crl, artifact: sha256Hex(crlPem(crl)) };
}
