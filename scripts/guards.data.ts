/** How it is noticed that a guard is missing: by a file of tests, or by a scenario of the walk. */
export type Finder =
  | { readonly tests: string; readonly named?: string }
  /** A scenario by its seed, with so many commands. */
  | { readonly scenario: string; readonly commands?: number };

/** One thing that keeps a rule, and how to take it out. */
export interface Guard {
  /** What it keeps, as a sentence that is true while it is there. */
  readonly name: string;
  readonly file: string;
  /** A text that stands in the file once, and what takes its site. */
  readonly out: string;
  readonly in: string;
  readonly foundBy: readonly Finder[];
}

const core = (file: string) => `packages/core/src/${file}.ts`;
const tests = (name: string): Finder => ({ tests: `packages/core/test/${name}.test.ts` });

/**
 * The guards of memory, identity, reading, approval, reports, leases and whole documents. Each is
 * taken out alone, and something has to notice.
 */
export const guards: readonly Guard[] = [
  {
    name: 'a state that was lost is noticed',
    file: core('plan/observe'),
    out: "if (observed?.content.owned === true && known === undefined) return 'lost';",
    in: '',
    foundBy: [tests('memory')],
  },
  {
    name: 'while the state is lost, only what refuses more goes on',
    file: core('plan/target-steps'),
    out: "if (target.memory === 'lost' && effect !== 'revoke') return 'precondition';",
    in: '',
    foundBy: [tests('memory')],
  },
  {
    name: 'an apply over a lost state does not hide that it was lost',
    file: core('apply/remember'),
    out: "row === undefined || memory === 'lost'",
    in: 'row === undefined',
    foundBy: [tests('memory')],
  },
  {
    name: 'an entry of the deny list that the state does not name stays',
    file: core('crl/held-denial'),
    out: '  return held.filter((one) => {',
    in: '  return held.slice(0, 0).filter((one) => {',
    foundBy: [tests('memory'), { tests: 'packages/api-gateway/test/survives.test.ts' }],
  },
  {
    name: 'a retired CA that a revert trusts again needs its consent',
    file: core('plan/consent'),
    out: 'return affects.filter((sha256) => retired.has(sha256)).map((sha256) => `grant:${sha256}`);',
    in: 'return [];',
    foundBy: [tests('memory')],
  },
  {
    name: 'a second definition of the same name is refused',
    file: core('plan/prepare'),
    out: 'if (owner === undefined || lock.id === undefined || owner === lock.id) return;',
    in: 'if (owner !== undefined || lock.id !== undefined) return;',
    foundBy: [tests('memory')],
  },
  {
    name: 'a bucket that refuses writes does not stop revocation',
    file: core('apply/refresh'),
    out: "if (isTrustloomError(error) && (error.kind === 'service' || error.kind === 'transient')) return error;",
    in: '',
    foundBy: [tests('memory')],
  },
  {
    name: 'an older version of the state is noticed by a newer CRL in force',
    file: core('plan/memory'),
    out: 'return inForce && thisUpdate !== undefined && newest !== undefined && thisUpdate > newest;',
    in: 'return false;',
    foundBy: [tests('memory'), tests('refresh')],
  },
  {
    name: 'a target is known again by what it is attached to',
    file: core('state/identity'),
    out: '  for (const target of targets) take(target, isAttachedAs(target));\n',
    in: '',
    foundBy: [tests('identity')],
  },
  {
    name: 'a name in another region is another target',
    file: core('state/identity'),
    out: 'one.kind === other.kind && accountRegionText(one.accountRegion) === accountRegionText(other.accountRegion)',
    in: 'one.kind === other.kind',
    foundBy: [tests('identity')],
  },
  {
    name: 'a target of another kind is another target',
    file: core('state/identity'),
    out: 'one.kind === other.kind && accountRegionText(one.accountRegion) === accountRegionText(other.accountRegion)',
    in: 'accountRegionText(one.accountRegion) === accountRegionText(other.accountRegion)',
    foundBy: [tests('identity')],
  },
  {
    name: 'a target that leaves is enforced until it is gone',
    file: core('plan/target-steps'),
    out: 'steps: [...revoking, ...teardown.steps],',
    in: 'steps: [...teardown.steps],',
    foundBy: [tests('leaving')],
  },
  {
    name: 'a target is forgotten only when it was seen to be gone',
    file: core('apply/remember'),
    out: '          remainingOf(run).length === 0 &&\n',
    in: '',
    foundBy: [tests('engine')],
  },
  {
    name: 'the authorizer believes a signature, not the identifier of a key',
    file: 'packages/api-gateway/src/revocation/authorizer/decide.ts',
    out: '  return named.find(signed) ?? all.find(signed) ??',
    in: '  return named[0] ?? all.find(signed) ??',
    foundBy: [{ tests: 'packages/api-gateway/test/authorizer.test.ts' }],
  },
  {
    name: 'what was planned before another run revoked is not done',
    file: core('state/leases'),
    out: '    if (await parts.isOutdated())\n',
    in: '    if (false)\n',
    foundBy: [tests('leaving')],
  },
  {
    name: 'a CRL with a bad signature is not used',
    file: core('kit/judge-crl'),
    out: "  if (signature === 'invalid')\n",
    in: "  if (signature === 'invalid' && now < 0)\n",
    foundBy: [tests('crl-accept')],
  },
  {
    name: 'a CRL that begins in the future is not used',
    file: core('kit/judge-crl'),
    out: 'if (isAhead(crl, now) && !isSame(input))',
    in: 'if (isAhead(crl, now) && now < 0)',
    foundBy: [tests('crl-accept')],
  },
  {
    name: 'a CRL that was issued earlier does not replace a later one',
    file: core('kit/judge-crl'),
    out: '  if (!ahead && isOlderIssue(crl, inForce))\n',
    in: '  if (!ahead && isOlderIssue(crl, inForce) && unexplained < 0)\n',
    foundBy: [tests('crl-accept')],
  },
  {
    name: 'a CRL that lost much is refused',
    file: core('kit/judge-crl'),
    out: 'if ((doubt !== undefined && unexplained > 0) || isTooMuch(unexplained, inForce.entries))',
    in: 'if (doubt !== undefined && unexplained > 0)',
    foundBy: [tests('crl-accept')],
  },
  {
    name: 'the approval stands for every setting of a target',
    file: core('plan/digest'),
    out: '      ...settingLines(row, definition),\n',
    in: '',
    foundBy: [tests('engine')],
  },
  {
    name: 'less enforcement needs its consent',
    file: core('plan/consent'),
    out: "    case 'enforce':\n    case 'relax':\n      return [`${effect}:${target}`];",
    in: "    case 'enforce':\n      return [`${effect}:${target}`];\n    case 'relax':\n      return [];",
    foundBy: [tests('engine')],
  },
  {
    name: 'to admit the revoked again needs its consent',
    file: core('plan/consent'),
    out: 'return affects.map((sha256) => `readmit:${sha256}`);',
    in: 'return [];',
    foundBy: [tests('refresh'), tests('withdrawal'), { tests: 'packages/trustloom/test/withdrawal.test.ts' }],
  },
  {
    name: 'a refresh does only what revokes',
    file: core('apply/refresh'),
    out: "(step.effect === 'revoke' ? step.skipped : 'not-approved')).filter(\n    ({ effect }) => effect === 'revoke',\n  );",
    in: 'step.skipped).filter(() => true);',
    foundBy: [tests('refresh')],
  },
  {
    name: 'a refresh that keeps nobody out does not exit with 0',
    file: core('apply/refresh'),
    out: 'const problems = [...report.problems, ...red, ...open.map(({ text }) => text)];',
    in: 'const problems = [...report.problems, ...red];',
    foundBy: [tests('refresh'), tests('engine'), { tests: 'packages/trustloom/test/verdicts.test.ts' }],
  },
  {
    name: 'status exits with a reason where somebody is wrongly admitted',
    file: core('report/status'),
    out: 'const said = [...errors, ...exposed, ...lockout];',
    in: 'const said = [...errors];',
    foundBy: [tests('refresh'), tests('engine'), { tests: 'packages/trustloom/test/verdicts.test.ts' }],
  },
  {
    name: 'clients of a CA that the definition does not name are an exposure',
    file: core('plan/admission'),
    out: "      ...said('untrusted', untrusted(target, reached, parts)),\n",
    in: '',
    foundBy: [tests('engine'), { tests: 'packages/trustloom/test/verdicts.test.ts' }],
  },
  {
    name: 'where anybody is admitted, that is said',
    file: core('plan/admission'),
    out: '!enforcing && (waits || (attached && shouldEnforce)),',
    in: '!enforcing && waits && attached && shouldEnforce && attachments.length < 0,',
    foundBy: [tests('engine'), tests('refresh')],
  },
  {
    name: 'revocations that are not in force yet are an exposure',
    file: core('plan/admission'),
    out: '    ...(content.exists ? waiting : []).map(',
    in: '    ...(content.exists ? waiting.slice(0, 0) : []).map(',
    foundBy: [tests('engine'), tests('refresh')],
  },
  {
    name: 'a lease is taken over by our own waiting, whatever its end says',
    file: core('state/leases'),
    out: 'const isOver = seen !== undefined && parts.clock.now() - seen.at >= leaseMs;',
    in: 'const isOver = false;',
    foundBy: [tests('state')],
  },
  {
    name: 'a released lease is gone',
    file: core('state/state'),
    out: '        return rest as T; // the same object without an optional key',
    in: '        return current;',
    foundBy: [tests('state')],
  },
  {
    name: 'an emergency waits for no lease',
    file: core('state/leases'),
    out: '      parts.urgent === true\n',
    in: '      parts.urgent === undefined\n',
    foundBy: [tests('state')],
  },
];
