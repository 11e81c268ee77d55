import { FUNCTION_LIMITS } from '../services/cloudfront/limits.ts';
import type { GateInput, GateVerdict } from '../types.ts';
import { connectionEvent } from './event.ts';
import { askResponders, type OcspResponder } from './ocsp.ts';
import { runConnectionFunction } from './run.ts';

/** What CloudFront does with a connection after its certificate has passed. */
export interface GateOptions {
  /** LIVE code and what its store holds; undefined without a function. */
  readonly live:
    | { readonly code: string; readonly store: ReadonlyMap<string, string> | undefined }
    | undefined;
  /** The trust store asks for OCSP. */
  readonly ocsp: boolean;
  readonly responder: OcspResponder | undefined;
  readonly timeMs: number;
  readonly now: number;
  readonly connectionId: string;
  readonly distributionId: string;
  readonly endpoint: string;
}

/**
 * OCSP first, then the function, which sees what OCSP came to and may decide otherwise (developer
 * guide, Certificate revocation). A certificate without an OCSP URL below the anchor is refused
 * before the function runs.
 */
export function connectionGate(options: GateOptions, { path, presented }: GateInput): GateVerdict {
  const { live, ocsp, responder, timeMs, now, ...ids } = options;
  const asked = ocsp && path.length > 0 ? askResponders(path, responder) : undefined;
  if (asked?.chain === 'no-url') return { admit: false, reason: 'ClientCertRejected' };
  if (live === undefined)
    return asked === undefined || asked.chain === 'Valid'
      ? { admit: true }
      : { admit: false, reason: 'ClientCertRejected' };
  const ran = runConnectionFunction({
    code: live.code,
    store: live.store,
    timeMs,
    memoryBytes: FUNCTION_LIMITS.memoryBytes.max,
    now,
    event: connectionEvent({
      ...ids,
      clientIp: '127.0.0.1',
      certificates: presented,
      ...(asked === undefined ? {} : { revocationStatus: asked.status }),
    }),
  });
  const custom = ran.custom === undefined ? {} : { custom: ran.custom };
  if (ran.decision === 'allow') return { admit: true, ...custom };
  const reason = ran.decision === 'error' ? 'ConnectionFunctionError' : 'ConnectionFunctionDenied';
  return { admit: false, reason, ...custom };
}
