/**
 * Code in the pages for contributors is code that runs: a block that names a file (```ts
 * examples/nginx-adapter/src/index.ts) stands in that file, word for word.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '..');
const folder = join(root, 'docs/contributing');

interface Block {
  readonly page: string;
  readonly file: string;
  readonly code: string;
}

async function blocks(): Promise<readonly Block[]> {
  const pages = (await readdir(folder)).filter((name) => name.endsWith('.md'));
  const found = await Promise.all(
    pages.map(async (page) =>
      [...(await readFile(join(folder, page), 'utf8')).matchAll(/^```\w+ (\S+)\n([\s\S]*?)^```$/gm)].map(
        ([, file = '', code = '']): Block => ({ page, file, code }),
      ),
    ),
  );
  return found.flat();
}

test('every block that names a file stands in it', async () => {
  const all = await blocks();
  expect(all.length).toBeGreaterThan(10);
  for (const { page, file, code } of all) {
    const text = await readFile(join(root, file), 'utf8').catch(() => `no file ${file}`);
    expect(text, `${page}: a block of ${file}`).toContain(code);
  }
});

test('every block of TypeScript names its file', async () => {
  for (const page of (await readdir(folder)).filter((name) => name.endsWith('.md')))
    expect((await readFile(join(folder, page), 'utf8')).match(/^```ts$/gm), page).toBeNull();
});

test('every path of the repository that a page names exists', async () => {
  for (const page of (await readdir(folder)).filter((name) => name.endsWith('.md'))) {
    const text = await readFile(join(folder, page), 'utf8');
    const paths = [...text.matchAll(/`((?:packages|examples|scripts|docs)\/[^\s`*<>]+)`/g)];
    for (const [, path = ''] of paths) {
      const parent = await readdir(join(root, path, '..')).catch((): string[] => []);
      expect(parent, `${page}: ${path}`).toContain(path.replace(/\/$/, '').split('/').at(-1));
    }
  }
});
