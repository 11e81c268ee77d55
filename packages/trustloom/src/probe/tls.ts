import { request } from 'node:https';
import type { ProbeCell, ProbeClient } from './report.ts';

/** Where a host and port of AWS are to be found instead: the data planes of a local AWS. */
export type Dial = (
  host: string,
  port: number,
) => { readonly host: string; readonly port: number; readonly ca: string } | undefined;

const timeoutMs = 10_000;

/**
 * One TLS handshake with or without a client certificate, then one GET. A server that refuses after
 * the handshake has ended (as TLS 1.3 allows) has refused all the same: only an HTTP answer counts
 * as admitted.
 */
export function knockTls(
  { host, port }: { readonly host: string; readonly port: number },
  client: ProbeClient | undefined,
  dial: Dial | undefined,
  signal: AbortSignal,
): Promise<Omit<ProbeCell, 'client'>> {
  const found = dial?.(host, port);
  if (dial !== undefined && found === undefined)
    return Promise.resolve({ outcome: '-', detail: `the local AWS has no ${host}:${port}` });
  return new Promise((resolve) => {
    const sent = request({
      host: found?.host ?? host,
      port: found?.port ?? port,
      servername: host,
      headers: { host },
      path: '/',
      agent: false,
      timeout: timeoutMs,
      signal,
      ...(found === undefined ? {} : { ca: found.ca }),
      ...(client === undefined ? {} : { cert: client.certPem + (client.chainPem ?? ''), key: client.keyPem }),
    });
    sent.on('response', (response) => {
      response.resume();
      resolve({ outcome: response.statusCode ?? 0 });
    });
    sent.on('timeout', () => sent.destroy(new Error('no answer in time')));
    sent.on('error', (error: NodeJS.ErrnoException) =>
      resolve(
        unreachable(error)
          ? { outcome: '-', detail: error.code ?? error.message }
          : { outcome: 'refused', detail: error.code ?? error.message },
      ),
    );
    sent.end();
  });
}

/** Not a refusal of the client: the server was never reached, or is not who it says. */
function unreachable({ code = '' }: NodeJS.ErrnoException): boolean {
  return (
    /^(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT)$/.test(code) ||
    /^(CERT_|UNABLE_TO_|SELF_SIGNED_CERT|DEPTH_ZERO|ERR_TLS_CERT)/.test(code)
  );
}
