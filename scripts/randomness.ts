/**
 * Tests have no luck: every random value in them comes from the seed of the run (`test-setup.ts`).
 * Names the places in tests, benchmarks, scripts and the testkit that take one from elsewhere.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import ts from 'typescript';

const root = resolve(import.meta.dirname, '..');
const sources =
  /^(?:packages\/[^/]+\/test\/|packages\/testkit\/src\/|bench\/|scripts\/|examples\/(?:[^/]+\/)?test\/).*\.[cm]?[jt]s$/;

/** Who may, with the reason. */
const allowed: Readonly<Record<string, string>> = {
  'packages/testkit/src/seed.ts': 'what users of the testkit get who give no seed',
  'scripts/randomness.ts': 'names them to find them',
  'scripts/randomness.test.ts': 'plants them to see them found',
};

const forbidden = new Set([
  ...['randomBytes', 'pseudoRandomBytes', 'randomUUID', 'randomInt', 'randomFill', 'randomFillSync'],
  ...['getRandomValues', 'generatePrime', 'generatePrimeSync', 'systemRandom'],
]);

/** What a source takes from the operating system or the engine, by line. Comments do not count. */
export function unseeded(file: string, text: string): readonly string[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const found: string[] = [];
  const report = (node: ts.Node, name: string) => {
    const { line } = source.getLineAndCharacterOfPosition(node.getStart(source));
    found.push(`${file}:${line + 1}: ${name} does not come from the seed`);
  };
  const visit = (node: ts.Node): void => {
    const isName = ts.isIdentifier(node) || isKey(node);
    if (isName && forbidden.has(node.text)) report(node, node.text);
    // However it is got at: `Math.random`, `Math['random']`, `const { random } = Math`.
    if (ts.isIdentifier(node) && node.text === 'Math' && mathRandom(node.parent)) report(node, 'Math.random');
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** A text between brackets: `crypto['randomBytes']`. */
function isKey(node: ts.Node): node is ts.StringLiteral {
  return ts.isStringLiteral(node) && ts.isElementAccessExpression(node.parent);
}

function mathRandom(parent: ts.Node): boolean {
  if (ts.isPropertyAccessExpression(parent)) {
    // `globalThis.Math.random`: there, `Math` itself is the name of the inner access.
    const name = parent.name.text === 'Math' ? nameOf(parent.parent) : parent.name.text;
    return name === 'random';
  }
  if (ts.isElementAccessExpression(parent)) {
    const key = parent.argumentExpression;
    return !ts.isStringLiteral(key) || key.text === 'random';
  }
  if (!ts.isVariableDeclaration(parent) || !ts.isObjectBindingPattern(parent.name)) return false;
  return parent.name.elements.some((one) => (one.propertyName ?? one.name).getText() === 'random');
}

const nameOf = (node: ts.Node) => (ts.isPropertyAccessExpression(node) ? node.name.text : undefined);

/** Complaints about all of the project; none is well. */
export async function checkRandomness(): Promise<readonly string[]> {
  const files = ['packages', 'bench', 'scripts', 'examples'].flatMap(filesBelow);
  return files
    .filter((file) => sources.test(file) && !Object.hasOwn(allowed, file))
    .flatMap((file) => unseeded(file, readFileSync(join(root, file), 'utf8')));
}

function filesBelow(folder: string): readonly string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    if (entry.name === 'node_modules' || entry.name === 'dist') return [];
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return filesBelow(path);
    return entry.isFile() ? [relative(root, join(root, path)).replaceAll('\\', '/')] : [];
  });
}
