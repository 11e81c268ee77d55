import type { CommonOptions } from './context.ts';

/** What is typed to run a command with the same definition, account, targets and consents. */
export function commandLine(
  name: string,
  { config, region, profile, endpointUrl }: CommonOptions,
  {
    allow,
    allowFile,
    target,
  }: {
    readonly allow: readonly string[];
    readonly allowFile?: string | undefined;
    readonly target: readonly string[];
  },
): string {
  const options = [
    ['--config', config],
    ['--region', region],
    ['--profile', profile],
    ['--endpoint-url', endpointUrl],
    ...target.map((one) => ['--target', one] as const),
    ...allow.map((consent) => ['--allow', consent] as const),
    ['--allow-file', allowFile],
  ] as const;
  const given = options.flatMap(([flag, value]) => (value === undefined ? [] : [`${flag} ${quoted(value)}`]));
  return ['trustloom', name, ...given].join(' ');
}

/** A word as a shell takes it. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
