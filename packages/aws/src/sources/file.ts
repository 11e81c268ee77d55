import { open } from 'node:fs/promises';
import { resolve } from 'node:path';
import { TrustloomError } from '@trustloom/core';
import { collect, tooLarge } from '../s3/read-object.ts';

/** Reads a file up to a size; rejects as Node does, with `code`. */
export type ReadFile = (path: string, maxBytes: number) => Promise<Uint8Array>;

/** Reads a file of the machine, and no more of it than `maxBytes` and a little. */
export const readLocalFile: ReadFile = async (path, maxBytes) => {
  const file = await open(path, 'r');
  try {
    return await collect(file.createReadStream({ autoClose: false }), maxBytes, path);
  } finally {
    await file.close();
  }
};

/**
 * Reads a file that a definition names.
 *
 * @param path as written; relative to `baseDir`
 * @throws TrustloomError `file-not-found`, `source-denied`, `source-unreachable`,
 *   `source-too-large`
 */
export async function fetchFile(
  path: string,
  baseDir: string,
  maxBytes: number,
  readFile: ReadFile,
): Promise<{ readonly bytes: Uint8Array; readonly from: string }> {
  try {
    const bytes = await readFile(resolve(baseDir, path), maxBytes);
    if (bytes.byteLength > maxBytes) throw tooLarge(path, maxBytes);
    return { bytes, from: path };
  } catch (error) {
    if (error instanceof TrustloomError)
      throw error.code === 'source-too-large' ? tooLarge(path, maxBytes) : error;
    throw failed(path, typeof error === 'object' && error !== null ? Reflect.get(error, 'code') : undefined);
  }
}

function failed(path: string, code: unknown): TrustloomError {
  const context = { context: { address: path } };
  if (code === 'ENOENT' || code === 'ENOTDIR')
    return new TrustloomError('file-not-found', `${path}: no such file`, context);
  if (code === 'EACCES' || code === 'EPERM')
    return new TrustloomError('source-denied', `${path}: the file may not be read`, context);
  if (code === 'EISDIR') return new TrustloomError('source-unreachable', `${path}: is a directory`, context);
  return new TrustloomError(
    'source-unreachable',
    `${path}: ${typeof code === 'string' ? code : 'cannot be read'}`,
    context,
  );
}
