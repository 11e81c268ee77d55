/**
 * Elements of a document that are younger than the SDK's schemas: a service that keeps documents
 * whole takes them off a request as text, and puts them back where they were in its answers.
 */
import { memberSchema, type Schema } from './schema.ts';

/** A step on the way to an element: its name, and how many of that name stand before it. */
type Step = readonly [name: string, nth: number];

/** An element that no schema knows. */
export interface YoungerElement {
  /** The way from the root to the element that it stands in. */
  readonly parent: readonly Step[];
  readonly xml: string;
}

interface Element {
  readonly name: string;
  readonly start: number;
  /** Behind the start tag. */
  readonly inner: number;
  /** Before the end tag; -1 where there is one tag alone. */
  close: number;
  end: number;
  readonly children: Element[];
}

/** Tags, and what may hold `<` without being one. The document was parsed before. */
const TOKEN =
  /<!--[\s\S]*?-->|<!\[CDATA\[[\s\S]*?\]\]>|<\?[\s\S]*?\?>|<(\/?)([^\s/>]+)(?:"[^"]*"|'[^']*'|[^"'>])*?(\/?)>/g;

function rootOf(xml: string): Element {
  const top: Element = { name: '', start: 0, inner: 0, close: xml.length, end: xml.length, children: [] };
  const open = [top];
  for (const { 0: whole, 1: closing, 2: name, 3: alone, index } of xml.matchAll(TOKEN)) {
    const end = index + whole.length;
    const parent = open.at(-1) ?? top;
    if (name === undefined) continue;
    if (closing !== '') {
      open.pop();
      Object.assign(parent, { close: index, end });
      continue;
    }
    const element: Element = { name, start: index, inner: end, close: -1, end, children: [] };
    parent.children.push(element);
    if (alone === '') open.push(element);
  }
  const [root] = top.children;
  if (root === undefined) throw new TypeError('a document without an element');
  return root;
}

/** The elements that the schema of the root does not know, at any depth. */
export function takeYounger(schema: Schema, body: Uint8Array): readonly YoungerElement[] {
  const xml = new TextDecoder().decode(body);
  const found: YoungerElement[] = [];
  const visit = (element: Element, known: Schema, parent: readonly Step[]): void => {
    const counts = new Map<string, number>();
    for (const child of element.children) {
      const nth = counts.get(child.name) ?? 0;
      counts.set(child.name, nth + 1);
      const inner = memberSchema(known, child.name);
      if (inner) visit(child, inner, [...parent, [child.name, nth]]);
      else found.push({ parent, xml: xml.slice(child.start, child.end) });
    }
  };
  visit(rootOf(xml), schema, []);
  return found;
}

/** A document with these elements; `under` is the way to the element that they were taken from. */
export function putYounger(
  xml: string,
  under: readonly string[],
  elements: readonly YoungerElement[],
): string {
  return elements.reduce((text, { parent, xml: own }) => {
    let at = rootOf(text);
    for (const [name, nth] of [...under.map((step): Step => [step, 0]), ...parent]) {
      const next = at.children.filter((child) => child.name === name)[nth];
      if (next === undefined) throw new TypeError(`the answer has no ${name} to put ${own} into`);
      at = next;
    }
    if (at.close >= 0) return text.slice(0, at.close) + own + text.slice(at.close);
    const tag = text.slice(at.start, at.end).replace(/\s*\/>$/, '>');
    return `${text.slice(0, at.start)}${tag}${own}</${at.name}>${text.slice(at.end)}`;
  }, xml);
}
