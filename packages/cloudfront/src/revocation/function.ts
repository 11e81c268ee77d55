/** What the function is generated for. */
export interface ConnectionFunctionOptions {
  /**
   * `optional` admits clients without a certificate. In `passthrough` there is nothing to check, so
   * no function.
   */
  readonly mode: 'required' | 'optional';
  /** How long past its end a CRL is still good enough, in milliseconds; whole seconds count. */
  readonly graceMs: number;
}

/** What a function of ours says of itself in its first line. */
export interface FunctionHeader {
  readonly mode: 'required' | 'optional';
  readonly graceSeconds: number;
}

/**
 * The code of a connection function that refuses the revoked: it looks the issuer and the serial of
 * the client's certificate up in the KeyValueStore (`docs/concepts/key-value-store.md`), and those
 * of the intermediates that the client sent. What it cannot read it refuses: no manifest, no bucket,
 * no issuer, an unknown notation, any error; the serial of an unknown issuer is looked up under every
 * known one, for its name may only be written in another way. Old syntax, below 4 KB; needs no
 * library, and no change when CRLs do.
 *
 * Source of the event and of the runtime: AWS, Associate a CloudFront Connection Function; checked
 * 2026-11.
 *
 * @example
 * const code = generateConnectionFunction({ mode: 'required', graceMs: 24 * 3_600_000 })
 */
export function generateConnectionFunction({ mode, graceMs }: ConnectionFunctionOptions): string {
  const graceSeconds = Math.floor(graceMs / 1000);
  return template
    .replace('%HEADER%', headerLine({ mode, graceSeconds }))
    .replace('%GRACE%', String(graceSeconds))
    .replace('%NOBODY%', mode === 'optional' ? "''" : "'no certificate'");
}

/**
 * Reads the first line of a function's code; undefined when it is none of ours.
 *
 * @example
 * readFunctionHeader(code)?.mode // 'required'
 */
export function readFunctionHeader(code: string): FunctionHeader | undefined {
  const [, mode, grace] = /^\/\/ trustloom (required|optional) grace=(\d+)\n/.exec(code) ?? [];
  if (grace === undefined || (mode !== 'required' && mode !== 'optional')) return undefined;
  return { mode, graceSeconds: Number(grace) };
}

const headerLine = ({ mode, graceSeconds }: FunctionHeader) => `// trustloom ${mode} grace=${graceSeconds}`;

/**
 * What a client costs in an interpreter is mostly calls, above all asynchronous ones, and objects
 * and long strings made: a part of a serial is read and judged by one conversion (the digit after
 * it makes a space at its end an error, too), values are searched as they are, and all that waits
 * stands in one function. It must run in old interpreters of the njs family: no `?.`, no `??`, no
 * classes, and `await` only where a value is assigned. Hash and text of a serial are those of
 * `entries/serials.ts`; a test holds the two together.
 */
const template = `%HEADER%
import cf from 'cloudfront';
var imul = Math.imul, abc = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
function b64(n) { return abc[n >> 18 & 63] + abc[n >> 12 & 63] + abc[n >> 6 & 63] + abc[n & 63]; }
function num(s) { return abc.indexOf(s[0]) << 18 | abc.indexOf(s[1]) << 12 | abc.indexOf(s[2]) << 6 | abc.indexOf(s[3]); }
function cut(hex, n) {
 for (var w = [], x, i = hex.length; i > 0; i -= n) {
  x = +('0x' + hex.slice(i > n && i - n, i) + '0');
  if (x != x) throw 'serial';
  w.push(x / 16 | 0);
 }
 return w;
}
function trim(s, c) { return s[0] == c ? trim(s.slice(1), c) : s; }
function text(hex) { return '.' + trim(cut(hex, 6).reverse().map(b64).join(''), 'A') + '.'; }
function tens(s) {
 for (var w = [], i = 0, j, c; i < s.length; i++) {
  for (c = +s[i], j = 0; j < w.length; j++) {
   c += w[j] * 10;
   w[j] = c & 65535;
   c >>= 16;
  }
  if (c) w.push(c);
 }
 return w.reverse().map(x => (65536 + x).toString(16).slice(1)).join('');
}
function mix(x) {
 x = imul(x ^ x >>> 16, 0x7feb352d);
 x = imul(x ^ x >>> 15, 0x846ca68b);
 return x ^ x >>> 16;
}
function hash(w, a, b) {
 for (var i = 0; i < w.length; i++) {
  a = imul(a ^ (w.trim ? w.charCodeAt(i) : w[i]), 0x85ebca6b);
  a ^= a >>> 13;
  b = imul(b + a, 0xc2b2ae35);
  b ^= b >>> 16;
 }
 a = mix(a ^ b);
 return [a, mix(b ^ a)];
}
function pos(s, x, n, at, g) {
 var i, j;
 if (n < 8) at = s.indexOf(g, at);
 i = at < 0 ? at : s.indexOf(x, at);
 if (n < 8) {
  j = s.indexOf(':', at + 1);
  if (j > 0 && j < i) i = -1;
 } else while (i >= 0 && (i - at) % n) i = s.indexOf(x, i + 1);
 return i < 0 ? 1e9 : i;
}
function name(s) {
 return s.toLowerCase().replace(/[\\\\"\\s]/g, '').split(/[,+/]/).map(x => x.slice(x.indexOf('=') + 1)).sort().join();
}
async function judge(c) {
 var t = c.clientCertificate, s = t && t.certificates, leaf = s ? s.leaf : c.clientCertInfo, ocsp = t && t.revocationStatus, i, j, r, hex, end, h, at, n, x, v, b, k, g;
 if (!t && !leaf) return %NOBODY%;
 if (ocsp && ocsp.chainValidity != 'Valid') return 'OCSP';
 var kvs = cf.kvs(), sent = s && s.intermediates || '', now = Date.now() / 1000 - %GRACE%;
 var set = await kvs.get('manifest', { format: 'json' });
 for (i = 0; !(i > sent.length); i++) {
  r = i ? sent[i - 1] : leaf;
  k = hash(name(r.issuer), set.s[0], set.s[1]);
  g = b64(k[0]) + b64(k[1]);
  v = set.n;
  if (set.k) v = await kvs.get('n' + (k[0] & 16777215) % set.k);
  at = v.indexOf('.' + g);
  if (set.e && set.e < now) {
   end = parseInt(v.slice(at + 9), 10);
   if (at < 0 ? !i : end && end < (i ? 3 : now)) return 'stale';
  }
  k = [g];
  for (j = 0; at < 0 && j < (set.k || 1); j++) {
   if (set.k) v = await kvs.get('n' + j);
   k = k.concat(v.split('.').filter(x => x));
  }
  r = r.serialNumber;
  hex = r.split(':').join('');
  if (!hex) throw 'serial';
  hex = trim(hex, '0');
  do {
   for (j = 0; j < k.length; j++) {
    g = k[j];
    h = hash(cut(hex, 8), num(g), num(g.slice(4)));
    g = ':' + g.slice(0, 4);
    n = set.f;
    x = n < 8 ? text(hex) : b64(h[0] << 8 | h[1] >>> 24) + b64(h[1]);
    end = i && pos(set.c, x, n, 0, g) < 1e9;
    if (!end && (!i || set.i)) {
     at = (h[0] >>> 0) / 4294967296 * set.b | 0;
     v = await kvs.get('d' + (at / set.m | 0));
     b = v.indexOf('|');
     if (b < 0) throw 'bar';
     end = pos(v, x, n, 0, g) < b;
     if (!end && pos(v, x, n, b + 1, g) == 1e9) {
      v = await kvs.get('' + at);
      end = pos(v, x, n, 0, g) < 1e9;
     }
    }
    if (end) return 'revoked';
   }
   hex = hex == r && /^\\d{20,}$/.test(r) && trim(tens(r), '0');
  } while (hex);
 }
}
async function connectionHandler(c) {
 var why;
 try { why = await judge(c); } catch (e) { why = '' + e; }
 if (!why) return c.allow();
 c.logCustomData('trustloom: ' + why);
 c.deny();
}
`;
