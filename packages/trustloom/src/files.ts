import { access, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { emptyLock, formatLock, type Lock, parseLock, TrustloomError } from '@trustloom/core';

/** Name of the definition's file. */
export const definitionFile = 'trustloom.yaml';

/**
 * Finds the definition from a folder upward, as tools do that are run from anywhere in a
 * repository.
 *
 * @throws TrustloomError `definition-not-found`
 */
export async function findDefinition(from: string): Promise<string> {
  for (let folder = resolve(from); ; folder = dirname(folder)) {
    const file = join(folder, definitionFile);
    if (await exists(file)) return file;
    if (dirname(folder) === folder)
      throw new TrustloomError(
        'definition-not-found',
        `no ${definitionFile} in ${resolve(from)} or above; write one with \`trustloom init\``,
      );
  }
}

/** @throws TrustloomError `definition-not-found` */
export async function readDefinition(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new TrustloomError('definition-not-found', `${file}: cannot be read`, { cause });
  }
}

/** The lock beside a definition; empty while there is none. */
export async function readLock(file: string): Promise<Lock> {
  if (!(await exists(file))) return emptyLock;
  return parseLock(await readFile(file, 'utf8'), file);
}

/** Writes the lock whole or not at all. */
export async function writeLock(file: string, lock: Lock): Promise<void> {
  const draft = `${file}.${process.pid}.tmp`;
  await writeFile(draft, formatLock(lock), { mode: 0o644 });
  await rename(draft, file);
}

export async function exists(file: string): Promise<boolean> {
  try {
    await access(file);
    return true;
  } catch {
    return false;
  }
}
