import { type StandardSchemaV1, zod } from '@trustloom/core/adapter';

/** A target as the definition gives it. */
export interface NginxTarget {
  readonly directory: string;
}

/** How a target is written in a definition, under `nginx`. */
export function nginxTarget(): StandardSchemaV1<unknown, NginxTarget> {
  const z = zod();
  return z
    .strictObject({
      directory: z
        .string()
        .regex(/^\/.*[^/]$/, 'an absolute path without a slash at its end')
        .describe('Directory of the files that `ssl_client_certificate` and `ssl_crl` name.'),
    })
    .describe('Files with client CAs and CRLs, as nginx reads them.');
}

/** A directory lies in no region of AWS, but every target needs one: it keeps places apart. */
export function nginxAccountRegion(): { readonly region: string } {
  return { region: 'files' };
}

/** The bundle: `ssl_client_certificate /etc/nginx/trust/ca.pem;` */
export function bundleFile({ directory }: NginxTarget): string {
  return `${directory}/ca.pem`;
}

/** The CRLs: `ssl_crl /etc/nginx/trust/crl.pem;` */
export function crlFile({ directory }: NginxTarget): string {
  return `${directory}/crl.pem`;
}
