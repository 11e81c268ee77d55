import { expect, test } from 'vitest';
import { watchWrites } from './support/watched.ts';
import { openWeb } from './support/web.ts';

test('a new KeyValueStore is not put in force while a refresh knows of more than what is in it', async () => {
  await using web = await openWeb();
  const { ca, local, clock, publish } = web;
  await using watched = await watchWrites(local);
  const [good, old, stolen] = [
    await ca.issue('CN=good'),
    await ca.issue('CN=old'),
    await ca.issue('CN=stolen'),
  ];
  await publish([old]);
  const knock = () => Promise.all([good, old, stolen].map((leaf) => web.knock(leaf)));
  const stores = () => local.state().cloudfront.flatMap(({ state }) => [...state.keyValueStores.values()]);
  await using first = await web.open({ revocation: 'exact' });
  await first.accept('all');
  expect((await first.apply({ approve: 'any', allow: ['enforce:web'] })).exitCode).toBe(0);
  expect(await knock()).toEqual(['in', 'refused', 'in']);

  await using next = await web.open({ revocation: 'compact' }, watched.url);
  let reported = false;
  watched.look = async (action) => {
    if (reported || action !== 'CreateKeyValueStore') return;
    reported = true;
    clock.advance(60_000);
    await publish([old, stolen]);
    await using other = await web.open({ revocation: 'compact' });
    expect((await other.refresh()).exitCode).toBe(0);
    expect(await knock()).toEqual(['in', 'refused', 'refused']);
  };
  const report = await next.apply({ approve: 'any' });
  expect([reported, report.exitCode, report.targets[0]?.state]).toEqual([true, 1, 'waits']);
  expect(report.targets[0]?.remaining.map(({ id, skipped }) => [id, skipped])).toContainEqual([
    'update-function',
    'outdated',
  ]);
  expect(await knock()).toEqual(['in', 'refused', 'refused']);
  expect(stores().length).toBe(2);

  expect((await next.apply({ approve: 'any' })).exitCode).toBe(0);
  expect(await knock()).toEqual(['in', 'refused', 'refused']);
  expect(stores().length).toBe(1);
});
