import {
  type Content,
  type Crl,
  type Finding,
  isTrustloomError,
  type Observation,
  parseBundle,
  parseCrl,
  type ServiceIo,
  sha256Hex,
} from '@trustloom/core/adapter';
import { type Observed, type ObservedFile, ownershipTag } from './model.ts';
import type { NginxPort } from './port/index.ts';
import { bundleFile, crlFile, type NginxTarget } from './target.ts';

/** Reads both files. A file that is not there is observed as absent. */
export async function observeNginx(
  target: NginxTarget,
  port: NginxPort,
  { context }: ServiceIo,
): Promise<Observation<Observed>> {
  const tag = ownershipTag(context);
  const [there, bundle, crls] = await Promise.all([
    port.isDirectory(target.directory),
    port
      .read(bundleFile(target))
      .then((bytes) =>
        observedFile(bytes, tag, (text) => parseBundle(text, bundleFile(target)).certificates),
      ),
    port
      .read(crlFile(target))
      .then((bytes) => observedFile(bytes, tag, (text) => parseCrls(text, crlFile(target)))),
  ]);
  return {
    state: { ...(bundle && { bundle }), ...(crls && { crls }) },
    pending: [],
    content: {
      exists: bundle !== undefined,
      cas: observedCas(bundle),
      crls: (crls?.content ?? []).map((crl) => ({
        sha256: crl.sha256,
        issuer: crl.issuer.text,
        entries: crl.entryCount,
        thisUpdate: crl.thisUpdate,
        ...(crl.nextUpdate !== undefined && { nextUpdate: crl.nextUpdate }),
        inForce: true,
        crl,
      })),
      // Whether a server block asks for certificates stands in the configuration of nginx, which
      // this adapter does not read, so nothing is said of it.
      attachments: [],
      bypasses: [],
      endpoints: [],
      findings: [],
      unmet: [
        ...(there ? [] : [missing(target.directory)]),
        ...(bundle?.owned === false ? [taken(bundleFile(target))] : []),
        ...(crls?.owned === false ? [taken(crlFile(target))] : []),
      ],
    },
  };
}

function observedFile<T>(
  bytes: Uint8Array | undefined,
  tag: string,
  parse: (text: string) => readonly T[],
): ObservedFile<T> | undefined {
  if (bytes === undefined) return undefined;
  const text = Buffer.from(bytes).toString('utf8');
  const file = { sha256: sha256Hex(bytes), owned: text.startsWith(tag) };
  try {
    return { ...file, content: parse(text) };
  } catch (error) {
    // Somebody broke the file: what it says is then unknown, and said to be.
    if (isTrustloomError(error) && error.kind === 'input') return { ...file, content: undefined };
    throw error;
  }
}

/** Each block for itself: a file of ours has one CRL of each CA. */
function parseCrls(text: string, file: string): readonly Crl[] {
  const blocks = text.split(/(?=^-----BEGIN )/m).filter((block) => block.startsWith('-----BEGIN '));
  return blocks.map((block) => parseCrl(block, file));
}

function observedCas(bundle: Observed['bundle']): Content['cas'] {
  if (bundle === undefined) return [];
  if (bundle.content === undefined) return 'unknown';
  return bundle.content.map((certificate) => ({
    sha256: certificate.sha256,
    subject: certificate.subject.text,
    certificate,
  }));
}

function missing(directory: string): Finding {
  const message = `the directory ${directory} does not exist; make it, or correct the definition`;
  return { code: 'attachment-missing', severity: 'error', about: directory, message };
}

function taken(file: string): Finding {
  const message = `${file} is not of this target: its first line does not say so; move it away, or use another directory`;
  return { code: 'name-taken', severity: 'error', about: file, message };
}
