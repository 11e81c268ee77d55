import { open, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/** What this adapter does to a file system, and nothing else. */
export interface Files {
  /** Undefined when there is no such file. */
  read(file: string): Promise<Uint8Array | undefined>;
  isDirectory(path: string): Promise<boolean>;
  /** Puts a whole file in place at once: a reader sees the former one or this one. */
  replace(file: string, text: string): Promise<void>;
  /** One that is gone already is no error. */
  remove(file: string): Promise<void>;
}

/** The machine's own. */
export const nodeFiles: Files = {
  read: (file) => readFile(file).catch(noneFound),
  isDirectory: async (path) => (await stat(path).catch(noneFound))?.isDirectory() ?? false,
  async replace(file, text) {
    // In the same directory, since a rename is atomic within one file system only.
    const next = `${file}.next`;
    await synced(next, 'w', (handle) => handle.writeFile(text));
    await rename(next, file);
    await synced(dirname(file), 'r');
  },
  remove: (file) => rm(file, { force: true }),
};

function noneFound(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}

/** Does something to a file, and waits until it is on the disk. */
async function synced(
  path: string,
  flags: 'r' | 'w',
  doing: (handle: Awaited<ReturnType<typeof open>>) => Promise<void> = async () => undefined,
): Promise<void> {
  const handle = await open(path, flags);
  try {
    await doing(handle);
    await handle.sync();
  } finally {
    await handle.close();
  }
}
