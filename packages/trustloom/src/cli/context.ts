import { dirname, resolve } from 'node:path';
import { defined, type Paint, plain } from '@trustloom/core';
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
  /** Colours for standard output. */
  readonly paint: Paint;
  /** Prints a result: the document with --json, else the text. */
  result(document: object, text: string): void;
  /** A note on standard error; nothing with --quiet. */
  note(text: string): void;
  open(): Promise<OpenedTrustloom>;
}

export function createContext(io: CliIo, options: CommonOptions): CliContext {
  const colours =
    options.color && io.outIsTerminal && (io.env.NO_COLOR ?? '') === '' && options.json !== true;
  const pico = picocolors.createColors(colours);
  const paint: Paint = colours
    ? { good: pico.green, bad: pico.red, warn: pico.yellow, dim: pico.dim }
    : plain;
  return {
    io,
    options,
    paint,
    result(document, text) {
      io.out(
        options.json === true
          ? `${JSON.stringify({ formatVersion: 1, ...document }, null, 2)}\n`
          : `${text}\n`,
      );
    },
    note(text) {
      if (options.quiet !== true) io.err(`${text}\n`);
    },
    open: () => openConfigured(io, options),
  };
}

async function openConfigured(io: CliIo, options: CommonOptions): Promise<OpenedTrustloom> {
  const [{ openText, openTrustloom }, { findDefinition }] = await Promise.all([
    import('../open.ts'),
    import('../files.ts'),
  ]);
  const common = {
    env: io.env,
    ...defined({ region: options.region, profile: options.profile, endpointUrl: options.endpointUrl }),
  };
  if (options.config !== '-') {
    const file =
      options.config === undefined ? await findDefinition(io.cwd) : resolve(io.cwd, options.config);
    return openTrustloom(file, { ...common, cwd: dirname(file) });
  }
  const { clockFor } = await import('../clock.ts');
  const endpoint = options.endpointUrl ?? io.env.AWS_ENDPOINT_URL;
  return openText({
    ...common,
    clock: clockFor(endpoint),
    endpoint,
    baseDir: io.cwd,
    text: await io.readStdin(),
    file: 'standard input',
  });
}
