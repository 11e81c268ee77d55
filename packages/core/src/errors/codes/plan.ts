import type { CodeInfo } from '../code-info.ts';

/** Codes of planning, applying and the state. */
export const planCodes = {
  'consent-missing': {
    kind: 'refused',
    means: 'A step needs a consent that was not given.',
    advice: 'Read the plan; pass the consent that it prints with --allow.',
  },
  'approval-stale': {
    kind: 'race',
    means: 'The plan is no longer the approved one.',
    advice: 'Read the new plan and approve its digest.',
  },
  'not-converged': {
    kind: 'service',
    means: 'After apply, the services do not hold what the definition says.',
    advice: 'See the report, then apply again.',
  },
  'lease-held': {
    kind: 'race',
    means: 'Another run holds the right to write.',
    advice: 'Wait until it ends, or until its lease has passed.',
  },
  'lease-lost': {
    kind: 'race',
    means: 'The right to write was taken over by another run.',
    advice: 'See what the other run did, then plan again.',
  },
  'state-unreadable': {
    kind: 'input',
    means: 'The state cannot be read.',
    advice: 'Restore an earlier version of the object.',
  },
  'contract-broken': {
    kind: 'bug',
    means: 'An adapter broke its contract.',
    advice: 'Report it to the maker of the adapter.',
  },
  'approval-missing': {
    kind: 'input',
    means: 'Nobody approved the plan.',
    advice:
      'Read it, then run apply with --approve and its digest; --auto-approve approves whatever is planned.',
  },
  usage: {
    kind: 'input',
    means: 'The command was called in a way that it does not take.',
    advice: 'See `trustloom --help`.',
  },
  'local-aws-missing': {
    kind: 'input',
    means: 'The local AWS is a package of its own, and is not installed.',
    advice: 'Install it beside trustloom: `npm install --save-dev @trustloom/local-aws`.',
  },
  'file-exists': {
    kind: 'input',
    means: 'A file is there already and is not written over.',
    advice: 'Move it away, or edit it.',
  },
  aborted: {
    kind: 'race',
    means: 'The run was aborted.',
    advice: 'Apply again: it goes on where this one stopped.',
  },
} as const satisfies Readonly<Record<string, CodeInfo>>;
