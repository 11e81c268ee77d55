import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Certificate, Explanation } from '@trustloom/core';
import { type Call, type Fault, startLocalAws } from '@trustloom/local-aws';
import {
  albEdits,
  apiGatewayEdits,
  cloudFrontEdits,
  createTestClock,
  type IssuedCrl,
  makeAlb,
  makeApiGateway,
  makeBucket,
  makeCloudFront,
  makeRolesAnywhere,
  rolesAnywhereEdits,
  type TestCa,
} from '@trustloom/testkit';
import { type DefinitionInput, type OpenedTrustloom, openTrustloom } from '../../src/index.ts';
import { account } from '../support/local.ts';
import { denyLines, missingOf, planLines, reportLines, statusLines } from './facade.ts';
import { heldLines } from './held.ts';
import { createNames, expectRecorded } from './lines.ts';
import type { Line } from './words.ts';

const region = 'eu-west-1';
const lambda = `arn:aws:lambda:${region}:${account.id}:function:revocation`;
const reads = /^(Get|List|Describe|Head|Export|AssumeRole)/;
const common = { trust: ['devices'], account: account.id };

/** The four kinds of targets, by the names that they have in all scenarios. */
export type Name = 'web' | 'edge' | 'api' | 'jobs';

/** What may differ in the definition of a target. */
export type Settings = Readonly<
  Partial<Record<Name, { readonly common?: object; readonly own?: object } | false>>
>;

/**
 * A local AWS with the places of some targets, sources in a folder, and a pen that writes down what
 * each command does.
 */
export async function openWorld(names: readonly Name[]) {
  const clock = createTestClock('2026-01-05T08:00:00Z');
  // With several targets at work, whoever waits would move the clock under the others, and with it
  // what they see settle.
  const alone = names.length === 1;
  const local = await startLocalAws({ accounts: [account], clock, settle: { ms: alone ? 5 : 0 } });
  await makeBucket({ local });
  await makeBucket({ local, region: 'us-east-1' });
  const where = { local };
  const web = await makeCloudFront(where);
  const edge = await makeAlb(where);
  const api = await makeApiGateway(where, 'api.example.com', 'http', { arn: lambda });
  await makeRolesAnywhere(where);
  local.settle();
  const folder = await mkdtemp(join(tmpdir(), 'trustloom-golden-'));
  const pen = createNames();
  pen.add(account.id, 'account');
  pen.add(web.distributionId, 'distribution');
  pen.add(edge.listenerArn, 'listener');
  pen.add(api.apiId, 'api');
  const own: Readonly<Record<Name, object>> = {
    web: { cloudfront: { distributions: [web.distributionId] } },
    edge: { alb: { listeners: [edge.listenerArn] } },
    api: { apiGateway: { region, domain: api.domain, api: 'http', authorizer: lambda } },
    jobs: { rolesAnywhere: { region } },
  };
  const stage = (at: string) => ({ local, clock, accountRegion: { account: account.id, region: at } });
  const lines: Line[] = [];
  let trustloom: OpenedTrustloom | undefined;
  const now = () => {
    if (trustloom === undefined) throw new TypeError('define comes first');
    return trustloom;
  };

  /** Does some work and writes down its lines, and the requests that it took. */
  const state = async <T>(
    title: string,
    work: () => Promise<T>,
    linesOf: (result: T) => readonly Line[],
  ): Promise<T | undefined> => {
    const before = local.calls().length;
    let result: T | undefined;
    let reported: readonly Line[];
    try {
      result = await work();
      reported = linesOf(result);
    } catch (error) {
      reported = [
        { thrown: error instanceof Error ? String(Reflect.get(error, 'code') ?? error.name) : 'unknown' },
      ];
    }
    // What several targets want of the state at the same time goes together in one write, or not.
    const counted = alone || /^(plan|status|accept|retire)/.test(title);
    lines.push({ command: title }, ...reported, ...callLines(local.calls().slice(before), counted));
    return result;
  };

  return {
    clock,
    local,
    lines,
    pen,
    edits: {
      web: cloudFrontEdits(stage('us-east-1'), web.distributionId),
      edge: albEdits(stage(region), edge.listenerArn),
      api: apiGatewayEdits(stage(region), api.domain),
      jobs: rolesAnywhereEdits(stage(region)),
    },
    edge,
    /** Says which targets there are from now on, and what of them is not usual. */
    async define(
      settings: Settings = {},
      groups: DefinitionInput['groups'] = { devices: { from: './ca.pem', crls: ['./ca.crl'] } },
    ) {
      const targets = names
        .filter((name) => settings[name] !== false)
        .map((name) => {
          const { common: shared = {}, own: special = {} } = settings[name] || {};
          const [[kind, usual] = ['', {}]] = Object.entries(own[name]);
          return [name, { ...common, ...shared, [kind]: { ...usual, ...special } }] as const;
        });
      const definition = {
        name: 'acme',
        state: `${account.id}/${region}`,
        groups,
        targets: Object.fromEntries(targets),
      };
      await trustloom?.close();
      // As it is read from a file.
      trustloom = await openTrustloom(JSON.parse(JSON.stringify(definition)), {
        env: { ...local.env, AWS_REGION: region },
        cwd: folder,
        clock,
      });
    },
    /**
     * Puts these CAs, and a list, where their sources lie; their digests have names from now on.
     */
    async publish(cas: Readonly<Record<string, TestCa>>, crls: Readonly<Record<string, IssuedCrl>> = {}) {
      for (const [name, { sha256 }] of Object.entries(cas)) pen.add(sha256, name);
      for (const [name, { sha256 }] of Object.entries(crls)) pen.add(sha256, name);
      await writeFile(
        join(folder, 'ca.pem'),
        Object.values(cas)
          .map(({ pem }) => pem)
          .join(''),
      );
      for (const [name, { der }] of Object.entries(crls))
        await writeFile(join(folder, `${name.split('#')[0]}.crl`), der);
    },
    accept: () =>
      state(
        'accept',
        () => now().accept('all'),
        (changes) => changes.map(({ change, sha256 }) => ({ change, sha256 })),
      ),
    retire: (sha256: string) =>
      state(
        'retire',
        () => now().retire(sha256),
        () => [],
      ),
    plan: (allow: readonly string[] = []) => state('plan', () => now().plan({ allow }), planLines),
    /** Applies what is planned, with these consents, or with all that are missing. */
    async apply(allow?: readonly string[]) {
      const given = allow ?? missingOf(await now().plan());
      return state(`apply ${given.length}`, () => now().apply({ approve: 'any', allow: given }), reportLines);
    },
    refresh: () => state('refresh', () => now().refresh(), reportLines),
    status: () => state('status', () => now().status(), statusLines),
    revoke: (serial: string, ca: TestCa) =>
      state(
        'revoke',
        () => now().revoke({ serials: [serial], ca: ca.sha256, by: 'ann', why: 'stolen' }),
        denyLines,
      ),
    unrevoke: (serial: string, ca: TestCa) =>
      state('unrevoke', () => now().unrevoke({ serials: [serial], ca: ca.sha256 }), denyLines),
    explain: (leaf: Certificate, linesOf: (reported: readonly Explanation[]) => readonly Line[]) =>
      state('explain', () => now().explain(leaf), linesOf),
    /** What the local AWS holds in the end. */
    async held() {
      lines.push(...heldLines(local.state()));
    },
    fault: (fault: Fault) => local.faults.add(fault),
    /** Somebody else changes something: no command of ours. */
    async byHand(what: string, work: () => Promise<unknown>) {
      lines.push({ byHand: what });
      await work();
      local.settle();
    },
    compare: (scenario: string, which: (line: Line) => boolean = () => true) =>
      expectRecorded(scenario, lines.filter(which).map(pen.line)),
    async [Symbol.asyncDispose]() {
      await trustloom?.close();
      await local.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A running world. */
export type World = Awaited<ReturnType<typeof openWorld>>;

/**
 * Reads counted, since they run side by side; writes in their order, service by service. `counted`
 * is false where what goes to S3 is not the same each time.
 */
function callLines(calls: readonly Call[], counted: boolean): readonly Line[] {
  const entries = [...new Set(calls.map(accountRegionOf))].sort();
  return entries.flatMap((accountRegion) => {
    const here = calls.filter((call) => accountRegionOf(call) === accountRegion);
    const isFile = accountRegion.startsWith('s3 ');
    const isCounted = isFile || accountRegion.startsWith('sts ');
    const read = here.filter(({ action }) => isCounted || reads.test(action)).map(textOf);
    const written = here.filter(({ action }) => !isCounted && !reads.test(action)).map(textOf);
    const times = (one: string) =>
      isFile && !counted ? one : `${one} x${read.filter((other) => other === one).length}`;
    return [
      ...(read.length === 0 ? [] : [{ reads: accountRegion, calls: [...new Set(read)].sort().map(times) }]),
      ...(written.length === 0 ? [] : [{ writes: accountRegion, calls: written }]),
    ];
  });
}

const accountRegionOf = ({ service, region: at }: Call) => `${service} ${at}`;
const textOf = ({ action, status }: Call) => (status < 300 ? action : `${action} ${status}`);
