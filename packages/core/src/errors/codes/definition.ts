import {
  bug,
  type CodeInfo,
  input,
  race,
  refused,
  refusedAlone,
  service,
  serviceAlone,
} from '../code-info.ts';

/** Codes of the definition, the lock and their files. */
export const definitionCodes = {
  'definition-not-found': input(
    'No definition was found.',
    'Write one with `trustloom init`, or name it with --config.',
  ),
  'definition-syntax': input(
    'The definition is not valid YAML or JSON.',
    'Correct the syntax at the place named.',
  ),
  'definition-unknown-key': input(
    'The definition has a key that means nothing.',
    'Remove it, or use the known key suggested.',
  ),
  'definition-duplicate-key': input('A key stands twice in one mapping.', 'Keep one.'),
  'definition-value': input(
    'A value in the definition has the wrong form.',
    'Write it as the reference page says.',
  ),
  'definition-unknown-group': input(
    'A target trusts a group that is not defined.',
    'Define the group, or name one that is.',
  ),
  'definition-unknown-account': input(
    'A name of an account is not defined.',
    'Add it to `accounts`, or write twelve digits.',
  ),
  'definition-account-region': input(
    'The account or region of a target is unknown.',
    'Give `account` and `region`, or ARNs that hold them.',
  ),
  'definition-variable': input(
    'An environment variable named in the definition is not set.',
    'Set it, or write the value.',
  ),
  'file-not-found': input(
    'A file named in the input does not exist.',
    'Correct the path; it is relative to the definition.',
  ),
  'lock-syntax': input('The lock cannot be read.', 'Restore it from version control.'),
  'lock-mismatch': input(
    'An entry of the lock does not match its PEM.',
    'Restore the entry from version control, or accept the CA again.',
  ),
  'not-offered': input(
    'No source offers a CA with that SHA-256, and the lock has none.',
    'Check the digest with `trustloom accept`.',
  ),
  'serial-malformed': input(
    'The text is not a serial number.',
    'Give it in hex, as `openssl x509 -serial` prints it; colons and leading zeros do not matter.',
  ),
  'serial-reading': input(
    'A serial of digits alone was read in one of two ways.',
    'See which; serials are hex, unless --decimal says otherwise.',
  ),
  'serial-ambiguous': input(
    'A serial of digits alone is known as a decimal number, and not as hex.',
    'Write 0x in front of it where hex is meant, or pass --decimal.',
  ),
  'serial-unexplained': input(
    'No known inventory or CRL names a serial that was revoked by hand.',
    'Compare the serial and the CA with the certificate; give the certificate itself where it is available.',
  ),
  'inventory-missing': input(
    'The inventory of issued serials of a group cannot be fetched.',
    'Correct the address or the permission, or remove `inventory` from the group. A refresh goes on without it.',
  ),
  'inventory-malformed': input(
    'A line of an inventory is not a serial in hex, so the inventory is not used.',
    'Write one serial a line; colons, 0x and leading zeros do not matter, # begins a comment.',
  ),
  'ca-unknown': input(
    'No single known CA is meant.',
    'Name the CA by the SHA-256 of its certificate, as `trustloom accept` prints it.',
  ),
  'not-denied': input('The deny list has no such entry.', 'See the entries with `trustloom denied`.'),
} satisfies Readonly<Record<string, CodeInfo>>;

/** Codes of planning, applying and the state. */
export const planCodes = {
  'consent-missing': refused(
    'A step needs a consent that was not given.',
    'Read the plan; pass the consent that it prints with --allow.',
  ),
  'approval-stale': race(
    'The plan is no longer the approved one.',
    'Read the new plan and approve its digest.',
  ),
  'not-converged': service(
    'After apply, the services do not hold what the definition says.',
    'See the report, then apply again.',
  ),
  'lease-held': race(
    'Another run holds the right to write.',
    'Wait until it ends, or until its lease has passed.',
  ),
  'lease-lost': race(
    'The right to write was taken over by another run.',
    'See what the other run did, then plan again.',
  ),
  'state-unreadable': input('The state cannot be read.', 'Restore an earlier version of the object.'),
  'clock-skew': input(
    "The machine's clock differs from the time of AWS by more than a minute.",
    'Set the clock; the run went by the time of AWS.',
  ),
  'state-unwritable': serviceAlone(
    'The state cannot be written.',
    'See why the bucket refuses it. Meanwhile a refresh enforces what refuses more, and remembers none of it.',
  ),
  'state-lost': refusedAlone(
    'The state does not know what is in force on a target, or is older than it.',
    'Restore the earlier version of the state, or build it again with `trustloom state rebuild`; meanwhile nobody who is refused is admitted, and newer CRLs are enforced.',
  ),
  'state-rebuilt': serviceAlone(
    'The state was built again from what a target holds, and some of that is explained by nothing.',
    'It stays refused; where that is wrong, pass the consent that is named.',
  ),
  'state-foreign': refused(
    'The state belongs to another definition of the same name.',
    'Give the definition a name of its own, or bring back its own lock.',
  ),
  'contract-broken': bug('An adapter broke its contract.', 'Report it to the maker of the adapter.'),
  'approval-missing': input(
    'The plan was not approved.',
    'Read it, then run apply with --approve and its digest; --auto-approve approves whatever is planned.',
  ),
  usage: input('The command was called in a way that it does not take.', 'See `trustloom --help`.'),
  'local-aws-missing': input(
    'The local AWS is a package of its own, and is not installed.',
    'Install it beside trustloom: `npm install --save-dev @trustloom/local-aws`.',
  ),
  'file-exists': input('A file is there already and is not written over.', 'Move it away, or edit it.'),
  aborted: race('The run was aborted.', 'Apply again: it goes on where this one stopped.'),
} satisfies Readonly<Record<string, CodeInfo>>;
