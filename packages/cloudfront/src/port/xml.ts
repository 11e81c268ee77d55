/** An element of a document, by where it stands in the text. */
export interface XmlElement {
  /** As written, with its prefix if it has one. */
  readonly name: string;
  /** By name, as written between the quotes. */
  readonly attributes: ReadonlyMap<string, string>;
  /** From `<` of the start tag to behind the end tag. */
  readonly start: number;
  readonly end: number;
  /** What stands between the tags; both the same number where there is one tag alone. */
  readonly innerStart: number;
  readonly innerEnd: number;
  readonly children: readonly XmlElement[];
  /** Something other than elements and white space stands between its children. */
  readonly hasText: boolean;
}

const nameForm = '[A-Za-z_][\\w.-]*(?::[A-Za-z_][\\w.-]*)?';
const declaration = /\uFEFF?(?:<\?xml\s[^<>]*\?>)?/y;
const startTag = new RegExp(
  `<(${nameForm})((?:\\s+[^\\s=<>"'/]+\\s*=\\s*(?:"[^"<]*"|'[^'<]*'))*)\\s*(/?)>`,
  'y',
);
const attribute = new RegExp(`\\s+(${nameForm})\\s*=\\s*(?:"([^"<]*)"|'([^'<]*)')`, 'y');
const endTag = new RegExp(`</(${nameForm})\\s*>`, 'y');
const text = /[^<]+/y;

interface Open {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly start: number;
  readonly innerStart: number;
  readonly children: XmlElement[];
  hasText: boolean;
}

/**
 * Finds the elements of an XML document without changing it. What is not plain (a document type, a
 * processing instruction, a name beyond ASCII, another encoding than UTF-8) is refused, so that
 * nothing is taken for what it is not.
 *
 * @throws SyntaxError
 */
export function rootElement(document: string): XmlElement {
  const open: Open[] = [];
  let root: XmlElement | undefined;
  let at = 0;
  const fail = (what: string) => new SyntaxError(`${what} at character ${at} of an XML document`);
  const match = (form: RegExp): RegExpExecArray | undefined => {
    form.lastIndex = at;
    return form.exec(document) ?? undefined;
  };
  /** Moves behind what ends with `ending`; true if anything but a comment was passed. */
  const skip = (opening: string, ending: string) => {
    const end = document.indexOf(ending, at + opening.length);
    if (end < 0) throw fail(`${opening} without an end`);
    const inner = document.slice(at + opening.length, end);
    if (opening === '<!--' && (inner.includes('--') || inner.endsWith('-'))) throw fail('a comment with --');
    at = end + ending.length;
  };
  const finish = (one: Open, innerEnd: number) => {
    const element = Object.freeze({ ...one, innerEnd, end: at });
    const parent = open.at(-1);
    if (parent !== undefined) parent.children.push(element);
    else root = element;
  };

  const first = match(declaration)?.[0] ?? '';
  if (/\bencoding\s*=/.test(first) && !/\bencoding\s*=\s*["']utf-8["']/i.test(first))
    throw fail('another encoding than UTF-8');
  at = first.length;
  while (at < document.length) {
    const parent = open.at(-1);
    if (document.startsWith('<!--', at)) {
      skip('<!--', '-->');
    } else if (document.startsWith('<![CDATA[', at)) {
      if (parent === undefined) throw fail('text outside of the root element');
      parent.hasText = true;
      skip('<![CDATA[', ']]>');
    } else if (document.startsWith('</', at)) {
      const [whole = '', name] = match(endTag) ?? [];
      if (parent === undefined || name !== parent.name) throw fail('an end tag without its start tag');
      const innerEnd = at;
      at += whole.length;
      open.pop();
      finish(parent, innerEnd);
    } else if (document.startsWith('<', at)) {
      const [whole, name = '', written = '', alone] = match(startTag) ?? [];
      if (whole === undefined) throw fail('something other than an element, text or comment');
      if (parent === undefined && root !== undefined) throw fail('a second root element');
      const attributes = attributesOf(written);
      if (attributes === undefined) throw fail('an attribute that is not plain or stands twice');
      const start = at;
      at += whole.length;
      const one: Open = { name, attributes, start, innerStart: at, children: [], hasText: false };
      if (alone === '') open.push(one);
      else finish(one, at);
    } else {
      const [run = ''] = match(text) ?? [];
      if (/[^ \t\r\n]/.test(run)) {
        if (parent === undefined) throw fail('text outside of the root element');
        if (run.includes(']]>')) throw fail(']]> in text');
        parent.hasText = true;
      }
      at += run.length;
    }
  }
  if (root === undefined || open.length > 0) throw fail('no end of the root element');
  return root;
}

/** The attributes of a start tag; undefined where one is not plain or stands twice. */
function attributesOf(written: string): ReadonlyMap<string, string> | undefined {
  const found = new Map<string, string>();
  attribute.lastIndex = 0;
  while (attribute.lastIndex < written.length) {
    const [, name, double, single] = attribute.exec(written) ?? [];
    if (name === undefined || found.has(name)) return undefined;
    found.set(name, double ?? single ?? '');
  }
  return found;
}

const named: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** The text of an element that has neither children nor CDATA; undefined of any other. */
export function textOf(document: string, element: XmlElement): string | undefined {
  const inner = document.slice(element.innerStart, element.innerEnd);
  if (inner.includes('<')) return undefined;
  return inner.replace(/&(?:#x([0-9a-fA-F]{1,6})|#(\d{1,7})|(\w+));/g, (whole, hex, decimal, name) => {
    if (name !== undefined) return named[name] ?? whole;
    const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}

/** Text as it may stand between tags. */
export const escaped = (value: string): string =>
  value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
