import type { ServiceInfo } from '@trustloom/core/adapter';

const ssl = 'nginx: Module ngx_http_ssl_module, ssl_client_certificate and ssl_crl';
const verification = 'openssl-verification-options(1)';

/** All that the service says of itself. Rules, plans and tests read it here. */
export const nginxInfo = {
  service: 'nginx',
  title: 'nginx files',
  capabilities: {
    // What the client sends may bridge to a CA of the file.
    chain: 'any-anchor',
    // OpenSSL wants a self-signed root at the end, unless it is asked for less (-partial_chain).
    intermediateAnchors: false,
    revocation: 'crl',
    emptyCrl: true,
    crlIssuerInStore: false,
    bundleReadable: true,
    modes: ['files'],
  },
  verdicts: {
    'incomplete-chain': { severity: 'error', source: `${verification}: -partial_chain` },
    'crl-expired': { severity: 'error', source: `${verification}: a CRL that has ended fails every check` },
    'crl-partial': { severity: 'error', source: `${verification}: -extended_crl, which nginx does not set` },
  },
  limits: {},
  rates: {},
  permissions: {
    observe: ['file:Read'],
    refresh: ['file:Read', 'file:Replace'],
    apply: ['file:Read', 'file:Replace', 'file:Remove'],
  },
  residualAccess: [
    'nginx reads both files when it starts or reloads: until then the former ones are in force',
    'connections and TLS sessions that are open live on',
  ],
  settle: { everyMs: 1, expectMs: 0, limitMs: 1_000, source: ssl },
} as const satisfies ServiceInfo;
