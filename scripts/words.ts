/**
 * The words of this project: no declared name bears a word that was given up, and no string,
 * comment or page has one of its phrases. `tsx scripts/words.ts [names|phrases]` prints what it
 * finds, with a count by word. The tables stand in `words.data.ts`.
 *
 * Names are read off the syntax tree, so that a name is checked once, where it is declared, and
 * what others declare (AWS, Node) never is. A word is looked for among the words of the name
 * (`crlLists` is `crl lists`), never in the middle of one: `list` is not in `listener`.
 */

import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import ts from 'typescript';
import {
  type Exception,
  type NameKind,
  type NameRule,
  nameExceptions,
  names,
  phraseExceptions,
  phrases,
} from './words.data.ts';

const root = resolve(import.meta.dirname, '..');
/** The tables of words themselves; schemas, changelogs and the lockfile are generated. */
const skipped = /^scripts\/words|\/schema\/|CHANGELOG|pnpm-lock/;

/** Complaints about words, each with its file and line. */
export async function checkWords(): Promise<readonly string[]> {
  const found = await findAll();
  return found.map(({ text }) => text);
}

interface Found {
  readonly kind: 'names' | 'phrases';
  readonly word: string;
  readonly text: string;
}

async function findAll(): Promise<readonly Found[]> {
  const { stdout } = await promisify(execFile)('git', ['ls-files', '-co', '--exclude-standard'], {
    cwd: root,
    maxBuffer: 1 << 26,
  });
  const files = [...new Set(stdout.split('\n'))].filter(
    (file) => /\.(ts|md)$/.test(file) && !skipped.test(file),
  );
  const found = await Promise.all(
    files.sort().map(async (file) => {
      const text = await readFile(join(root, file), 'utf8').catch(() => '');
      return file.endsWith('.md') ? inText(file, text, 0, text) : inSource(file, text);
    }),
  );
  return found.flat();
}

function inSource(file: string, text: string): readonly Found[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const found: Found[] = [];
  const line = (at: number) => source.getLineAndCharacterOfPosition(at).line + 1;
  const check = (name: string, kind: NameKind, at: number, beside: readonly string[]) => {
    const rule = ruleFor(name, kind, file, beside);
    if (rule === undefined) return;
    const { words, instead } = rule;
    found.push({
      kind: 'names',
      word: words,
      text: `${file}:${line(at)}: ${kind} ${name}: not "${words}" but ${instead}`,
    });
  };
  check(basename(file).replace(/(\.(test|bench|data))?\.ts$/, ''), 'file', 0, []);
  const comments = new Set<number>();
  const visit = (node: ts.Node): void => {
    const declared = declaredName(node);
    if (declared !== undefined)
      check(declared.name.text, declared.kind, declared.name.getStart(source), siblings(node));
    for (const { pos, end } of ts.getLeadingCommentRanges(text, node.pos) ?? []) {
      if (comments.has(pos)) continue;
      comments.add(pos);
      found.push(...inText(file, text.slice(pos, end), pos, text));
    }
    if (isText(node)) found.push(...inText(file, node.text, node.getStart(source), text));
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

type Named = ts.Identifier | ts.StringLiteral;

/** The name that a node declares. Imports and shorthands repeat one that is declared elsewhere. */
function declaredName(node: ts.Node): { readonly name: Named; readonly kind: NameKind } | undefined {
  if (ts.isLiteralTypeNode(node) && ts.isStringLiteral(node.literal) && !isKeyOf(node))
    return { name: node.literal, kind: 'literal' };
  if (!('name' in node)) return undefined;
  const name = node.name as ts.Node | undefined;
  if (name === undefined || !(ts.isIdentifier(name) || ts.isStringLiteral(name))) return undefined;
  if (ts.isVariableDeclaration(node) || ts.isParameter(node)) return { name, kind: 'variable' };
  if (ts.isBindingElement(node))
    return ts.isObjectBindingPattern(node.parent) && node.propertyName === undefined
      ? undefined
      : { name, kind: 'variable' };
  if (ts.isFunctionDeclaration(node) || ts.isFunctionExpression(node)) return { name, kind: 'function' };
  if (
    ts.isInterfaceDeclaration(node) ||
    ts.isTypeAliasDeclaration(node) ||
    ts.isClassDeclaration(node) ||
    ts.isTypeParameterDeclaration(node)
  )
    return { name, kind: 'type' };
  if (
    ts.isPropertySignature(node) ||
    ts.isPropertyDeclaration(node) ||
    ts.isPropertyAssignment(node) ||
    ts.isMethodSignature(node) ||
    ts.isMethodDeclaration(node) ||
    ts.isGetAccessorDeclaration(node) ||
    ts.isNamedTupleMember(node)
  )
    return { name, kind: 'member' };
  return undefined;
}

/** `Pick<T, 'a'>` and `T['a']` name a member that is declared elsewhere. */
function isKeyOf({ parent }: ts.LiteralTypeNode): boolean {
  const outer = ts.isUnionTypeNode(parent) ? parent.parent : parent;
  return (
    ts.isIndexedAccessTypeNode(outer) ||
    ts.isTypeReferenceNode(outer) ||
    ts.isExpressionWithTypeArguments(outer)
  );
}

/** Names beside this one in its union or object. */
function siblings(node: ts.Node): readonly string[] {
  const { parent } = node;
  if (ts.isUnionTypeNode(parent))
    return parent.types.flatMap((one) =>
      ts.isLiteralTypeNode(one) && ts.isStringLiteral(one.literal) ? [one.literal.text] : [],
    );
  if (ts.isObjectLiteralExpression(parent))
    return parent.properties.flatMap(({ name }) =>
      name !== undefined && ts.isIdentifier(name) ? [name.text] : [],
    );
  return [];
}

function ruleFor(
  name: string,
  kind: NameKind,
  file: string,
  beside: readonly string[],
): NameRule | undefined {
  const words = ` ${wordsOf(name).join(' ')} `;
  const rule = names.find(
    (one) =>
      (one.alone ? words === ` ${one.words} ` : words.includes(` ${one.words} `)) &&
      (one.kinds?.includes(kind) ?? true) &&
      (one.in?.test(file) ?? true) &&
      (one.beside === undefined || beside.includes(one.beside)),
  );
  return rule === undefined || isExcepted(nameExceptions, name, file) ? undefined : rule;
}

/** `crlLists`, `CRL_LISTS`, `crl-lists`: `crl`, `lists`. */
function wordsOf(name: string): readonly string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');
}

/** Strings and texts of templates; a name of a module is no text. */
function isText(node: ts.Node): node is ts.LiteralLikeNode {
  if (ts.isStringLiteral(node))
    return !ts.isImportDeclaration(node.parent) && !ts.isExportDeclaration(node.parent);
  return (
    ts.isNoSubstitutionTemplateLiteral(node) ||
    ts.isTemplateHead(node) ||
    ts.isTemplateMiddleOrTemplateTail(node)
  );
}

/** Phrases may run over the end of a line, also in a comment. */
function inText(file: string, part: string, at: number, whole: string): readonly Found[] {
  const flat = part.replace(/\n[ \t]*(\* |\/\/ )?/g, (end) => ' '.padEnd(end.length));
  return phrases.flatMap(({ phrase, instead }) =>
    [...flat.matchAll(new RegExp(phrase.source.replaceAll(' ', ' +'), 'gi'))]
      .filter(([match]) => !isExcepted(phraseExceptions, match, file))
      .map((match): Found => {
        const line = whole.slice(0, at + match.index).split('\n').length;
        const words = match[0].replace(/\s+/g, ' ');
        return {
          kind: 'phrases',
          word: words.toLowerCase(),
          text: `${file}:${line}: not "${words}" but ${instead}`,
        };
      }),
  );
}

function isExcepted(exceptions: readonly Exception[], what: string, file: string): boolean {
  return exceptions.some((one) => one.what.test(what) && (one.in?.test(file) ?? true));
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === import.meta.filename) {
  const only = process.argv[2];
  const found = (await findAll()).filter(({ kind }) => only === undefined || kind === only);
  for (const { text } of found) console.log(text);
  const counts = new Map<string, number>();
  for (const { kind, word } of found)
    counts.set(`${kind}: ${word}`, (counts.get(`${kind}: ${word}`) ?? 0) + 1);
  for (const [word, count] of [...counts].sort(([, a], [, b]) => b - a)) console.error(`${count} ${word}`);
  console.error(`${found.length} in all`);
  process.exitCode = found.length === 0 ? 0 : 1;
}
