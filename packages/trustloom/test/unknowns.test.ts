import { createTestCa, everyUnknown } from '@trustloom/testkit';
import { describe, expect, test } from 'vitest';
import { openWeb } from './support/web.ts';

describe.each(['refuse', 'admit'] as const)('CloudFront, with every unknown read as %s', (reading) => {
  test.each([
    ['required', 'refused'],
    ['optional', 'in'],
  ] as const)(
    '%s: the good are admitted, the revoked are not, without a certificate: %s',
    async (mode, nobody) => {
      await using web = await openWeb({ unknowns: everyUnknown(reading) });
      await using trustloom = await web.open({ mode });
      await trustloom.accept('all');
      const [good, revoked] = [await web.ca.issue('CN=good'), await web.ca.issue('CN=revoked')];
      const unknownClient = await (await createTestCa({ subject: 'CN=Unknown CA' })).issue('CN=unknown');
      const all = () =>
        Promise.all([good, revoked, unknownClient, undefined].map((client) => web.knock(client)));
      await web.publish([revoked]);
      expect((await trustloom.apply({ approve: 'any', allow: ['enforce:web'] })).exitCode).toBe(0);
      expect(await all()).toEqual(['in', 'refused', 'refused', nobody]);
      await web.publish([revoked, good]);
      expect((await trustloom.refresh()).exitCode).toBe(0);
      expect(await all()).toEqual(['refused', 'refused', 'refused', nobody]);
    },
  );
});
