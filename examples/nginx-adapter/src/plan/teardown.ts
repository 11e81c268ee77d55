import { caDigests, type Step } from '@trustloom/core/adapter';
import type { NginxSteps, Observed } from '../model.ts';
import { bundleFile, crlFile, type NginxTarget } from '../target.ts';

type RemoveFile = Step<NginxSteps, 'remove-file'>;

const reason = 'the definition does not name this target any more';

/** The CAs go first, and the CRLs once nobody is trusted. Only files of ours. */
export function planTeardown({ bundle, crls }: Observed, target: NginxTarget): readonly RemoveFile[] {
  const [caFile, revoked] = [bundleFile(target), crlFile(target)];
  const bundleGoes: RemoveFile | false = bundle?.owned === true && {
    kind: 'remove-file',
    id: 'remove-bundle',
    effect: 'remove',
    wholeTarget: true,
    affects: bundle.content === undefined ? [caFile] : caDigests(bundle.content),
    summary: `remove ${caFile}`,
    reason,
    action: 'file:Remove',
    input: { file: caFile, replaces: bundle.sha256 },
  };
  const crlsGo: RemoveFile | false = crls?.owned === true && {
    kind: 'remove-file',
    id: 'remove-crls',
    effect: 'cleanup',
    affects: [revoked],
    summary: `remove ${revoked}`,
    reason,
    action: 'file:Remove',
    input: { file: revoked, replaces: crls.sha256 },
    after: bundleGoes ? [bundleGoes.id] : [],
  };
  return [bundleGoes, crlsGo].filter((step) => step !== false);
}
