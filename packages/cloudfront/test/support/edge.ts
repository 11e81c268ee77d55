import { Script } from 'node:vm';

/**
 * A connection function that runs here, in this process: the same code as at an edge, without a
 * runner's cost.
 */
export interface Edge {
  /**
   * True when a client with these serials (leaf, then intermediates) is admitted.
   *
   * @param issuers of each of them; the last one counts for those behind it, too
   */
  admits(serials: readonly string[], ...issuers: readonly string[]): Promise<boolean>;
  /** Reads of the store in the last run. */
  reads(): number;
  /** What the function said of the last client that it refused. */
  why(): string;
}

/** @param now what the function's clock says, in milliseconds since 1970 */
export function edge(code: string, items: ReadonlyMap<string, string>, now: number): Edge {
  let reads = 0;
  let why = '';
  const kvs = {
    async get(key: string, options?: { readonly format: string }) {
      reads += 1;
      const value = items.get(key);
      if (value === undefined) throw new Error('KeyNotFound');
      return options?.format === 'json' ? JSON.parse(value) : value;
    },
  };
  const script = `(function (cf, Date) { ${code.replace(/^import .*$/m, '')}\nreturn connectionHandler; })`;
  const make: unknown = new Script(script).runInThisContext();
  if (typeof make !== 'function') throw new TypeError('no handler');
  const handler: (connection: object) => Promise<void> = make({ kvs: () => kvs }, { now: () => now });
  return {
    async admits(serials, ...issuers) {
      const [leaf = '', ...intermediates] = serials.map((serialNumber, at) => ({
        serialNumber,
        issuer: issuers[at] ?? issuers.at(-1) ?? 'CN=Nobody',
      }));
      let admitted = false;
      reads = 0;
      why = '';
      await handler({
        clientCertificate: {
          certificates: {
            leaf,
            intermediates,
          },
        },
        allow() {
          admitted = true;
        },
        deny() {},
        logCustomData(text: string) {
          why = text;
        },
      });
      return admitted;
    },
    reads: () => reads,
    why: () => why,
  };
}

/** A serial as CloudFront shows it: the DER integer, lower-case hex with colons. */
export function shown(serial: string): string {
  const hex = serial.length % 2 === 0 ? serial : `0${serial}`;
  return (hex >= '8' ? `00${hex}` : hex).replace(/..(?=.)/g, '$&:');
}

/** A serial in every notation in use on AWS and in OpenSSL. */
export function notations(serial: string): readonly string[] {
  const hex = serial.length % 2 === 0 ? serial : `0${serial}`;
  const pairs = hex.replace(/..(?=.)/g, '$&:');
  const decimal = BigInt(`0x${serial}`).toString();
  return [
    shown(serial),
    pairs,
    pairs.toUpperCase(),
    hex,
    hex.toUpperCase(),
    `00${hex.toUpperCase()}`,
    serial.toUpperCase(),
    ...(decimal.length >= 20 ? [decimal] : []),
  ];
}
