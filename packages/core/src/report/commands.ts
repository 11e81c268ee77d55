import { layout } from './layout.ts';
import type { TextOptions } from './options.ts';

/** How the command is called for the plan that is shown: with the options that belong to it. */
export interface CommandOptions extends TextOptions {
  /** How it is applied. Default `trustloom apply`. */
  readonly apply?: string;
  /** How it is planned. Default `trustloom plan`. */
  readonly plan?: string;
}

/** More consents than this go into a file. */
const mostConsents = 8;
/** So many digits of a digest are to be typed. */
const typedDigits = 16;

/** What is to be typed to apply a plan, with the consents that it lacks. */
export function applyText(
  lead: string,
  { digest, missing }: { readonly digest?: string; readonly missing: readonly string[] },
  options: CommandOptions,
): string {
  const { apply = 'trustloom apply', plan = 'trustloom plan', width } = options;
  const approve = digest === undefined ? '' : ` --approve ${digest.slice(0, typedDigits)}`;
  const commands =
    missing.length > mostConsents
      ? [`${plan} --write-consents consents.txt`, `${apply}${approve} --allow-file consents.txt`]
      : [`${apply}${approve} ${consentFlags(missing)}`.trimEnd()];
  return [
    layout([{ text: lead, indent: 0 }], options),
    ...commands.map((command) => shellLines(command, width)),
  ].join('\n');
}

/** Consents as they are to be typed. */
export function consentFlags(consents: readonly string[]): string {
  return consents.map((consent) => `--allow ${consent}`).join(' ');
}

/** A command that a shell takes, on several lines where the terminal is narrow. */
function shellLines(command: string, width = Number.POSITIVE_INFINITY): string {
  return command.length <= width ? command : command.replaceAll(/ (?=--)/g, ' \\\n  ');
}
