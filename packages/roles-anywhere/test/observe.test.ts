import {
  ListTrustAnchorsCommand,
  RolesAnywhereClient,
  UpdateTrustAnchorCommand,
} from '@aws-sdk/client-rolesanywhere';
import {
  isOutput,
  type JsonObject,
  type SdkClient,
  type StepIo,
  type Trust,
  type Value,
} from '@trustloom/core/adapter';
import { startLocalAws } from '@trustloom/local-aws';
import { createTestClock, trustOf } from '@trustloom/testkit';
import { describe, expect, test } from 'vitest';
import { rolesAnywhere } from '../src/index.ts';
import { context, makeFamily } from './fixtures.ts';

/** One target on a local AWS, with a state of notes that can be lost. */
async function open(target: JsonObject = {}) {
  const clock = createTestClock();
  const local = await startLocalAws({ clock });
  const client = new RolesAnywhereClient(local.clientConfig('rolesanywhere', context.accountRegion));
  const bound = rolesAnywhere.bind(target, context);
  const rateLimited: string[] = [];
  const outputs = new Map<string, object>();
  let notes: JsonObject = {};
  const io = (): StepIo => ({
    context,
    clock,
    notes,
    signal: new AbortController().signal,
    client: <C extends SdkClient>() => client as SdkClient as C,
    fetch,
    rateLimited(family, send) {
      rateLimited.push(family);
      return send();
    },
    shared: (_key, read) => read(),
    afterWrite: false,
    readObject: async () => undefined,
    files: {
      get: async () => undefined,
      put: async () => 'conflict',
      has: async () => false,
      remove: async () => 'conflict',
      removeVersions: async () => undefined,
    },
    value: <V>(value: Value<V>) =>
      isOutput(value) ? Reflect.get(outputs.get(value.outputOf) ?? {}, value.field) : value,
    uploaded({ sha256 }) {
      throw new Error(`nothing is uploaded: ${sha256}`);
    },
  });
  const observe = (trust?: Trust) => bound.render(trust, context.now).observe(io());
  return {
    local,
    client,
    rateLimited,
    observe: () => observe(),
    loseState() {
      notes = {};
    },
    notes: () => notes,
    async apply(trust: Trust | undefined) {
      const { steps } = (await observe(trust)).plan(context.now);
      for (const { step, perform } of steps) {
        const receipt = await perform(io());
        outputs.set(step.id, receipt.output);
        notes = { ...notes, ...receipt.notes };
      }
      return steps.length;
    },
    /** Names of the calls made meanwhile. */
    async calls(doing: () => Promise<unknown>) {
      const before = local.calls().length;
      await doing();
      return local
        .calls()
        .slice(before)
        .map(({ action }) => action);
    },
    [Symbol.asyncDispose]: () => local.close(),
  };
}

async function oneAnchor() {
  const { one } = await makeFamily();
  return trustOf({
    cas: [one],
    crls: [{ issuer: one, crl: one.issueCrl({ entries: [{ serial: '1001' }] }) }],
  });
}

describe('observing', () => {
  test('two calls where the state knows what we made; a look at the tags of each where it was lost', async () => {
    await using target = await open();
    const trust = await oneAnchor();
    expect(await target.apply(trust)).toBe(3);
    expect(await target.calls(target.observe)).toEqual(['ListTrustAnchors', 'ListCrls']);
    const known = JSON.stringify((await target.observe()).content);
    target.loseState();
    expect(await target.calls(target.observe)).toEqual([
      'ListTrustAnchors',
      'ListTagsForResource',
      'ListCrls',
      'ListTagsForResource',
    ]);
    expect(JSON.stringify((await target.observe()).content)).toBe(known);
    expect(await target.apply(trust)).toBe(0);
  });

  test('each call waits for the rate of its family', async () => {
    await using target = await open();
    await target.apply(await oneAnchor());
    // Two to look; then the anchor is made, its CRL imported, and it is enabled.
    expect(target.rateLimited).toEqual(['anchors', 'anchors', 'crls', 'anchors']);
  });

  test('a new name does not hide an anchor of ours', async () => {
    await using target = await open();
    const trust = await oneAnchor();
    await target.apply(trust);
    const { trustAnchors } = await target.client.send(new ListTrustAnchorsCommand({}));
    const trustAnchorId = trustAnchors?.[0]?.trustAnchorId;
    await target.client.send(new UpdateTrustAnchorCommand({ trustAnchorId, name: 'renamed' }));
    expect(await target.apply(trust)).toBe(0);
    expect((await target.observe()).content.exists).toBe(true);
  });

  test('what was deleted is forgotten', async () => {
    await using target = await open();
    await target.apply(await oneAnchor());
    expect(Object.values(target.notes()).filter((note) => note !== null)).toHaveLength(2);
    await target.apply(undefined);
    expect(Object.values(target.notes()).filter((note) => note !== null)).toEqual([]);
    expect((await target.observe()).content).toMatchObject({ exists: false, cas: [], crls: [] });
  });

  test('an anchor that is gone before its tags are read is absent', async () => {
    await using target = await open();
    await target.apply(await oneAnchor());
    target.loseState();
    target.local.faults.add({
      service: 'rolesanywhere',
      action: 'ListTagsForResource',
      error: { name: 'ResourceNotFoundException', status: 404 },
    });
    expect((await target.observe()).content.exists).toBe(false);
  });

  test('says who else is admitted through the anchors: any role that trusts the service', async () => {
    await using target = await open();
    await target.apply(await oneAnchor());
    expect((await target.observe()).content.findings).toEqual([
      expect.objectContaining({ code: 'anchor-any-role', severity: 'note' }),
    ]);
  });

  test('names the endpoint for probes, if the definition names a profile and a role', async () => {
    const probe = {
      profile: 'arn:aws:rolesanywhere:eu-west-1:222222222222:profile/p',
      role: 'arn:aws:iam::222222222222:role/jobs',
    };
    await using target = await open({ probe });
    await target.apply(await oneAnchor());
    const { content } = await target.observe();
    expect(content.endpoints).toEqual([
      {
        kind: 'create-session',
        region: 'eu-west-1',
        trustAnchorArns: content.attachments.map(({ id }) => id),
        profileArn: probe.profile,
        roleArn: probe.role,
      },
    ]);
  });

  test('a bundle that cannot be read makes what is trusted unknown, until it is replaced', async () => {
    await using target = await open();
    const trust = await oneAnchor();
    await target.apply(trust);
    const { trustAnchors } = await target.client.send(new ListTrustAnchorsCommand({}));
    // A comment that the service passes over, and that we do not.
    const odd = `# -----BEGIN EC PRIVATE KEY-----\n${trust.cas[0]?.pem ?? ''}`;
    await target.client.send(
      new UpdateTrustAnchorCommand({
        trustAnchorId: trustAnchors?.[0]?.trustAnchorId,
        source: { sourceType: 'CERTIFICATE_BUNDLE', sourceData: { x509CertificateData: odd } },
      }),
    );
    expect((await target.observe()).content.cas).toBe('unknown');
    expect(await target.apply(trust)).toBe(1);
    expect((await target.observe()).content.cas).toEqual([
      expect.objectContaining({ sha256: trust.cas[0]?.sha256 }),
    ]);
  });
});

describe('a target in a definition', () => {
  const { accountRegion } = rolesAnywhere;

  test('its place comes from the region, else from the profile to probe with', () => {
    expect(accountRegion({ region: 'eu-west-2' })).toEqual({ region: 'eu-west-2' });
    const probe = {
      profile: 'arn:aws:rolesanywhere:eu-west-1:222222222222:profile/p',
      role: 'arn:aws:iam::222222222222:role/jobs',
    };
    expect(accountRegion({ probe })).toEqual({ region: 'eu-west-1', account: '222222222222' });
    expect(accountRegion({})).toEqual({});
  });

  test.each([
    [{ anchors: 2 }],
    [{ probe: { profile: 'arn:aws:rolesanywhere:eu-west-1:222222222222:profile/p' } }],
    [{ probe: { profile: 'jobs', role: 'arn:aws:iam::222222222222:role/jobs' } }],
  ])('refused: %j', (target) => {
    expect(() => accountRegion(target)).toThrow(expect.objectContaining({ code: 'definition-value' }));
  });
});
