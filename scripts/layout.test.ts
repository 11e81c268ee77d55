/**
 * The layout of the code, as `docs/contributing` describes it: core names no service, adapters have
 * the same files, and no file is long.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';

const packages = resolve(import.meta.dirname, '../packages');
const adapters = ['alb', 'api-gateway', 'cloudfront', 'roles-anywhere'];

/** The names at the top of an adapter; each a file, or a folder with an index. */
const names = [
  ...['index', 'service', 'target', 'render', 'observe', 'perform', 'model', 'plan', 'port', 'revocation'],
];
const namesOfPlan = ['index', 'ca-bundle', 'crls', 'attachments', 'teardown'];
/** Files beside these names, with the reason. */
const strays: Readonly<Record<string, string>> = {};

/** Words by which core would name a service, where code and not a comment has them. */
const serviceWords =
  /cloud ?front|\balb\b|api[- ]?gateway|roles[- ]?anywhere|elasticloadbalancing|authorizer/i;
/** Folders of core that may name services, with the reason. */
const namedInCore: Readonly<Record<string, string>> = {
  'errors/codes/':
    'the reference of all codes, whichever services are loaded: sentences for people, and nothing decides by them',
};
/** Files of 300 lines and more, with the reason. */
const longFiles: Readonly<Record<string, string>> = {
  'local-aws/src/services/cloudfront/distributions.ts': 'reads the whole document of a distribution',
  'local-aws/src/start.ts': 'what a local AWS is started with, and all that can be asked of it',
  'local-aws/src/wire/schema.ts': 'the one file that knows the schemas of the SDK',
};

/** Files of a folder and of those below it, by their paths from there. */
function filesOf(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}

const read = (...path: readonly string[]) => readFileSync(join(packages, ...path), 'utf8');

/** Names and texts of a source, comments left out. */
function wordsIn(file: string, text: string): readonly string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node) || ts.isStringLiteralLike(node) || ts.isTemplateLiteralToken(node))
      found.push(node.text);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, text, ts.ScriptTarget.Latest));
  return found;
}

test('core names no service in its code', () => {
  const found = filesOf(join(packages, 'core/src')).flatMap((file) =>
    wordsIn(file, read('core/src', file))
      // `theirAlb` is `their alb`.
      .map((word) => word.replace(/([a-z])([A-Z])/g, '$1 $2'))
      .filter((word) => serviceWords.test(word))
      .map((word) => ({ file, word })),
  );
  const folders = Object.keys(namedInCore);
  const stays = (one: { readonly file: string }) => folders.some((folder) => one.file.startsWith(folder));
  expect(found.filter((one) => !stays(one))).toEqual([]);
  expect(folders.filter((folder) => !found.some(({ file }) => file.startsWith(folder)))).toEqual([]);
});

describe.each(adapters)('%s', (adapter) => {
  const files = filesOf(join(packages, adapter, 'src'));

  test('has the files of every adapter, and none beside them', () => {
    const allowed = (file: string) => {
      const [first = '', second, ...deeper] = file.replace(/\.ts$/, '').split('/');
      if (!names.includes(first)) return false;
      if (first !== 'plan' || second === undefined) return true;
      return namesOfPlan.includes(second) && deeper.length <= 1;
    };
    const others = files.filter((file) => !allowed(file)).map((file) => `${adapter}/src/${file}`);
    expect(others.filter((file) => strays[file] === undefined)).toEqual([]);
  });

  test('a name is a file or a folder with an index, never both', () => {
    const folders = new Set(
      files.flatMap((file) =>
        file
          .split('/')
          .slice(0, -1)
          .map((_, at, all) =>
            file
              .split('/')
              .slice(0, all.length - at)
              .join('/'),
          ),
      ),
    );
    for (const folder of folders) {
      expect(files).toContain(`${folder}/index.ts`);
      expect(files).not.toContain(`${folder}.ts`);
    }
  });

  test('its steps are typed: no JsonObject, no `do`', () => {
    for (const file of files) {
      const text = read(adapter, 'src', file);
      if (/^(plan|model)\b/.test(file))
        expect([file, text.match(/\bJsonObject\b/)?.[0]]).toEqual([file, undefined]);
      expect([file, text.match(/^\s*(readonly )?do: /m)?.[0]]).toEqual([file, undefined]);
    }
  });
});

test('no file has 300 lines', () => {
  const found = readdirSync(packages).flatMap((name) =>
    filesOf(join(packages, name, 'src'))
      .map((file) => [`${name}/src/${file}`, read(name, 'src', file).trimEnd().split('\n').length] as const)
      .filter(([, lines]) => lines >= 300),
  );
  expect(found.map(([file]) => file)).toEqual(Object.keys(longFiles));
});

test('exceptions are of files that exist', () => {
  const all = new Set(
    adapters.flatMap((name) => filesOf(join(packages, name, 'src')).map((file) => `${name}/src/${file}`)),
  );
  expect(Object.keys(strays).filter((file) => !all.has(file))).toEqual([]);
});
