import {
  bundlePem,
  type Certificate,
  type Crl,
  crlPem,
  type IssuerCrl,
  type Step,
  type TargetContext,
  type Value,
} from '@trustloom/core/adapter';

/** What the directory should hold. */
export interface Desired {
  readonly cas: readonly Certificate[];
  /** The CRLs to be in force: complete and current ones. */
  readonly crls: readonly IssuerCrl[];
  /** Every CA that is known, to tell whose a CRL is. */
  readonly known: readonly Certificate[];
  /** Keys of CAs through which a client is admitted. */
  readonly reached: ReadonlySet<string>;
  /** Keys of CAs whose enforcement was withdrawn, by consent. */
  readonly withdrawn: ReadonlySet<string>;
}

/** One file as it is. */
export interface ObservedFile<Content> {
  /** SHA-256 of its bytes: a write is done only if it is still so. */
  readonly sha256: string;
  /** It bears our ownership tag. */
  readonly owned: boolean;
  /** Undefined when it cannot be read as what it should be. */
  readonly content: readonly Content[] | undefined;
}

/** What the directory holds. A file is absent when there is none. */
export interface Observed {
  readonly bundle?: ObservedFile<Certificate>;
  readonly crls?: ObservedFile<Crl>;
}

/** Which file a step writes or removes, and what must still be there. */
interface FileInput {
  readonly file: string;
  /** SHA-256 of the file that it takes the place of; undefined: there is none. */
  readonly replaces: Value<string> | undefined;
}

/** Each kind of write: what it needs, and what it gives to later steps. */
export interface NginxSteps {
  'write-bundle': {
    readonly input: FileInput & { readonly cas: readonly Certificate[] };
    readonly output: { readonly sha256: string };
  };
  'write-crls': {
    readonly input: FileInput & { readonly crls: readonly Crl[] };
    readonly output: { readonly sha256: string };
  };
  'remove-file': {
    readonly input: FileInput & { readonly replaces: string };
    readonly output: object;
  };
}

/** A step of this adapter. */
export type NginxStep = Step<NginxSteps>;

/** The ownership tag: the first line of every file of ours. PEM readers pass over it. */
export function ownershipTag({ definition, name }: Pick<TargetContext, 'definition' | 'name'>): string {
  return `# Trustloom: definition ${definition}, target ${name}\n`;
}

/** The file of the CAs. */
export function bundleText(cas: readonly Certificate[], context: TargetContext): string {
  return `${ownershipTag(context)}${bundlePem(cas)}`;
}

/** The file of the CRLs, in one order for any input. */
export function crlsText(crls: readonly Crl[], context: TargetContext): string {
  const sorted = [...crls].sort((a, b) => (a.sha256 < b.sha256 ? -1 : 1));
  return `${ownershipTag(context)}${sorted.map(crlPem).join('')}`;
}
