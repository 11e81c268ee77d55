import type { ObservedCa, ObservedCrl } from '../adapter/content.ts';
import type { Crl } from '../crl/crl.ts';
import { isTrustloomError } from '../errors/error.ts';
import { defined } from '../util/defined.ts';
import type { Certificate } from '../x509/certificate.ts';

/**
 * A CA that could be read back, as observations tell it.
 *
 * @example
 * cas: store.cas.map(observedCa)
 */
export function observedCa(certificate: Certificate): ObservedCa {
  return { sha256: certificate.sha256, subject: certificate.subject.text, certificate };
}

/**
 * A CRL that could be read back, as observations tell it.
 *
 * @example
 * crls: anchor.crls.map(({ crl, enabled }) => observedCrl(crl, enabled))
 */
export function observedCrl(crl: Crl, inForce: boolean): ObservedCrl {
  const { sha256, issuer, entryCount: entries, thisUpdate, nextUpdate } = crl;
  return { sha256, issuer: issuer.text, entries, thisUpdate, ...defined({ nextUpdate }), inForce, crl };
}

/**
 * What somebody else put there may not be readable by our rules: then undefined. A bug of ours
 * stays one.
 *
 * @example
 * const crl = ifReadable(() => parseCrl(data, name))
 */
export function ifReadable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (isTrustloomError(error) && error.kind !== 'bug') return undefined;
    throw error;
  }
}

/**
 * What a service says, or undefined where it knows no such object.
 *
 * @example
 * const domain = await unlessMissing(() => port.domain(name))
 */
export async function unlessMissing<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (isTrustloomError(error) && error.code === 'object-missing') return undefined;
    throw error;
  }
}
