import { describe, expect, test } from 'vitest';
import { asDone, findingsText, layout, nameWords } from '../src/index.ts';
import { blocksText, foldTexts } from '../src/report/fold.ts';

describe('what was done is reported as done', () => {
  test.each([
    [
      'attach CRL of Acme Issuing CA [308be4eb], 2 entries',
      'attached CRL of Acme Issuing CA [308be4eb], 2 entries',
    ],
    ['set listener app/edge:443 from off to verify', 'set listener app/edge:443 from off to verify'],
    ['create trust store with 2 CAs', 'created trust store with 2 CAs'],
    ['tag trust store edge', 'tagged trust store edge'],
    ['publish', 'published'],
    ['no longer trust Acme', 'done: no longer trust Acme'],
    ['the verb of somebody else', 'done: the verb of somebody else'],
  ])('%s', (summary, past) => expect(asDone(summary)).toBe(past));
});

describe('one column', () => {
  const text = 'trust Acme Issuing CA [308be4eb] and needs --allow enforce:edge --allow remove:edge';

  test.each([20, 30, 40, 60, 80])('of %i columns cuts no name, id or consent', (width) => {
    const laid = layout([{ text, indent: 2 }], { width });
    expect(laid.replace(/\s+/g, ' ').trim()).toBe(text);
    for (const whole of ['CA [308be4eb]', '--allow enforce:edge', '--allow remove:edge'])
      expect(laid).toContain(whole);
    const isOneWord = (line: string) => !/ (?!\[)/.test(line.trim().replace(/--allow /g, ''));
    expect(laid.split('\n').filter((line) => line.length > width && !isOneWord(line))).toEqual([]);
  });

  test('keeps lines that are lines already', () =>
    expect(layout([{ text: 'one\ntwo', indent: 2 }])).toBe('  one\n  two'));
});

describe('equal rows fold, and nothing else does', () => {
  const block = (name: string, text: string, more: { state?: string; alone?: boolean } = {}) => ({
    name,
    title: 'Load balancer',
    accountRegion: { account: '222222222222', region: name.startsWith('eu') ? 'eu-west-1' : 'us-east-1' },
    rows: [{ text, indent: 2 }],
    ...more,
  });
  const crl = (digits: string) => `~ attach CRL of Acme Issuing CA [${digits}], 2 entries`;

  test('three of one text, in which each may say its own name', () => {
    const blocks = ['eu-1', 'eu-2', 'us-1'].map((name) => block(name, `! set listener ${name}:443`));
    expect(blocksText(blocks, {})).toBe(
      'eu-1 ... us-1  3 targets: Load balancer, 222222222222 in 2 regions\n  ! set listener <target>:443',
    );
    expect(blocksText(blocks, { verbose: true })).toContain('eu-1, eu-2, us-1');
  });

  test('CRLs of two CAs of one name stay two', () => {
    const blocks = ['a', 'b', 'c', 'd', 'e', 'f'].map((name, index) =>
      block(name, crl(index % 2 === 0 ? '308be4eb' : '7de5661a')),
    );
    const text = blocksText(blocks, {});
    expect(text.match(/3 targets/g)).toHaveLength(2);
    expect(text).toContain('[308be4eb]');
    expect(text).toContain('[7de5661a]');
  });

  test('errors, other states and pairs stay alone', () => {
    const errors = ['a', 'b', 'c'].map((name) => block(name, 'not authorized', { alone: true }));
    expect(blocksText(errors, {}).match(/not authorized/g)).toHaveLength(3);
    const states = ['a', 'b', 'c'].map((name) =>
      block(name, 'same', { state: name === 'a' ? 'in sync' : 'failed' }),
    );
    expect(blocksText(states, {}).match(/same/g)).toHaveLength(3);
  });

  test('a name is no part of another word', () => {
    const texts = ['CA', 'CB', 'CC'].map((target) => ({ target, text: `${target}: with 2 ${target}s` }));
    expect(foldTexts(texts)).toHaveLength(3);
  });

  test('warnings fold, errors do not', () => {
    const findings = ['a', 'b', 'c'].flatMap((target) => [
      { code: 'precondition', severity: 'error', target, message: `${target}: has no https` } as const,
      {
        code: 'attachment-external',
        severity: 'warning',
        target,
        message: `${target}: is not ours`,
      } as const,
    ]);
    const lines = findingsText(findings).split('\n');
    expect(lines.filter((line) => line.startsWith('error'))).toHaveLength(3);
    expect(lines.slice(3)).toEqual([
      'warning: <target>: is not ours [attachment-external]',
      '    on a, b, c',
    ]);
  });
});

test('many names are counted, few are named', () => {
  expect(nameWords(['a', 'b'])).toBe('a, b');
  expect(nameWords([...'abcdefgh'])).toBe('8 targets (a ... h)');
});
