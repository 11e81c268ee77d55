/**
 * What users install, as a whole process: `FILE CA [index]` reads a CRL and verifies its signature, as
 * `openssl crl -CAfile` does.
 */
import { readFileSync } from 'node:fs';
import { parseCrl, readCertificate, readPem, verifyCrl } from '../../packages/core/dist/index.js';

const [file, caFile, index] = process.argv.slice(2);
const [ca] = readPem(readFileSync(caFile), caFile);
const crl = parseCrl(readFileSync(file), file);
const valid = verifyCrl(crl, readCertificate(ca.der)) === 'valid';
const found = index === 'index' && crl.hasInteger(Uint8Array.of(1));
if (!valid || found) process.exitCode = 1;
