import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * Environment variables as a process has them; passed in, so that nothing below the command reads
 * its own.
 */
export type Env = Readonly<Record<string, string | undefined>>;

/**
 * Settings by section of an AWS config file: `default`, `profile dev`, `services local`. Nested
 * keys are joined by a dot: `s3.endpoint_url`.
 */
export type SharedConfig = ReadonlyMap<string, ReadonlyMap<string, string>>;

/**
 * Reads the text of an AWS config file: sections in brackets, `key = value`, and keys nested by
 * indentation below a key without a value. Comments begin with `#` or `;`. Lines of any other form
 * are passed over, as the AWS tools do.
 */
export function parseSharedConfig(text: string): SharedConfig {
  const sections = new Map<string, Map<string, string>>();
  let section: Map<string, string> | undefined;
  let parent = '';
  for (const raw of text.split(/\r?\n/)) {
    const line = raw.replace(/(^|\s)[;#].*$/, '').trimEnd();
    const header = /^\[\s*(.+?)\s*\]$/.exec(line.trim());
    if (header !== null) {
      const name = (header[1] ?? '').replace(/\s+/g, ' ').replace(/["']/g, '');
      section = sections.get(name) ?? new Map<string, string>();
      sections.set(name, section);
      parent = '';
      continue;
    }
    const pair = /^(\s*)([^=\s]+)\s*=\s*(.*)$/.exec(line);
    if (section === undefined || pair === null) continue;
    const [, indent = '', key = '', value = ''] = pair;
    if (indent === '') parent = value === '' ? key : '';
    if (value !== '') section.set(indent !== '' && parent !== '' ? `${parent}.${key}` : key, value);
  }
  return sections;
}

/** The settings of one profile, and how to look into its `services` section. */
export interface ProfileConfig {
  readonly name: string;
  get(key: string): string | undefined;
  /**
   * A setting of one service in the section that the profile names; `service` as the SDK writes it
   * there (`s3`, `elastic_load_balancing_v2`).
   */
  service(service: string, key: string): string | undefined;
}

/**
 * Opens the profile that the options, then the environment name. A config file that is not there
 * counts as empty.
 *
 * @param env `AWS_PROFILE`, `AWS_CONFIG_FILE`, `HOME`
 */
export function readProfile(env: Env, profile: string | undefined): ProfileConfig {
  const name = profile ?? env.AWS_PROFILE ?? 'default';
  const config = parseSharedConfig(
    readIfThere(env.AWS_CONFIG_FILE ?? join(env.HOME ?? homedir(), '.aws', 'config')),
  );
  const own = config.get(`profile ${name}`) ?? (name === 'default' ? config.get('default') : undefined);
  const services = own?.get('services');
  return Object.freeze({
    name,
    get: (key: string) => own?.get(key),
    service: (service: string, key: string) =>
      services === undefined ? undefined : config.get(`services ${services}`)?.get(`${service}.${key}`),
  });
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
