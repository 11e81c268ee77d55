/** @peculiar/x509 with its limits lifted: `crl FILE CA`, or `bundle FILE`; prints its own milliseconds and its answer. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { crc32 } from 'node:zlib';

const load = createRequire(new URL('../../packages/testkit/package.json', import.meta.url));
load('reflect-metadata');
const x509 = load('@peculiar/x509');
const [kind, file, caFile] = process.argv.slice(2);
const bytes = readFileSync(file);

if (kind === 'crl') {
  const ca = new x509.X509Certificate(readFileSync(caFile, 'latin1'));
  const start = performance.now();
  const crl = new x509.X509Crl(bytes, {
    berOptions: { maxNodes: Number.POSITIVE_INFINITY, maxContentLength: Number.POSITIVE_INFINITY },
  });
  const valid = await crl.verify({ publicKey: await ca.publicKey.export() });
  const serials = new Set(crl.entries.map(({ serialNumber }) => serialNumber));
  const wall = performance.now() - start;
  let digest = 0;
  for (const { serialNumber } of crl.entries) {
    const hex = serialNumber.replace(/^(00)+(?=..)/, '');
    const serial = Buffer.from(hex, 'hex');
    digest = crc32(serial, crc32(Buffer.of(serial.length), digest));
  }
  process.stdout.write(JSON.stringify({ wall, valid, count: serials.size, digest }));
} else {
  const blocks = bytes
    .toString('latin1')
    .split(/(?<=-----END CERTIFICATE-----\n)/)
    .filter((block) => block !== '');
  // The middle of five runs in a row: as warm as it gets.
  const walls = [];
  let count = 0;
  for (let run = 0; run < 5; run += 1) {
    const start = performance.now();
    count = 0;
    for (const block of blocks) {
      const certificate = new x509.X509Certificate(block);
      if (certificate.getExtension(x509.BasicConstraintsExtension)?.ca) count += 1;
      await certificate.getThumbprint('SHA-256');
    }
    walls.push(performance.now() - start);
  }
  walls.sort((a, b) => a - b);
  process.stdout.write(JSON.stringify({ wall: walls[2], count }));
}
