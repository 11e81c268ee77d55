import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openScene } from './support.ts';

const root = resolve(import.meta.dirname, '../..');

/** Each example with the consents that its README gives. */
const examples = [
  ['cloudfront', ['enforce:web']],
  ['alb', ['enforce:edge']],
  ['api-gateway', ['enforce:api']],
  ['roles-anywhere', []],
  ['all-four', ['enforce:web', 'enforce:edge', 'enforce:api']],
] as const;

describe.each(examples)('examples/%s', (name, consents) => {
  const allow = consents.flatMap((consent) => ['--allow', consent]);

  test('by the command: accept, check, plan, apply, and a second plan has no writes', async () => {
    await using scene = await openScene(name);
    expect(await scene.trustloom(['accept', '--all'])).toMatchObject({ code: 0 });
    expect(await scene.trustloom(['check'])).toMatchObject({ code: 0 });
    const plan = await scene.trustloom(['plan', '--json', '--detailed-exitcode']);
    expect(plan.code).toBe(2);
    expect(JSON.parse(plan.out)).toMatchObject({ formatVersion: 1, missing: [...consents].sort() });
    const apply = await scene.trustloom(['apply', '--approve', JSON.parse(plan.out).digest, ...allow]);
    expect(apply, apply.err).toMatchObject({ code: 0 });
    const second = await scene.trustloom(['plan', '--detailed-exitcode']);
    expect(second, second.err).toMatchObject({ code: 0 });
    // Nothing is to be done. Ways around mutual TLS are what the team has to close: status says so.
    expect(second.out).toMatch(/^(In sync: |As defined, but )/);
    const status = await scene.trustloom(['status', '--detailed-exitcode']);
    expect(status.code, status.out).toBe(second.out.startsWith('In sync: ') ? 0 : 1);
    expect(status.out.includes('Exit code 1, because:')).toBe(status.code === 1);
  });

  test('by the library: use.ts', async () => {
    await using scene = await openScene(name);
    await scene.trustloom(['accept', '--all']);
    const source = ['--conditions=@trustloom/source', '--import', import.meta.resolve('tsx')];
    const used = spawnAsync(scene, [
      ...source,
      resolve(root, 'examples/test/in-folder.ts'),
      resolve(root, 'examples', name, 'use.ts'),
    ]);
    const { code, out, err } = await used;
    expect(code, err).toBe(0);
    expect(out).toMatch(/: in-sync, \d+ writes/);
  });
});

function spawnAsync(scene: Awaited<ReturnType<typeof openScene>>, args: readonly string[]) {
  return scene.run(process.execPath, args);
}

test('the quickstart tells all twelve parts, and what it tells was measured', () => {
  const scenario = spawnSync(
    process.execPath,
    [
      '--conditions=@trustloom/source',
      '--import',
      import.meta.resolve('tsx'),
      resolve(root, 'examples/quickstart/main.ts'),
    ],
    {
      encoding: 'utf8',
      env: { ...process.env, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
    },
  );
  expect(scenario.stderr).toBe('');
  expect(scenario.status).toBe(0);
  const parts = [...scenario.stdout.matchAll(/^\((\d+)\) /gm)].map(([, number]) => Number(number));
  expect(parts).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
});
