/** The first list of a process, read and verified: `FILE CA`; or the first bundle: `FILE`. Prints its own milliseconds. */
import { readFileSync } from 'node:fs';
import {
  parseBundle,
  parseCrl,
  readCertificate,
  readPem,
  verifyCrl,
} from '../../packages/core/dist/index.js';

const [file, caFile] = process.argv.slice(2);
const bytes = readFileSync(file);
const ca = caFile === undefined ? undefined : readCertificate(readPem(readFileSync(caFile), caFile)[0].der);
const start = performance.now();
if (ca === undefined) parseBundle(bytes, file);
else if (verifyCrl(parseCrl(bytes, file), ca) !== 'valid') process.exitCode = 1;
process.stdout.write(JSON.stringify({ wall: performance.now() - start }));
