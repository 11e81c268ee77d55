import { relative, resolve } from 'node:path';
import { defined, type Paint, plain, type TextOptions } from '@trustloom/core';
import picocolors from 'picocolors';
import type { OpenedTrustloom } from '../open.ts';
import type { CliIo } from './io.ts';

/** Options that every command takes. */
export interface CommonOptions {
  readonly config?: string;
  readonly json?: true;
  readonly color: boolean;
  readonly quiet?: true;
  readonly verbose?: true;
  readonly region?: string;
  readonly profile?: string;
  readonly endpointUrl?: string;
}

/** What a command works with. */
export interface CliContext {
  readonly io: CliIo;
  readonly options: CommonOptions;
  /**
   * How texts on standard output are laid out: its width, colours, and whether names are folded.
   */
  readonly text: TextOptions;
  /** Prints a result: the document with --json, else the text. */
  result(document: object, text: string): void;
  /** A note on standard error; nothing with --quiet. */
  note(text: string): void;
  open(): Promise<OpenedTrustloom>;
}

export function createContext(io: CliIo, options: CommonOptions): CliContext {
  const text = {
    paint: paintFor(io, options),
    width: io.outIsTerminal ? io.outColumns : undefined,
    verbose: options.verbose === true,
  };
  return {
    io,
    options,
    text,
    result(document, words) {
      io.out(
        options.json === true
          ? `${JSON.stringify({ formatVersion: 1, ...document }, null, 2)}\n`
          : `${words}\n`,
      );
    },
    note(words) {
      if (options.quiet !== true) io.err(`${words}\n`);
    },
    open: () => openConfigured(io, options),
  };
}

/**
 * Colours on a terminal that has them; NO_COLOR and FORCE_COLOR say otherwise, the option most of
 * all.
 */
function paintFor({ env, outIsTerminal }: CliIo, { color, json }: CommonOptions): Paint {
  const { NO_COLOR: never = '', FORCE_COLOR: always = '', TERM: terminal } = env;
  const forced = always !== '' && always !== '0';
  const possible = outIsTerminal && never === '' && always !== '0' && terminal !== 'dumb';
  if (!color || json === true || !(forced || possible)) return plain;
  const pico = picocolors.createColors(true);
  return { good: pico.green, bad: pico.red, warn: pico.yellow, dim: pico.dim };
}

async function openConfigured(io: CliIo, options: CommonOptions): Promise<OpenedTrustloom> {
  const [{ openText, openTrustloom }, { findDefinition }] = await Promise.all([
    import('../open.ts'),
    import('../files.ts'),
  ]);
  const common = {
    env: io.env,
    ...defined({
      clock: io.clock,
      region: options.region,
      profile: options.profile,
      endpointUrl: options.endpointUrl,
    }),
  };
  if (options.config !== '-') {
    const file =
      options.config === undefined ? await findDefinition(io.cwd) : resolve(io.cwd, options.config);
    // Messages name it as people see it from where they are.
    return openTrustloom(relative(io.cwd, file), { ...common, cwd: io.cwd });
  }
  const endpoint = options.endpointUrl ?? io.env.AWS_ENDPOINT_URL;
  return openText({
    ...common,
    ...defined({ clock: io.clock }),
    endpoint,
    baseDir: io.cwd,
    text: await io.readStdin(),
    file: 'standard input',
  });
}
