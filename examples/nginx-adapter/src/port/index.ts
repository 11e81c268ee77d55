import { type Code, isTrustloomError, sha256Hex, TrustloomError } from '@trustloom/core/adapter';
import type { Files } from './files.ts';

/** Our own narrow view of the service; no other file knows a file system. */
export interface NginxPort {
  isDirectory(path: string): Promise<boolean>;
  /** Undefined when there is no such file. */
  read(file: string): Promise<Uint8Array | undefined>;
  /** Writes a file if it is still what `replaces` says, and gives its SHA-256. */
  replace(file: string, text: string, replaces: string | undefined): Promise<string>;
  /** Removes a file if it is still what `replaces` says. */
  remove(file: string, replaces: string): Promise<void>;
}

/** What the errors of a file system become. */
const codeOf: Readonly<Record<string, Code>> = {
  EACCES: 'access-denied',
  EPERM: 'access-denied',
  EROFS: 'access-denied',
  EMFILE: 'throttled',
  ENFILE: 'throttled',
  ENOSPC: 'quota-exceeded',
  EIO: 'service-unavailable',
  EBUSY: 'service-unavailable',
};

/** Opens the port for one observation or one write. Does no I/O by itself. */
export function nginxPort(files: Files): NginxPort {
  const read = (file: string) => translated('file:Read', file, () => files.read(file));
  /** A look before the write: the lease keeps our own runs apart, and this notices other hands. */
  const stillThere = async (file: string, replaces: string | undefined) => {
    const bytes = await read(file);
    if ((bytes && sha256Hex(bytes)) !== replaces)
      throw new TrustloomError('object-changed', `${file}: somebody changed it in the meantime`);
  };
  return {
    read,
    isDirectory: (path) => translated('file:Read', path, () => files.isDirectory(path)),
    async replace(file, text, replaces) {
      await stillThere(file, replaces);
      await translated('file:Replace', file, () => files.replace(file, text));
      return sha256Hex(text);
    },
    async remove(file, replaces) {
      await stillThere(file, replaces);
      await translated('file:Remove', file, () => files.remove(file));
    },
  };
}

async function translated<T>(action: string, file: string, doing: () => Promise<T>): Promise<T> {
  try {
    return await doing();
  } catch (error) {
    if (isTrustloomError(error)) throw error;
    const name = error instanceof Error && 'code' in error ? String(error.code) : 'error';
    throw new TrustloomError(codeOf[name] ?? 'service-refused', `${action} ${file}: ${name}`, {
      context: { action },
      cause: error,
    });
  }
}
