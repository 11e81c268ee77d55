import type { Certificate, RevocationSet, TrustedGroup } from '@trustloom/core/adapter';
import type { Denial } from './denials.ts';
import type { Manifest } from './manifest.ts';
import type { EntryForm, IssuedSerials, SerialSet } from './serials.ts';

/** What the CRLs of one issuer refuse. */
export interface IssuerEntries {
  /** As `nameText` writes it: keys of one name are one issuer, since the function sees no key. */
  readonly name: string;
  /** The issuer for people. */
  readonly ca: string;
  /** SHA-256 of one of its certificates. */
  readonly about: string;
  readonly set: SerialSet;
}

/** What a trust says of the revoked, before it is known what of it fits a store. */
export interface EntryParts {
  readonly form: EntryForm;
  readonly issuers: readonly IssuerEntries[];
  /** Serials that always go in: denials, and certificates of revoked CAs. */
  readonly pinned: readonly IssuedSerials[];
  readonly denials: readonly Denial[];
  readonly manifest: Manifest;
  /** Items that describe the CRLs that went in; the function does not read them. */
  readonly crlItems: ReadonlyMap<string, string>;
  /** A CRL in force could not be read: nothing that the store says may go. */
  readonly unread: boolean;
  /** The state was lost: another run knew more than this one. Nothing may go, either. */
  readonly lost: boolean;
  /** SHA-256 of the CRLs, for the lines of a plan. */
  readonly crls: readonly string[];
  readonly groups: readonly TrustedGroup[];
  /** All that explains why a denial goes. */
  readonly revocation: RevocationSet;
  /** Every certificate that is known. */
  readonly known: readonly Certificate[];
}
