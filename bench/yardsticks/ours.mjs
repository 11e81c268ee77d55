/**
 * What users install, as a whole process: `verify FILE CA [index]` reads a list and checks its signature, as `openssl crl -CAfile` does;
 * `stream FILE CA` does it as the file comes, and prints how many serials went by.
 */
import { readFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { parseCrl, readCertificate, readPem, scanCrl, verifyCrl } from '../../packages/core/dist/index.js';

const [way, file, caFile, index] = process.argv.slice(2);
const [ca] = readPem(readFileSync(caFile), caFile);
if (way === 'stream') await stream(readCertificate(ca.der));
else verify(readCertificate(ca.der));

/** The file in one buffer of 64 KiB, over and over. */
async function* pieces() {
  const handle = await open(file);
  const buffer = Buffer.alloc(2 ** 16);
  try {
    for (;;) {
      const { bytesRead } = await handle.read(buffer, 0, buffer.length);
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await handle.close();
  }
}

async function stream(issuer) {
  let seen = 0;
  const visit = () => {
    seen += 1;
  };
  const { signedBy, entryCount } = await scanCrl(pieces(), { issuers: [issuer], visit });
  process.stdout.write(JSON.stringify({ seen }));
  if (signedBy === undefined || seen !== entryCount) process.exitCode = 1;
}

function verify(issuer) {
  const crl = parseCrl(readFileSync(file), file);
  const valid = verifyCrl(crl, issuer) === 'valid';
  const found = index === 'index' && crl.hasInteger(Uint8Array.of(1));
  if (!valid || found) process.exitCode = 1;
}
