import {
  type Certificate,
  type Crl,
  defined,
  type IssuerCrl,
  readCertificate,
  readCrl,
  revocationSet,
  sortCertificates,
  type Trust,
  type WithdrawnCrl,
} from '@trustloom/core';
import type { IssuedCrl } from './ca/crl.ts';
import type { IssuedCertificate } from './issue-certificate.ts';

/** A CRL and the CA that issued it. */
export interface TestCrl {
  readonly issuer: IssuedCertificate;
  readonly crl: IssuedCrl;
}

/** What goes into a `Trust`. */
export interface TrustParts {
  /** CAs trusted on the target. */
  readonly cas: readonly IssuedCertificate[];
  /** Every CA known; default those trusted. */
  readonly known?: readonly IssuedCertificate[];
  readonly crls?: readonly TestCrl[];
  /** Groups that the target trusts; default none. */
  readonly groups?: Trust['groups'];
}

/**
 * What a definition would grant, made of certificates and CRLs of a test CA: the input of an
 * adapter's `render`.
 *
 * @example
 * const trust = trustOf({ cas: [root, issuing], crls: [{ issuer: root, crl: root.issueCrl() }] })
 */
export function trustOf(parts: TrustParts): Trust {
  const known = sortCertificates([...parts.cas, ...(parts.known ?? [])].map(certificateOf));
  const find = (issued: IssuedCertificate): Certificate => {
    const found = known.find((one) => one.sha256 === issued.sha256);
    if (found === undefined) throw new TypeError('trustOf: the issuer of a CRL must be known');
    return found;
  };
  const crls = (parts.crls ?? [])
    .map(({ issuer, crl }): IssuerCrl => ({ issuer: find(issuer), crl: crlOf(crl), expired: false }))
    .sort((a, b) => (a.issuer.keySha256 < b.issuer.keySha256 ? -1 : 1));
  const cas = parts.cas.map(find);
  return {
    cas: sortCertificates(cas),
    revoked: [],
    known,
    revocation: revocationSet({ crls }),
    groups: parts.groups ?? [],
  };
}

/** A CRL as the state has it once it was withdrawn. */
export function withdrawn(issuer: IssuedCertificate, crl: { readonly der: Uint8Array }): WithdrawnCrl {
  const ca = certificateOf(issuer);
  const issuerCrl: IssuerCrl = { issuer: ca, crl: crlOf(crl), expired: true };
  const { sha256, thisUpdate, number, entryCount } = issuerCrl.crl;
  return {
    keySha256: ca.keySha256,
    issuer: ca.subject.text,
    sha256,
    thisUpdate,
    ...defined({ number }),
    entries: entryCount,
    since: thisUpdate,
    issuerCrl,
  };
}

/** A certificate of the testkit as the core reads it. */
export function certificateOf(issued: { readonly der: Uint8Array }): Certificate {
  return readCertificate(issued.der);
}

/** An issued CRL as the core reads it. */
export function crlOf(issued: { readonly der: Uint8Array }): Crl {
  return readCrl(issued.der);
}
