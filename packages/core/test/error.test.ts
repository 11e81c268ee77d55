import { expect, test } from 'vitest';
import { type Finding, isTrustloomError, TrustloomError } from '../src/index.ts';

const finding: Finding = { code: 'ca-expired', severity: 'error', message: 'CN=Acme Root has expired' };

test('an error as JSON keeps its message and all that it says, and neither cause nor stack', () => {
  const cause = Object.assign(new Error('token abc123'), { secret: 'abc123' });
  const error = new TrustloomError('approval-stale', 'the plan is now 7d1a', {
    context: { digest: '7d1a' },
    findings: [finding],
    cause,
  });
  const text = JSON.stringify({ error });
  expect(JSON.parse(text)).toEqual({
    error: {
      code: 'approval-stale',
      kind: 'race',
      message: 'the plan is now 7d1a',
      context: { digest: '7d1a' },
      findings: [finding],
    },
  });
  expect(text).not.toContain('abc123');
});

test('an error of another copy of the package is known as one', () => {
  const other = Object.assign(new Error('no'), { name: 'TrustloomError', code: 'usage', kind: 'input' });
  expect([other, new Error('no'), { name: 'TrustloomError' }].map(isTrustloomError)).toEqual([
    true,
    false,
    false,
  ]);
});
