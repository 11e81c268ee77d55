import { strict as assert } from 'node:assert';
import type { Trust } from '@trustloom/core';
import type { FixtureClient } from '../fixtures.ts';
import type { Watch } from '../process.ts';
import type { ContractWorld } from '../world.ts';
import { apply, defineLaw, fresh } from './law.ts';

/** So often an engine looks again and goes on. */
const mostRuns = 3;

export const revokedRefused = defineLaw({
  id: 'revoked-refused',
  needs: ['admits'],
  title:
    'after every step a revoked client is refused where certificates are asked for, and who stays good is admitted; in the end all the good do',
  bothReadings: true,
  async check(open, { clients, one, revokedMore, two }) {
    await using world = await open();
    const { admits } = world;
    const memory = fresh();
    let before: Trust | undefined;
    for (const trust of [one, revokedMore, two, one, undefined]) {
      const watch = asBefore(world, admits, clients, before, trust);
      // What one run leaves to the next (a store is switched before an older CRL is readmitted) is
      // part of the way.
      for (let left = mostRuns; left > 0; left -= 1)
        if ((await apply(world, memory, trust, watch)).steps.length === 0) break;
      world.settle?.();
      before = trust;
      if (trust === undefined) continue;
      for (const client of clients) {
        const wanted: boolean = isTrusted(client, trust) && !isRevoked(client, trust);
        assert.equal(await admits(client), wanted, `serial ${client.serial} in the end`);
      }
    }
  },
});

/**
 * Who is revoked before and after is refused on the whole way, from the first moment that anybody
 * is; and who is good before and after is admitted on the whole way.
 */
function asBefore(
  { oracle, settle }: ContractWorld,
  admits: (client: FixtureClient) => Promise<boolean>,
  clients: readonly FixtureClient[],
  before: Trust | undefined,
  after: Trust | undefined,
): Watch {
  const both = [before, after].filter((trust) => trust !== undefined);
  const revoked = clients.filter((client) => both.every((trust) => isRevoked(client, trust)));
  const good =
    both.length < 2
      ? []
      : clients.filter((client) =>
          both.every((trust) => isTrusted(client, trust) && !isRevoked(client, trust)),
        );
  return {
    async after(step) {
      settle?.();
      if (!oracle().enforcing) return;
      for (const client of revoked)
        assert.equal(
          await admits(client),
          false,
          `serial ${client.serial} is admitted after step ${step.id}`,
        );
      for (const client of good)
        assert.equal(await admits(client), true, `serial ${client.serial} is refused after step ${step.id}`);
    },
  };
}

function isRevoked({ keySha256, serial }: FixtureClient, { revocation }: Trust): boolean {
  return revocation.crls.some(({ issuer, crl }) => issuer.keySha256 === keySha256 && crl.has(serial));
}

function isTrusted({ keySha256 }: FixtureClient, { cas }: Trust): boolean {
  return cas.some((ca) => ca.keySha256 === keySha256);
}
