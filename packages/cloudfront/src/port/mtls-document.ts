import { TrustloomError } from '@trustloom/core/adapter';
import type { Mtls } from '../model/index.ts';
import { needed } from './calls.ts';
import { escaped, rootElement, textOf, type XmlElement } from './xml.ts';

/** What an element of ours says: texts by the path to them, `TrustStoreConfig.TrustStoreId`. */
type Texts = Readonly<Record<string, string>>;

/** The two elements of a distribution's configuration that are ours, in the order of the API. */
interface OwnElement {
  readonly name: string;
  /** What can stand in it, by path. */
  readonly known: readonly string[];
  /** What is so where nothing is said. */
  readonly absent: Texts;
}

const mtlsElement: OwnElement = {
  name: 'ViewerMtlsConfig',
  known: [
    'Mode',
    'TrustStoreConfig',
    'TrustStoreConfig.TrustStoreId',
    'TrustStoreConfig.AdvertiseTrustStoreCaNames',
    'TrustStoreConfig.IgnoreCertificateExpiry',
  ],
  absent: {
    'TrustStoreConfig.AdvertiseTrustStoreCaNames': 'false',
    'TrustStoreConfig.IgnoreCertificateExpiry': 'false',
  },
};
const functionElement: OwnElement = { name: 'ConnectionFunctionAssociation', known: ['Id'], absent: {} };

/**
 * The configuration of a distribution, as the service gave it, with other mutual TLS. All other
 * elements stay byte for byte: the service replaces the whole document, and settings that are
 * younger than the SDK in use would be lost on the way through it.
 *
 * @throws TrustloomError `setting-unknown` where an element that would be exchanged says something
 *   that we do not know, and where the document is not plain XML
 */
export function withMtls(document: string, mtls: Mtls): string {
  const first = exchanged(document, functionElement, mtls.fn === undefined ? undefined : { Id: mtls.fn });
  return exchanged(first, mtlsElement, textsOfMtls(mtls));
}

function textsOfMtls({ mode, store, ignoreExpiry, advertise }: Mtls): Texts | undefined {
  if (mode === 'off') return undefined;
  if (mode === 'passthrough') return { Mode: mode };
  return {
    Mode: mode,
    'TrustStoreConfig.TrustStoreId': needed(store, 'TrustStoreId'),
    'TrustStoreConfig.AdvertiseTrustStoreCaNames': String(advertise),
    'TrustStoreConfig.IgnoreCertificateExpiry': String(ignoreExpiry),
  };
}

/** The document with one element of ours replaced, put in or taken out. */
function exchanged(document: string, own: OwnElement, wanted: Texts | undefined): string {
  const root = rootOf(document);
  const similar = root.children.filter(({ name }) => name.split(':').at(-1) === own.name);
  const [found, second] = similar;
  if (second !== undefined) throw refused(`${own.name} stands twice`);
  if (found === undefined) return wanted === undefined ? document : inserted(document, root, own, wanted);
  if (found.name !== own.name) throw refused(`${found.name} has a prefix`);
  // Without mutual TLS nothing of the element is meant to stay, known or not.
  if (wanted === undefined) return document.slice(0, found.start) + document.slice(found.end);
  const { texts, unknown } = contentOf(document, found, own.known);
  // An element that says what it should stays as it is, with whatever else it says.
  if (sameTexts({ ...own.absent, ...texts }, wanted, own)) return document;
  if (unknown.length > 0)
    throw refused(`${own.name} has ${unknown.join(', ')}, which would be lost`, unknown.join(', '));
  return document.slice(0, found.start) + written(own, wanted) + document.slice(found.end);
}

const sameTexts = (texts: Texts, wanted: Texts, { absent }: OwnElement) =>
  Object.entries(wanted).every(([path, text]) => texts[path] === text) &&
  Object.keys(texts).every((path) => path in wanted || texts[path] === absent[path]);

function rootOf(document: string): XmlElement {
  try {
    const root = rootElement(document);
    if (root.name === 'DistributionConfig') return root;
  } catch (error) {
    if (error instanceof SyntaxError) throw refused(error.message);
    throw error;
  }
  throw refused('its root element is not DistributionConfig');
}

/** What an element says in places that we know, and the names of all else in it. */
function contentOf(document: string, element: XmlElement, known: readonly string[]) {
  const texts: Record<string, string> = {};
  const unknown: string[] = [];
  const visit = (one: XmlElement, path: string): void => {
    const full = path === '' ? element.name : `${element.name}.${path}`;
    unknown.push(...[...one.attributes.keys()].map((name) => `${full}@${name}`));
    const isLeaf = path !== '' && !known.some((other) => other.startsWith(`${path}.`));
    const text = textOf(document, one);
    if (isLeaf && text !== undefined) {
      texts[path] = text;
      return;
    }
    if (isLeaf || one.hasText) unknown.push(`${full} with other content`);
    if (isLeaf) return;
    const seen = new Set<string>();
    for (const child of one.children) {
      const inner = path === '' ? child.name : `${path}.${child.name}`;
      if (!known.includes(inner) || seen.has(inner)) unknown.push(`${element.name}.${inner}`);
      else visit(child, inner);
      seen.add(inner);
    }
  };
  visit(element, '');
  return { texts, unknown };
}

/** Mutual TLS goes before the function, as in the API; else at the end. */
function inserted(document: string, root: XmlElement, own: OwnElement, wanted: Texts): string {
  const text = written(own, wanted);
  const next = root.children.find(({ name }) => own === mtlsElement && name === functionElement.name);
  const at = next?.start ?? root.innerEnd;
  if (root.innerStart === root.end) throw refused('it is empty');
  return document.slice(0, at) + text + document.slice(at);
}

function written({ name }: OwnElement, texts: Texts): string {
  const inner = Object.entries(texts).map(([path, text]) => {
    const leaf = path.split('.').at(-1);
    return { nested: path.includes('.'), xml: `<${leaf}>${escaped(text)}</${leaf}>` };
  });
  const part = (nested: boolean) =>
    inner
      .filter((one) => one.nested === nested)
      .map(({ xml }) => xml)
      .join('');
  const config = part(true);
  const nested = config === '' ? '' : `<TrustStoreConfig>${config}</TrustStoreConfig>`;
  return `<${name}>${part(false)}${nested}</${name}>`;
}

function refused(why: string, element?: string): TrustloomError {
  return new TrustloomError(
    'setting-unknown',
    `cloudfront: the configuration of the distribution is not changed: ${why}`,
    element === undefined ? {} : { context: { element } },
  );
}
