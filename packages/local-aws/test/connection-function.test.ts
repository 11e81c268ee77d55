import { describe, expect, test } from 'vitest';
import { runConnectionFunction } from '../src/index.ts';

const now = Date.parse('2026-11-26T08:00:00Z');

const run = (code: string, more: { event?: object; store?: Record<string, string>; timeMs?: number } = {}) =>
  runConnectionFunction({
    code,
    event: more.event ?? {},
    store: more.store === undefined ? undefined : new Map(Object.entries(more.store)),
    timeMs: more.timeMs ?? 200,
    now,
  });

describe('a connection function', () => {
  test('decides by allow and deny, and refuses by doing neither', () => {
    const handler = (body: string) => `function connectionHandler(connection) { ${body} }`;
    expect(run(handler('connection.allow();')).decision).toBe('allow');
    expect(run(handler('connection.deny();')).decision).toBe('deny');
    expect(run(handler('return 1;')).decision).toBe('silent');
    expect(run(handler('connection.allow(); throw new Error("late");'))).toMatchObject({
      decision: 'error',
      error: 'Error: late',
    });
  });

  test('takes 2 MB of memory at most', () => {
    const limited = (body: string) =>
      runConnectionFunction({
        code: `import cf from 'cloudfront';
          async function connectionHandler(connection) { ${body} connection.allow(); }`,
        event: {},
        store: new Map([['a', '']]),
        timeMs: 1_000,
        memoryBytes: 2 * 1024 * 1024,
        now,
      });
    const reads = "var kvs = cf.kvs(); for (var i = 0; i < 100; i += 1) await kvs.exists('a');";
    expect(limited(reads).decision).toBe('allow');
    expect(limited('var kept = []; for (var i = 0; i < 1000000; i += 1) kept.push(i);')).toMatchObject({
      decision: 'error',
      error: 'The function used more memory than it may',
    });
    expect(limited('var kept = new Uint8Array(3 * 1024 * 1024);').decision).toBe('error');
  });

  test('its clock is that of the emulator, in every way to ask', () => {
    const code = `function connectionHandler(connection) {
      console.log(Date.now(), new Date().toISOString(), new Date(0).getTime(), Date.UTC(2000, 0), new Date() instanceof Date);
      connection.allow();
    }`;
    expect(run(code).logs).toEqual([`${now} 2026-11-26T08:00:00.000Z 0 ${Date.UTC(2000, 0)} true`]);
  });

  test('reads its store: exists, three forms of get, meta; a key that is not there throws', () => {
    const code = `
      import cf from 'cloudfront';
      const kvs = cf.kvs();
      async function connectionHandler(connection) {
        const meta = await kvs.meta();
        const bytes = await kvs.get('b', { format: 'bytes' });
        const json = await kvs.get('j', { format: 'json' });
        let missing = 'found';
        try { await kvs.get('none'); } catch (error) { missing = error.message; }
        connection.logCustomData([await kvs.exists('a'), await kvs.exists('z'), await kvs.get('a'),
          bytes[0], json.x, meta.keyCount, missing, connection.clientIp].join(' '));
        connection.allow();
      }`;
    const store = { a: 'one', b: 'A', j: '{"x":7}' };
    expect(run(code, { store, event: { clientIp: '192.0.2.1' } })).toMatchObject({
      decision: 'allow',
      custom: 'true false one 65 7 3 KeyNotFound 192.0.2.1',
      reads: 6,
    });
    expect(run(code)).toMatchObject({
      decision: 'error',
      error: expect.stringContaining('No KeyValueStore'),
    });
  });

  test.each([
    ['an endless loop', 'function connectionHandler(c) { for (;;) {} }', /timed out/],
    [
      'an endless chain of promises',
      'async function connectionHandler(c) { for (;;) await null; }',
      /timed out/,
    ],
    [
      'a promise that never comes',
      'async function connectionHandler(c) { await new Promise(function () {}); }',
      /did not end/,
    ],
    ['a loop outside its handler', 'for (;;) {} function connectionHandler(c) {}', /timed out/],
    ['eval', 'function connectionHandler(c) { eval("c.allow()"); }', /EvalError|Code generation/],
    [
      'a made-up function',
      'function connectionHandler(c) { new Function("return 1")(); }',
      /EvalError|Code generation/,
    ],
    ['no handler', 'var x = 1;', /no function connectionHandler/],
    ['broken syntax', 'function connectionHandler(c) {', /SyntaxError/],
    ['a foreign module', "import fs from 'fs'; function connectionHandler(c) { c.allow(); }", /no module fs/],
    ['recursion without end', 'function f() { f(); } function connectionHandler(c) { f(); }', /RangeError/],
  ])('%s ends as an error', (_name, code, error) => {
    expect(run(code, { timeMs: 100 })).toMatchObject({
      decision: 'error',
      error: expect.stringMatching(error),
    });
  });

  test.each([
    'typeof process + typeof require + typeof globalThis.setTimeout + typeof fetch',
    'typeof connection.allow.constructor("return process")',
    'typeof cf.kvs().get.constructor.constructor("return process")()',
    'typeof (function () { return this; })().process',
    'typeof console.log.constructor("return process")()',
  ])('sees nothing of the host: %s', (expression) => {
    const code = `import cf from 'cloudfront';
      function connectionHandler(connection) {
        var said; try { said = ${expression}; } catch (error) { said = error.name; }
        connection.logCustomData(said); connection.allow();
      }`;
    const { custom } = run(code, { store: {} });
    expect(custom?.replaceAll('undefined', '')).toMatch(/^(EvalError|TypeError)?$/);
  });

  test('what it logs is cut at a character, never in one', () => {
    const code = `function connectionHandler(connection) {
        connection.logCustomData(new Array(500).join('\\u00e9'));
        for (var i = 0; i < 30; i += 1) console.log(new Array(1000).join('x'), { i: i });
        connection.allow();
      }`;
    const { custom = '', logs } = run(code);
    expect(Buffer.byteLength(custom)).toBe(800);
    expect(custom).not.toContain('\uFFFD');
    expect(Buffer.byteLength(logs.join(''))).toBe(10 * 1024);
  });

  test('one run leaves nothing for the next', () => {
    const code = `Array.prototype.join = function () { return 'changed'; }; globalThis.left = 1;
      function connectionHandler(connection) { connection.logCustomData([1, 2].join('-')); connection.allow(); }`;
    run(code);
    const clean = 'function connectionHandler(c) { c.logCustomData([typeof left, 1].join("-")); c.allow(); }';
    expect(run(clean).custom).toBe('undefined-1');
  });
});
