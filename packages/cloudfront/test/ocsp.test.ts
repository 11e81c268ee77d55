import { contextOf, createTestCa, trustOf } from '@trustloom/testkit';
import { describe, expect, it } from 'vitest';
import { renderCloudfront } from '../src/render.ts';
import { cloudfrontTarget } from '../src/target.ts';

const root = await createTestCa({ subject: 'CN=Root' });
const silent = await root.intermediate('CN=Silent');
const reporting = await root.intermediate('CN=Telling', { ocspUrl: 'http://ocsp.acme.example' });
const context = contextOf({ name: 'edge', region: 'us-east-1', now: Date.now });

function findings(parts: Parameters<typeof trustOf>[0], ocsp = true, mode = 'required') {
  const target = cloudfrontTarget().parse({ distributions: ['E2EXAMPLE'], ocsp, mode });
  const rendered = renderCloudfront(trustOf(parts), target, context);
  return rendered.findings
    .filter(({ code }) => code === 'ocsp-no-url')
    .map(({ severity, about }) => `${severity} ${about}`);
}

describe('with OCSP', () => {
  it('an intermediate below the anchors that names no responder is an error; one that does is none', () => {
    expect(findings({ cas: [root], known: [silent] })).toEqual([`error ${silent.sha256}`]);
    expect(findings({ cas: [root], known: [reporting] })).toEqual([]);
  });

  it('an anchor that names none is a warning: nothing is known of its clients', () => {
    expect(findings({ cas: [root, silent] })).toEqual([`warning ${silent.sha256}`]);
  });

  it('a group whose clients never name one is an error, as long as OCSP is asked for', () => {
    const parts = { cas: [root], groups: [{ name: 'devices', leavesHaveOcsp: false as const }] };
    expect(findings(parts)).toEqual(['error devices']);
    expect(findings(parts, false)).toEqual([]);
    expect(findings(parts, true, 'passthrough')).toEqual([]);
    expect(findings({ cas: [root], groups: [{ name: 'devices' }] })).toEqual([]);
  });
});
