/** What the help of a command says besides its options: examples, and what it exits with. */
export interface CommandHelp {
  readonly examples: readonly string[];
  readonly exitCodes: readonly string[];
  /** What else is to be known, in lines. */
  readonly more?: readonly string[];
}

const done = '0    done';
const error = '1    error: see the message';
const refused = '3    refused by a safety rule';
const interrupted = '130  interrupted';
const differs = '2    something differs, with --detailed-exitcode';
const signs = [
  'Signs of steps: + trusts an accepted CA (accepting it was the consent), ~ changes CRLs or tags,',
  '- takes something away, ! turns mutual TLS on or off or readmits (needs a consent).',
];

/** The help of each command. */
export const help = {
  init: { examples: ['trustloom init'], exitCodes: [done, '1    a definition is there already'] },
  accept: {
    examples: ['trustloom accept', 'trustloom accept 63691ce9 308be4eb', 'trustloom accept --all'],
    exitCodes: [done, '1    a source is in error, or a CA was declined', refused],
  },
  retire: {
    examples: ['trustloom retire 63691ce9'],
    exitCodes: [done, error],
    more: [
      'A retired CA is taken back with `trustloom accept SHA256`; the next plan then asks for a consent.',
    ],
  },
  check: {
    examples: ['trustloom check', 'trustloom check ca.pem issuing.crl'],
    exitCodes: ['0    no service refuses anything', '1    an error was found', refused],
  },
  plan: {
    examples: ['trustloom plan', 'trustloom plan --target edge --detailed-exitcode'],
    exitCodes: ['0    planned, with changes or without', error, differs, refused],
    more: signs,
  },
  apply: {
    examples: [
      'trustloom apply --allow enforce:edge',
      'trustloom apply --approve 7d1a3c0f9b2e4d58 --allow-file consents.txt',
    ],
    exitCodes: [
      '0    done, and seen to be so',
      '1    error, or something is not as planned',
      '3    refused by a safety rule, or a consent is missing',
      interrupted,
    ],
    more: signs,
  },
  status: {
    examples: ['trustloom status', 'trustloom status --fail-on warning'],
    exitCodes: [
      '0    read, and nobody was found to be wrongly admitted or refused',
      '1    error, or somebody is wrongly admitted or refused: the last lines say why',
      differs,
      refused,
    ],
  },
  refresh: {
    examples: ['trustloom refresh', 'trustloom refresh --quiet --target edge'],
    exitCodes: ['0    CRLs are current', '1    error, or a CRL is late or expired', refused, interrupted],
  },
  revoke: {
    examples: [
      'trustloom revoke client.pem --reason "stolen laptop"',
      'trustloom revoke 3f:9c:2a --ca 308be4eb --reason "key leaked"',
    ],
    exitCodes: [
      '0    in force on every target, and read back there',
      '1    error, or not in force everywhere: the last lines say where and why',
      refused,
      interrupted,
    ],
    more: [
      'Serials are hex, as `openssl x509 -serial` prints them. Where a service takes only CRLs that',
      'the CA signed, revoke at the CA too, then refresh.',
    ],
  },
  unrevoke: {
    examples: ['trustloom unrevoke client.pem', 'trustloom unrevoke 3f:9c:2a --ca 308be4eb'],
    exitCodes: [done, error, refused, interrupted],
  },
  denied: { examples: ['trustloom denied', 'trustloom denied --json'], exitCodes: ['0    read', error] },
  state: {
    examples: ['trustloom state rebuild'],
    exitCodes: [
      '0    every target was looked at, and the state knows what stands there',
      '1    error, or a target could not be looked at',
      interrupted,
    ],
    more: [
      'Restoring the earlier version of the state is better where it is still there: plan prints the',
      'command. A rebuild writes to the state alone and grants nothing.',
    ],
  },
  explain: {
    examples: ['trustloom explain client.pem'],
    exitCodes: ['0    explained, whatever the answer is', error],
  },
  probe: {
    examples: ['trustloom probe', 'trustloom probe --cert good=client.pem,client.key --expect matrix.yaml'],
    exitCodes: [
      '0    probed, and nobody was wrongly admitted',
      '1    error, or somebody was, or something is not as expected: the last lines say what',
    ],
    more: [
      'Names of clients say what they are: none, untrusted..., expired... and revoked... are to be',
      'refused where a certificate is required. Or say it in a file, by client and target:',
      '  good: { web: admitted, api: refused }',
    ],
  },
  local: {
    examples: ['trustloom local', 'trustloom local --port 4566'],
    exitCodes: [error, '130  stopped'],
  },
} as const satisfies Readonly<Record<string, CommandHelp>>;

/** What stands under the options of a command. */
export function helpText({ examples, exitCodes, more = [] }: CommandHelp): string {
  return [
    ...(more.length === 0 ? [] : ['', ...more]),
    '',
    `Example${examples.length === 1 ? '' : 's'}:`,
    ...examples.map((example) => `  $ ${example}`),
    '',
    'Exit codes:',
    ...exitCodes.map((code) => `  ${code}`),
  ].join('\n');
}

/** What stands under the commands. */
export const mainHelp = `
Example, the first hour:
  $ trustloom init
  $ trustloom accept --all
  $ trustloom check
  $ trustloom plan
  $ trustloom apply --allow enforce:edge

Exit codes:
  ${done}
  ${error}
  ${differs}
  ${refused} (wins over 1)
  ${interrupted}

Environment variables: those of the AWS SDK (AWS_PROFILE, AWS_REGION, AWS_ENDPOINT_URL and others);
those that the definition names (\${NAME}); NO_COLOR, FORCE_COLOR and TERM=dumb for colours.
Help on a command, with examples: trustloom help plan`;
