import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type Certificate, parseBundle, TrustloomError } from '@trustloom/core';

/** A file with one client certificate, and maybe the intermediates that it sends. */
export async function readChain(
  file: string,
  cwd: string,
): Promise<{ readonly leaf: Certificate; readonly sent: readonly Certificate[] }> {
  const bytes = await readFile(resolve(cwd, file)).catch(() => {
    throw new TrustloomError('file-not-found', `${file}: cannot be read`);
  });
  const { certificates } = parseBundle(bytes, file);
  const [first] = certificates.filter(({ isCa }) => !isCa);
  const leaf = first ?? certificates[0];
  if (leaf === undefined) throw new TrustloomError('usage', `${file}: no certificate in this file`);
  return { leaf, sent: certificates.filter((one) => one !== leaf) };
}
