import { childrenOf, DerError, type Tlv, tags } from '../util/der.ts';
import { strictOid } from './oid.ts';

/** One extension of a certificate, a CRL or an entry. */
export interface Extension {
  readonly oid: string;
  readonly critical: boolean;
  /** The OCTET STRING that wraps the value. */
  readonly value: Tlv;
}

/**
 * Reads a SEQUENCE of extensions strictly: each an OID, at most one BOOLEAN, an OCTET STRING, and
 * none twice. `critical FALSE` written out, which DER forbids and some CAs write, counts as what it
 * says.
 *
 * @throws DerError
 * @see RFC 5280, 4.2
 */
export function extensionsOf(der: Uint8Array, sequence: Tlv): readonly Extension[] {
  const seen = new Set<string>();
  return childrenOf(der, sequence).map((extension) => {
    const parts = extension.tag === tags.sequence ? childrenOf(der, extension) : [];
    const [type, second] = parts;
    const value = parts.at(-1);
    const flag = parts.length === 3 ? second : undefined;
    if (
      type === undefined ||
      value?.tag !== tags.octetString ||
      parts.length < 2 ||
      parts.length > 3 ||
      (flag !== undefined && !isBoolean(der, flag))
    )
      throw new DerError(`no extension at byte ${extension.start}`);
    const oid = strictOid(der, type);
    if (seen.has(oid)) throw new DerError(`extension ${oid} stands twice`);
    seen.add(oid);
    return { oid, critical: flag !== undefined && der[flag.content] === 0xff, value };
  });
}

function isBoolean(der: Uint8Array, { tag, content, end }: Tlv): boolean {
  return tag === tags.boolean && end === content + 1 && (der[content] === 0 || der[content] === 0xff);
}
