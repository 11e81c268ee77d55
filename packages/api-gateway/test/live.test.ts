import { readFile } from 'node:fs/promises';
import { DeleteDomainNameCommand, TagResourceCommand } from '@aws-sdk/client-api-gateway';
import { DeleteRouteCommand, GetRoutesCommand, UpdateApiCommand } from '@aws-sdk/client-apigatewayv2';
import { DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { createTestCa, type TestCa, type TestLeaf } from '@trustloom/testkit';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type BuiltAuthorizer, buildAuthorizer, loadAuthorizer } from './support/bundle.ts';
import { openScenario, type Scenario } from './support/scenario.ts';

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

let scenario: Scenario;
afterEach(async () => scenario?.close());

/** Applied, with nobody revoked. */
async function opened(
  ...given: Parameters<typeof openScenario> extends [unknown, ...infer Rest] ? Rest : never
) {
  scenario = await openScenario(built, ...given);
  scenario.publish(root);
  scenario.publish(issuing);
  await scenario.accept(root, issuing);
  await scenario.apply();
  return scenario;
}

describe('a client that is revoked while everything runs', () => {
  test.each([
    ['rest', {}],
    ['http', { payload: '1.0' }],
    ['http', { payload: '2.0' }],
    ['http', { payload: '2.0', simple: true, answer: 'simple' }],
  ] as const)('is refused after one refresh: %s API %o', async (kind, settings) => {
    await opened(kind, settings);
    expect(await Promise.all([scenario.knock(ann), scenario.knock(bob), scenario.knock()])).toEqual([
      200,
      200,
      'no-connection',
    ]);
    scenario.publish(issuing, bob);
    const report = await scenario.open().refresh();
    // The default endpoint is open, so that a refresh does not say that all is well.
    expect(report.problems).toEqual([expect.stringContaining('default endpoint is open')]);
    expect([report.exitCode, report.targets[0]?.done.map(({ id }) => id)]).toEqual([1, ['publish']]);
    scenario.clock.advance(poll);
    expect(await Promise.all([scenario.knock(ann), scenario.knock(bob)])).toEqual([200, 403]);
    expect(scenario.logged).toEqual([
      expect.stringMatching(/^\{"trustloom":"revoked","client":"[0-9a-f]{12}:[0-9a-f]+"\}$/),
    ]);
  });

  test('a refresh without news writes nothing; one with the same entries moves only the manifest', async () => {
    await opened('rest');
    scenario.publish(issuing, bob);
    await scenario.open().refresh();
    const writes = () => scenario.local.calls().filter(({ action }) => action === 'PutObject').length;
    const before = writes();
    expect((await scenario.open().refresh()).calls).toBe(0);
    expect(writes()).toBe(before);
    scenario.publish(issuing, bob);
    await scenario.open().refresh();
    const sets = scenario.local
      .state()
      .s3.flatMap(({ objects }) => [...objects.keys()].filter((key) => key.includes('/sets/')));
    expect(sets).toHaveLength(1);
  });

  test('by `revoke` is refused at once, and admitted again by `unrevoke`', async () => {
    await opened('http', { payload: '2.0' });
    await scenario.open().apply({ approve: 'any' });
    await scenario.http.send(
      new UpdateApiCommand({ ApiId: scenario.apiId, DisableExecuteApiEndpoint: true }),
    );
    const request = { serials: [bob.serial], ca: issuing.sha256 };
    const report = await scenario.open().revoke({ ...request, by: 'ann', why: 'stolen' });
    expect(report.targets).toMatchObject([{ name: 'edge', state: 'in force', gaps: [] }]);
    scenario.clock.advance(poll);
    expect(await scenario.knock(bob)).toBe(403);
    await scenario.open().unrevoke(request);
    scenario.clock.advance(poll);
    expect(await scenario.knock(bob)).toBe(200);
  });

  test('where the target names no authorizer, is admitted, and every report says so', async () => {
    scenario = await openScenario(built, 'http', { payload: '2.0' });
    scenario.publish(root);
    scenario.publish(issuing, bob);
    await scenario.accept(root, issuing);
    const open = () => scenario.open({});
    await open().apply({ approve: 'any', allow: ['enforce:edge'] });
    const said = (await open().check()).findings.find(({ code }) => code === 'crl-not-enforced');
    expect(said?.message).toBe(
      'API Gateway checks no CRL: the client revoked by CN=Issuing is admitted here',
    );
    const plan = await open().plan();
    expect(plan.after.exposure).toEqual([
      { kind: 'revoked', text: 'edge: revoked clients are admitted (nothing checks CRLs there)' },
      { kind: 'bypass', text: expect.stringContaining('goes around mutual TLS') },
    ]);
    expect((await open().status()).targets[0]?.revocation).toMatchObject({
      mechanism: 'none',
      state: 'not-enforced',
      gaps: ['the target names no authorizer: revoked clients are admitted'],
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
  test('is there before anybody is trusted, and a CA that is trusted later brings its CRL first', async () => {
    scenario = await openScenario(built, 'rest');
    scenario.publish(root);
    scenario.publish(issuing, bob);
    await scenario.accept(root, issuing);
    const report = await scenario.apply();
    const done = report.targets[0]?.done.map(({ id }) => id) ?? [];
    expect(done.indexOf('publish')).toBeLessThan(done.indexOf('enforce'));
    expect(await Promise.all([scenario.knock(ann), scenario.knock(bob)])).toEqual([200, 403]);
    const other = await createTestCa({ subject: 'CN=Other', key: 'P-256' });
    const carl = await other.issue('CN=carl');
    scenario.publish(other, carl);
    await scenario.accept(root, issuing, other);
    const second = (await scenario.apply()).targets[0]?.done.map(({ id }) => id);
    expect(second).toEqual(['publish', 'grant-cas']);
    scenario.clock.advance(poll);
    expect(await scenario.knock(carl)).toBe(403);
  });

  test('that was never there refuses everyone; the reason is in the log', async () => {
    await opened('rest');
    scenario.deploy({ manifest: 'acme/authorizers/eu-west-1/other.example.com.json' });
    expect(await scenario.knock(ann)).toBe(403);
    expect(scenario.logged.at(-1)).toBe('{"trustloom":"no-set"}');
  });

  test('past its nextUpdate is used for the grace, then nobody is admitted', async () => {
    await opened('rest');
    scenario.clock.advance(24.5 * hour);
    expect(await scenario.knock(ann)).toBe(200);
    scenario.clock.advance(hour);
    expect(await scenario.knock(ann)).toBe(403);
    expect(scenario.logged.at(-1)).toContain('"stale-crl"');
    scenario.publish(root);
    scenario.publish(issuing);
    await scenario.open().refresh();
    scenario.clock.advance(poll);
    expect(await scenario.knock(ann)).toBe(200);
  });

  test('stays in use when S3 fails or what lies there is broken, and the next good one takes its place', async () => {
    await opened('rest');
    expect(await scenario.knock(bob)).toBe(200);
    scenario.publish(issuing, bob);
    await scenario.open().refresh();
    const heal = scenario.local.faults.add({
      service: 's3',
      action: 'GetObject',
      error: { name: 'InternalError', status: 500 },
      times: 100,
    });
    scenario.clock.advance(poll);
    expect(await scenario.knock(ann)).toBe(200);
    heal();
    scenario.clock.advance(poll);
    expect(await Promise.all([scenario.knock(ann), scenario.knock(bob)])).toEqual([200, 403]);
    await scenario.s3.send(
      new PutObjectCommand({
        Bucket: 'trustloom-222222222222-eu-west-1',
        Key: 'acme/authorizers/eu-west-1/api.example.com.json',
        Body: '{}',
      }),
    );
    scenario.clock.advance(poll);
    expect(await Promise.all([scenario.knock(ann), scenario.knock(bob)])).toEqual([200, 403]);
    // A manifest that somebody broke is written anew by the next refresh.
    await scenario.open().refresh();
    scenario.clock.advance(poll);
    scenario.deploy();
    expect(await Promise.all([scenario.knock(ann), scenario.knock(bob)])).toEqual([200, 403]);
  });

  test('a CA that its issuer revoked admits nobody, while its removal waits for the consent', async () => {
    await opened('rest');
    const serial = issuing.serial;
    scenario.files['CN=Root.crl'] = root.issueCrl({
      entries: [{ serial }],
      number: 90,
      thisUpdate: Math.floor(scenario.clock.now() / 1000) * 1000,
    }).der;
    await scenario.open().refresh();
    scenario.clock.advance(poll);
    expect(await scenario.knock(ann)).toBe(403);
    expect(scenario.logged.at(-1)).toContain('"ca-revoked"');
  });
});

describe('what is published', () => {
  const bucket = 'trustloom-222222222222-eu-west-1';
  const manifest = 'acme/authorizers/eu-west-1/api.example.com.json';
  const liesThere = () => {
    const versions =
      scenario.local
        .state()
        .s3.find(({ name }) => name === bucket)
        ?.objects.get(manifest) ?? [];
    return versions.length > 0 && versions.at(-1)?.deleteMarker === false;
  };

  test('and was deleted by hand is published again by the next refresh; status is red meanwhile', async () => {
    await opened('http', { payload: '2.0' });
    await scenario.http.send(
      new UpdateApiCommand({ ApiId: scenario.apiId, DisableExecuteApiEndpoint: true }),
    );
    scenario.publish(issuing, bob);
    await scenario.open().refresh();
    const [key = '', versions = []] =
      [...(scenario.local.state().s3.find(({ name }) => name === bucket)?.objects ?? [])].find(([name]) =>
        name.includes('/sets/'),
      ) ?? [];
    for (const { versionId } of versions)
      await scenario.s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: key, VersionId: versionId }));
    scenario.deploy();
    expect(await scenario.knock(ann)).toBe(403);
    const status = await scenario.open().status();
    expect(status.exitCode).toBe(1);
    expect(status.targets[0]?.revocation.red).toEqual([
      expect.stringMatching(/^the set of Issuing \[[0-9a-f]{8}\] is gone from S3 \(acme\/sets\//),
    ]);
    const plan = await scenario.open().plan();
    expect(plan.targets[0]?.steps.map(({ effect, summary }) => [effect, summary])).toEqual([
      ['revoke', `publish for the authorizer: CRL of Issuing [${issuing.sha256.slice(0, 8)}], 1 entry`],
    ]);
    expect((await scenario.open().refresh()).calls).toBe(1);
    scenario.clock.advance(poll);
    expect(await Promise.all([scenario.knock(ann), scenario.knock(bob)])).toEqual([200, 403]);
    expect((await scenario.open().plan()).changes).toBe(false);
    expect((await scenario.open().status()).exitCode).toBe(0);
  });

  test('stays while a route asks the authorizer after the target has left, and goes once none does', async () => {
    await opened('http', { payload: '2.0' });
    const left = await scenario.leave();
    expect(left.targets[0]?.done.map(({ id }) => id)).toEqual(['relax', 'untag']);
    expect(left.findings.map(({ code, severity }) => [code, severity])).toEqual([
      ['authorizer-asked', 'warning'],
    ]);
    expect([liesThere(), (await scenario.leave()).calls]).toEqual([true, 0]);
    const { Items: [route] = [] } = await scenario.http.send(new GetRoutesCommand({ ApiId: scenario.apiId }));
    await scenario.http.send(new DeleteRouteCommand({ ApiId: scenario.apiId, RouteId: route?.RouteId }));
    const gone = await scenario.leave();
    expect([gone.targets[0]?.done.map(({ id }) => id), gone.targets[0]?.state, liesThere()]).toEqual([
      ['delete-manifest'],
      'removed',
      false,
    ]);
    expect((await scenario.leave()).targets).toEqual([]);
  });

  test('goes at once when the domain was deleted before the target left', async () => {
    await opened('rest');
    await scenario.rest.send(new DeleteDomainNameCommand({ domainName: 'api.example.com' }));
    const gone = await scenario.leave();
    expect([gone.exitCode, gone.targets[0]?.done.map(({ id }) => id), liesThere()]).toEqual([
      0,
      ['delete-manifest'],
      false,
    ]);
  });
});

describe('a target whose `authorizer:` was dropped', () => {
  const manifest = 'acme/authorizers/eu-west-1/api.example.com.json';
  const without = () => scenario.open({});
  const lies = () =>
    scenario.local
      .state()
      .s3.flatMap(({ objects }) => objects.get(manifest)?.at(-1)?.deleteMarker === false)
      .includes(true);

  test('refuses the revoked as long as a route asks: refresh goes on publishing, and a finding names the route', async () => {
    await opened('http', { payload: '2.0' });
    scenario.publish(issuing, bob);
    const report = await without().refresh();
    expect(report.targets[0]?.done.map(({ id }) => id)).toEqual(['publish']);
    scenario.clock.advance(poll);
    expect(await Promise.all([scenario.knock(ann), scenario.knock(bob)])).toEqual([200, 403]);
    const plan = await without().plan();
    expect(plan.targets[0]?.steps).toEqual([]);
    expect(plan.findings.filter(({ code }) => code === 'authorizer-asked')).toMatchObject([
      { message: expect.stringMatching(/^the target names no authorizer, but .* still asks the authorizer/) },
    ]);
    const content = (await without().status()).targets[0]?.content;
    expect(content?.enforcement).toMatchObject({ mechanism: 'authorizer', state: 'partly' });
    await without().apply({ approve: 'any', allow: ['relax:edge'] });
    expect(lies()).toBe(true);
  });

  test('loses what is published by the consent to relax, once no route asks', async () => {
    await opened('http', { payload: '2.0' });
    const { Items: [route] = [] } = await scenario.http.send(new GetRoutesCommand({ ApiId: scenario.apiId }));
    await scenario.http.send(new DeleteRouteCommand({ ApiId: scenario.apiId, RouteId: route?.RouteId }));
    const plan = await without().plan();
    expect(plan.targets[0]?.steps.map(({ id, effect, affects }) => [id, effect, affects])).toEqual([
      ['retire-manifest', 'relax', ['api.example.com authorizer=none']],
    ]);
    expect(plan.missing).toEqual(['relax:edge']);
    scenario.publish(issuing, bob);
    expect((await without().refresh()).targets[0]?.done.map(({ id }) => id)).toEqual(['publish']);
    expect(lies()).toBe(true);
    await without().apply({ approve: 'any', allow: ['relax:edge'] });
    expect([lies(), (await without().plan()).changes]).toEqual([false, false]);
  });
});

describe('a state that was lost', () => {
  const bucket = 'trustloom-222222222222-eu-west-1';
  const remove = async (name: string) => {
    await scenario.s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: `acme/${name}` }));
  };

  test('`revocation.json` deleted, refresh: the client on the deny list stays refused, also after a rebuild', async () => {
    await opened('http', { payload: '2.0' });
    await scenario.open().revoke({ serials: [bob.serial], ca: issuing.sha256, by: 'ann', why: 'stolen' });
    await remove('revocation.json');
    const knocks = async () => {
      scenario.clock.advance(poll);
      return Promise.all([scenario.knock(ann), scenario.knock(bob)]);
    };
    const report = await scenario.open().refresh();
    expect(report.findings.map(({ code }) => code)).toContain('state-lost');
    expect(await knocks()).toEqual([200, 403]);
    await scenario.open().rebuildState();
    await scenario.open().refresh();
    expect(await knocks()).toEqual([200, 403]);
    await scenario.open().unrevoke({ serials: [bob.serial], ca: issuing.sha256 });
    expect(await knocks()).toEqual([200, 200]);
  });
});

test('that another target follows the domain by now is no matter to a target that leaves', async () => {
  await opened('rest');
  const resourceArn = 'arn:aws:apigateway:eu-west-1::/domainnames/api.example.com';
  await scenario.rest.send(new TagResourceCommand({ resourceArn, tags: { 'trustloom:target': 'other' } }));
  const codes = (findings: readonly { readonly code: string }[]) => findings.map(({ code }) => code);
  expect(codes((await scenario.open().plan()).findings)).toEqual(['name-taken']);
  expect(codes((await scenario.leave()).findings)).toEqual(['authorizer-asked']);
});

describe('a cached answer', () => {
  test.each([
    ['rest', 'context.identity.clientCert.clientCertPem'],
    ['http', '$context.identity.clientCert.clientCertPem'],
  ] as const)(
    'never serves another certificate: %s API, with the certificate in the key',
    async (kind, source) => {
      await opened(kind, { payload: '2.0', ttl: 300, sources: [source] });
      scenario.publish(issuing, bob);
      await scenario.open().refresh();
      scenario.clock.advance(poll);
      expect([await scenario.knock(ann), await scenario.knock(bob), await scenario.knock(ann)]).toEqual([
        200, 403, 200,
      ]);
      const { gaps } = (await scenario.open().status()).targets[0]?.content?.enforcement ?? { gaps: ['?'] };
      expect(gaps.filter((gap) => !gap.includes('default endpoint'))).toEqual([]);
    },
  );

  test('without the certificate in its key would, and status says so', async () => {
    await opened('rest', { ttl: 300, sources: ['method.request.header.Host'] });
    const status = await scenario.open().status();
    expect(status.targets[0]?.content?.enforcement).toMatchObject({
      mechanism: 'authorizer',
      state: 'partly',
      gaps: expect.arrayContaining([
        expect.stringMatching(
          /live ANY \/, .*answers are cached for 300 s by method\.request\.header\.Host, not by the certificate: .* a revoked one is admitted meanwhile/,
        ),
      ]),
    });
    scenario.publish(issuing, bob);
    await scenario.open().refresh();
    scenario.clock.advance(poll);
    expect([await scenario.knock(ann), await scenario.knock(bob)]).toEqual([200, 200]);
  });
});

test('the bundle is one file of at most 5 KB that brings no SDK', async () => {
  const text = await readFile(await buildAuthorizer('size'), 'utf8');
  expect(text.length).toBeLessThanOrEqual(5_000);
  const imported = [...text.matchAll(/from ?['"]([^'"]+)['"]/g)].map(([, name]) => name);
  expect(imported.sort()).toEqual(['@aws-sdk/client-s3', 'crypto']);
});
