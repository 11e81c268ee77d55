import { readFile } from 'node:fs/promises';
import { DeleteDomainNameCommand } from '@aws-sdk/client-api-gateway';
import { DeleteRouteCommand, GetRoutesCommand, UpdateApiCommand } from '@aws-sdk/client-apigatewayv2';
import { DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { createTestCa, type TestCa, type TestLeaf } from '@trustloom/testkit';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type BuiltAuthorizer, buildAuthorizer, loadAuthorizer } from './support/bundle.ts';
import { openStory, type Story } from './support/story.ts';

const hour = 3_600_000;
const poll = 10_000;
let built: BuiltAuthorizer;
let root: TestCa;
let issuing: TestCa;
let ann: TestLeaf;
let bob: TestLeaf;
beforeAll(async () => {
  built = await loadAuthorizer('live');
  root = await createTestCa({ subject: 'CN=Root', key: 'P-256' });
  issuing = await root.intermediate('CN=Issuing');
  [ann, bob] = [await issuing.issue('CN=ann'), await issuing.issue('CN=bob')];
});

let story: Story;
afterEach(async () => story?.close());

/** Applied, with nobody revoked. */
async function opened(
  ...given: Parameters<typeof openStory> extends [unknown, ...infer Rest] ? Rest : never
) {
  story = await openStory(built, ...given);
  story.publish(root);
  story.publish(issuing);
  await story.accept(root, issuing);
  await story.apply();
  return story;
}

describe('a client that is revoked while everything runs', () => {
  test.each([
    ['rest', {}],
    ['http', { payload: '1.0' }],
    ['http', { payload: '2.0' }],
    ['http', { payload: '2.0', simple: true, answer: 'simple' }],
  ] as const)('is refused after one refresh: %s API %o', async (kind, settings) => {
    await opened(kind, settings);
    expect(await Promise.all([story.knock(ann), story.knock(bob), story.knock()])).toEqual([
      200,
      200,
      'no-connection',
    ]);
    story.publish(issuing, bob);
    const report = await story.open().refresh();
    expect([report.exitCode, report.targets[0]?.done.map(({ id }) => id)]).toEqual([0, ['publish']]);
    story.clock.advance(poll);
    expect(await Promise.all([story.knock(ann), story.knock(bob)])).toEqual([200, 403]);
    expect(story.logged).toEqual([
      expect.stringMatching(/^\{"trustloom":"revoked","client":"[0-9a-f]{12}:[0-9a-f]+"\}$/),
    ]);
  });

  test('a refresh without news writes nothing; one with the same entries moves only the head', async () => {
    await opened('rest');
    story.publish(issuing, bob);
    await story.open().refresh();
    const writes = () => story.local.calls().filter(({ action }) => action === 'PutObject').length;
    const before = writes();
    expect((await story.open().refresh()).calls).toBe(0);
    expect(writes()).toBe(before);
    story.publish(issuing, bob);
    await story.open().refresh();
    const sets = story.local
      .state()
      .s3.flatMap(({ objects }) => [...objects.keys()].filter((key) => key.includes('/sets/')));
    expect(sets).toHaveLength(1);
  });

  test('by `revoke` is refused at once, and let in again by `unrevoke`', async () => {
    await opened('http', { payload: '2.0' });
    await story.open().apply({ approve: 'any' });
    await story.http.send(new UpdateApiCommand({ ApiId: story.apiId, DisableExecuteApiEndpoint: true }));
    const request = { serials: [bob.serial], ca: issuing.sha256 };
    const report = await story.open().revoke({ ...request, by: 'ann', why: 'stolen' });
    expect(report.targets).toMatchObject([{ name: 'edge', state: 'in force', gaps: [] }]);
    story.clock.advance(poll);
    expect(await story.knock(bob)).toBe(403);
    await story.open().unrevoke(request);
    story.clock.advance(poll);
    expect(await story.knock(bob)).toBe(200);
  });

  test('where the target names no authorizer gets in, and everybody says so', async () => {
    await opened('http', { payload: '2.0' });
    story.publish(issuing, bob);
    const open = () => story.open({});
    const said = (await open().check()).findings.find(({ code }) => code === 'crl-not-enforced');
    expect(said?.message).toBe('API Gateway checks no list: the client revoked by CN=Issuing gets in here');
    const plan = await open().plan();
    expect(plan.exposure).toEqual(['edge: revoked clients get in (nothing checks the lists there)']);
    expect((await open().status()).targets[0]?.revocation).toMatchObject({
      mechanism: 'none',
      state: 'not-enforced',
      gaps: ['the target names no authorizer: revoked clients get in'],
    });
    const report = await open().revoke({
      serials: [bob.serial],
      ca: issuing.sha256,
      by: 'ann',
      why: 'stolen',
    });
    expect(report.targets[0]?.state).toBe('nothing checks');
  });
});

describe('the set', () => {
  test('is there before anybody is trusted, and a CA that is trusted later brings its list first', async () => {
    story = await openStory(built, 'rest');
    story.publish(root);
    story.publish(issuing, bob);
    await story.accept(root, issuing);
    const report = await story.apply();
    const done = report.targets[0]?.done.map(({ id }) => id) ?? [];
    expect(done.indexOf('publish')).toBeLessThan(done.indexOf('enforce'));
    expect(await Promise.all([story.knock(ann), story.knock(bob)])).toEqual([200, 403]);
    const other = await createTestCa({ subject: 'CN=Other', key: 'P-256' });
    const carl = await other.issue('CN=carl');
    story.publish(other, carl);
    await story.accept(root, issuing, other);
    const second = (await story.apply()).targets[0]?.done.map(({ id }) => id);
    expect(second).toEqual(['publish', 'grant-cas']);
    story.clock.advance(poll);
    expect(await story.knock(carl)).toBe(403);
  });

  test('that was never there refuses everyone; the reason is in the log', async () => {
    await opened('rest');
    story.deploy({ head: 'acme/authorizers/other.json' });
    expect(await story.knock(ann)).toBe(403);
    expect(story.logged.at(-1)).toBe('{"trustloom":"no-set"}');
  });

  test('past its nextUpdate is used for the grace, then nobody gets in', async () => {
    await opened('rest');
    story.clock.advance(24.5 * hour);
    expect(await story.knock(ann)).toBe(200);
    story.clock.advance(hour);
    expect(await story.knock(ann)).toBe(403);
    expect(story.logged.at(-1)).toContain('"stale-list"');
    story.publish(root);
    story.publish(issuing);
    await story.open().refresh();
    story.clock.advance(poll);
    expect(await story.knock(ann)).toBe(200);
  });

  test('stays in use when S3 fails or what lies there is broken, and the next good one takes its place', async () => {
    await opened('rest');
    expect(await story.knock(bob)).toBe(200);
    story.publish(issuing, bob);
    await story.open().refresh();
    const heal = story.local.faults.add({
      service: 's3',
      action: 'GetObject',
      error: { name: 'InternalError', status: 500 },
      times: 100,
    });
    story.clock.advance(poll);
    expect(await story.knock(ann)).toBe(200);
    heal();
    story.clock.advance(poll);
    expect(await Promise.all([story.knock(ann), story.knock(bob)])).toEqual([200, 403]);
    await story.s3.send(
      new PutObjectCommand({
        Bucket: 'trustloom-222222222222-eu-west-1',
        Key: 'acme/authorizers/edge.json',
        Body: '{}',
      }),
    );
    story.clock.advance(poll);
    expect(await Promise.all([story.knock(ann), story.knock(bob)])).toEqual([200, 403]);
    // A head that somebody broke is mended by the next refresh.
    await story.open().refresh();
    story.clock.advance(poll);
    story.deploy();
    expect(await Promise.all([story.knock(ann), story.knock(bob)])).toEqual([200, 403]);
  });

  test('a CA that its issuer revoked lets nobody in, while its removal waits for the consent', async () => {
    await opened('rest');
    const serial = issuing.serial;
    story.files['CN=Root.crl'] = root.issueCrl({
      entries: [{ serial }],
      number: 90,
      thisUpdate: Math.floor(story.clock.now() / 1000) * 1000,
    }).der;
    await story.open().refresh();
    story.clock.advance(poll);
    expect(await story.knock(ann)).toBe(403);
    expect(story.logged.at(-1)).toContain('"ca-revoked"');
  });
});

describe('what is published', () => {
  const bucket = 'trustloom-222222222222-eu-west-1';
  const head = 'acme/authorizers/edge.json';
  const liesThere = () => {
    const versions =
      story.local
        .state()
        .s3.find(({ name }) => name === bucket)
        ?.objects.get(head) ?? [];
    return versions.length > 0 && versions.at(-1)?.deleteMarker === false;
  };

  test('and was deleted by hand is published again by the next refresh; status is red meanwhile', async () => {
    await opened('http', { payload: '2.0' });
    await story.http.send(new UpdateApiCommand({ ApiId: story.apiId, DisableExecuteApiEndpoint: true }));
    story.publish(issuing, bob);
    await story.open().refresh();
    const [key = '', versions = []] =
      [...(story.local.state().s3.find(({ name }) => name === bucket)?.objects ?? [])].find(([name]) =>
        name.includes('/sets/'),
      ) ?? [];
    for (const { versionId } of versions)
      await story.s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: key, VersionId: versionId }));
    story.deploy();
    expect(await story.knock(ann)).toBe(403);
    const status = await story.open().status();
    expect(status.exitCode).toBe(1);
    expect(status.targets[0]?.revocation.red).toEqual([
      expect.stringMatching(/^the set of CN=Issuing is gone from S3 \(acme\/sets\//),
    ]);
    const plan = await story.open().plan();
    expect(plan.targets[0]?.steps.map(({ effect, reason }) => [effect, reason])).toEqual([
      ['revoke', 'what the authorizer of edge reads of CN=Issuing is gone from S3'],
    ]);
    expect((await story.open().refresh()).calls).toBe(1);
    story.clock.advance(poll);
    expect(await Promise.all([story.knock(ann), story.knock(bob)])).toEqual([200, 403]);
    expect((await story.open().plan()).changes).toBe(false);
    expect((await story.open().status()).exitCode).toBe(0);
  });

  test('stays while a route asks the authorizer after the target has left, and goes once none does', async () => {
    await opened('http', { payload: '2.0' });
    const left = await story.leave();
    expect(left.targets[0]?.done.map(({ id }) => id)).toEqual(['open', 'unmark']);
    expect(left.findings.map(({ code, severity }) => [code, severity])).toEqual([
      ['authorizer-asked', 'warning'],
    ]);
    expect([liesThere(), (await story.leave()).calls]).toEqual([true, 0]);
    const { Items: [route] = [] } = await story.http.send(new GetRoutesCommand({ ApiId: story.apiId }));
    await story.http.send(new DeleteRouteCommand({ ApiId: story.apiId, RouteId: route?.RouteId }));
    const gone = await story.leave();
    expect([gone.targets[0]?.done.map(({ id }) => id), gone.targets[0]?.state, liesThere()]).toEqual([
      ['delete-head'],
      'left',
      false,
    ]);
    expect((await story.leave()).targets).toEqual([]);
  });

  test('goes at once when the domain was deleted before the target left', async () => {
    await opened('rest');
    await story.rest.send(new DeleteDomainNameCommand({ domainName: 'api.example.com' }));
    const gone = await story.leave();
    expect([gone.exitCode, gone.targets[0]?.done.map(({ id }) => id), liesThere()]).toEqual([
      0,
      ['delete-head'],
      false,
    ]);
  });
});

describe('a cached answer', () => {
  test.each([
    ['rest', 'context.identity.clientCert.clientCertPem'],
    ['http', '$context.identity.clientCert.clientCertPem'],
  ] as const)(
    'never serves another certificate: %s API, with the certificate in the key',
    async (kind, source) => {
      await opened(kind, { payload: '2.0', ttl: 300, sources: [source] });
      story.publish(issuing, bob);
      await story.open().refresh();
      story.clock.advance(poll);
      expect([await story.knock(ann), await story.knock(bob), await story.knock(ann)]).toEqual([
        200, 403, 200,
      ]);
      const { gaps } = (await story.open().status()).targets[0]?.holds?.enforcement ?? { gaps: ['?'] };
      expect(gaps.filter((gap) => !gap.includes('default endpoint'))).toEqual([]);
    },
  );

  test('without the certificate in its key would, and status says so', async () => {
    await opened('rest', { ttl: 300, sources: ['method.request.header.Host'] });
    const status = await story.open().status();
    expect(status.targets[0]?.holds?.enforcement).toMatchObject({
      mechanism: 'authorizer',
      state: 'not-enforced',
      gaps: expect.arrayContaining([
        expect.stringMatching(/live ANY \/, .*keeps answers for 300 s without the certificate in the key/),
      ]),
    });
    story.publish(issuing, bob);
    await story.open().refresh();
    story.clock.advance(poll);
    expect([await story.knock(ann), await story.knock(bob)]).toEqual([200, 200]);
  });
});

test('the bundle is one file of at most 5 KB that brings no SDK', async () => {
  const text = await readFile(await buildAuthorizer('size'), 'utf8');
  expect(text.length).toBeLessThanOrEqual(5_000);
  const imported = [...text.matchAll(/from ?['"]([^'"]+)['"]/g)].map(([, name]) => name);
  expect(imported.sort()).toEqual(['@aws-sdk/client-s3', 'crypto']);
});
