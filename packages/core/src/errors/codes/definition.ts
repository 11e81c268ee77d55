import type { CodeInfo } from '../code-info.ts';

/** Codes of the definition, the lock and their files. */
export const definitionCodes = {
  'definition-not-found': {
    kind: 'input',
    means: 'No definition was found.',
    advice: 'Write one with `trustloom init`, or name it with --config.',
  },
  'definition-syntax': {
    kind: 'input',
    means: 'The definition is not valid YAML or JSON.',
    advice: 'Correct the syntax at the place named.',
  },
  'definition-unknown-key': {
    kind: 'input',
    means: 'The definition has a key that nobody reads.',
    advice: 'Remove it, or use the known key suggested.',
  },
  'definition-duplicate-key': {
    kind: 'input',
    means: 'A key stands twice in one mapping.',
    advice: 'Keep one.',
  },
  'definition-value': {
    kind: 'input',
    means: 'A value in the definition has the wrong form.',
    advice: 'Write it as the reference page says.',
  },
  'definition-unknown-group': {
    kind: 'input',
    means: 'A target trusts a group that is not defined.',
    advice: 'Define the group, or name one that is.',
  },
  'definition-unknown-account': {
    kind: 'input',
    means: 'A name of an account is not defined.',
    advice: 'Add it to `accounts`, or write twelve digits.',
  },
  'definition-account-region': {
    kind: 'input',
    means: 'The account or region of a target is unknown.',
    advice: 'Give `account` and `region`, or ARNs that hold them.',
  },
  'definition-variable': {
    kind: 'input',
    means: 'An environment variable named in the definition is not set.',
    advice: 'Set it, or write the value.',
  },
  'file-not-found': {
    kind: 'input',
    means: 'A file named in the input does not exist.',
    advice: 'Correct the path; it is relative to the definition.',
  },
  'lock-syntax': {
    kind: 'input',
    means: 'The lock cannot be read.',
    advice: 'Restore it from version control.',
  },
  'lock-mismatch': {
    kind: 'input',
    means: 'An entry of the lock does not match its PEM.',
    advice: 'Restore the entry from version control, or accept the CA again.',
  },
  'not-offered': {
    kind: 'input',
    means: 'No source offers a CA with that SHA-256, and the lock has none.',
    advice: 'Check the digest with `trustloom accept`.',
  },
  'serial-malformed': {
    kind: 'input',
    means: 'The text is not a serial number.',
    advice: 'Give it in hex, as `openssl x509 -serial` prints it; colons and leading zeros do not matter.',
  },
  'inventory-missing': {
    kind: 'input',
    means: 'The inventory of issued serials of a group cannot be fetched.',
    advice:
      'Correct the address or the permission, or remove `inventory` from the group. A refresh goes on without it.',
  },
  'inventory-malformed': {
    kind: 'input',
    means: 'A line of an inventory is not a serial in hex, so the inventory is not used.',
    advice: 'Write one serial a line; colons, 0x and leading zeros do not matter, # begins a comment.',
  },
  'ca-unknown': {
    kind: 'input',
    means: 'No single known CA is meant.',
    advice: 'Name the CA by the SHA-256 of its certificate, as `trustloom accept` prints it.',
  },
  'not-denied': {
    kind: 'input',
    means: 'The deny list has no such entry.',
    advice: 'See the entries with `trustloom status`.',
  },
} as const satisfies Readonly<Record<string, CodeInfo>>;
