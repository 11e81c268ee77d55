import { attribute, type CertificateInfo, type GeneralName } from '../der/index.ts';

type Constraints = NonNullable<CertificateInfo['nameConstraints']>;

const EMAIL_ADDRESS = '1.2.840.113549.1.9.1';

/**
 * RFC 5280 section 4.2.1.10: no name is excluded, and each name of a kind that has permitted trees
 * lies in one.
 */
export function withinConstraints(
  certificate: CertificateInfo,
  { permitted, excluded }: Constraints,
): boolean {
  return namesOf(certificate).every((name) => {
    if (excluded.some((tree) => tree.kind === name.kind && covers(tree, name))) return false;
    const trees = permitted.filter((tree) => tree.kind === name.kind && sameOther(tree, name));
    return trees.length === 0 || trees.some((tree) => covers(tree, name));
  });
}

function namesOf(certificate: CertificateInfo): readonly GeneralName[] {
  const { subject, subjectAltNames } = certificate;
  const email = attribute(subject, EMAIL_ADDRESS);
  return [
    ...(subject.rdns.length > 0 ? [{ kind: 'directory', der: subject.der } as const] : []),
    ...(email !== undefined && !subjectAltNames.some((name) => name.kind === 'email')
      ? [{ kind: 'email', text: email } as const]
      : []),
    ...subjectAltNames,
  ];
}

const sameOther = (tree: GeneralName, name: GeneralName) =>
  tree.kind !== 'other' || name.kind !== 'other' || tree.tag === name.tag;

function covers(tree: GeneralName, name: GeneralName): boolean {
  if (tree.kind === 'dns' && name.kind === 'dns') return domainCovers(tree.text, name.text, true);
  if (tree.kind === 'email' && name.kind === 'email') return emailCovers(tree.text, name.text);
  if (tree.kind === 'uri' && name.kind === 'uri') return uriCovers(tree.text, name.text);
  if (tree.kind === 'ip' && name.kind === 'ip') return ipCovers(tree.bytes, name.bytes);
  if (tree.kind === 'directory' && name.kind === 'directory') return directoryCovers(tree.der, name.der);
  // A kind that cannot be compared: the constraint has to be taken as broken.
  return false;
}

/**
 * `bare`: a constraint without a leading dot covers subdomains too (DNS), or the host alone (URI,
 * mail).
 */
function domainCovers(tree: string, name: string, bare: boolean): boolean {
  const wanted = tree.toLowerCase();
  const host = name.toLowerCase();
  if (wanted === '') return true;
  if (wanted.startsWith('.')) return host.endsWith(wanted);
  return host === wanted || (bare && host.endsWith(`.${wanted}`));
}

function emailCovers(tree: string, name: string): boolean {
  if (tree.includes('@')) return tree === name;
  return domainCovers(tree, name.slice(name.lastIndexOf('@') + 1), false);
}

function uriCovers(tree: string, name: string): boolean {
  const host = URL.canParse(name) ? new URL(name).hostname : '';
  return host !== '' && domainCovers(tree, host, false);
}

function ipCovers(tree: Uint8Array, name: Uint8Array): boolean {
  if (tree.length !== name.length * 2) return false;
  return name.every((byte, index) => {
    const mask = tree[name.length + index] ?? 0;
    return (byte & mask) === ((tree[index] ?? 0) & mask);
  });
}

/** The RDNs of the tree stand at the start of the name; compared as encoded. */
function directoryCovers(tree: Uint8Array, name: Uint8Array): boolean {
  const inside = (der: Uint8Array) => {
    const first = der[1] ?? 0;
    return Buffer.from(der.subarray(first < 0x80 ? 2 : 2 + (first & 0x7f)));
  };
  const wanted = inside(tree);
  return inside(name).subarray(0, wanted.length).equals(wanted);
}
