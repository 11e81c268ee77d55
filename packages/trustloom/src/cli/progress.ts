import { type ApplyEvent, asDone } from '@trustloom/core';
import type { CliContext } from './context.ts';

/** Columns of a terminal that does not say how many it has. */
const usualColumns = 80;

/** What a command is doing, on standard error. */
export interface Progress {
  on(event: ApplyEvent): void;
  end(): void;
}

/**
 * Progress on standard error: on a terminal one line that is written over, with what each target is
 * busy with; elsewhere plain lines, each of which makes sense alone in a log.
 *
 * @param begins what is done first, for the time until the first event
 */
export function createProgress(context: CliContext, begins: string): Progress {
  const { io, options } = context;
  if (options.quiet === true) return { on: () => undefined, end: () => undefined };
  const live = isLive(context);
  const busy = new Map<string, string>([['', begins]]);
  const said = new Set<string>();
  const line = (text: string) => io.err(live ? `\r\u001b[2K${text}\n` : `${text}\n`);
  const show = () => {
    if (live) io.err(`\r\u001b[2K${liveLine([...busy], io.errColumns ?? usualColumns)}`);
  };
  show();
  return {
    on(event) {
      busy.delete('');
      switch (event.type) {
        case 'step':
          if (event.state === 'started') busy.set(event.target, event.summary);
          else {
            busy.delete(event.target);
            line(`${event.target}: ${asDone(event.summary)}`);
          }
          break;
        case 'step-failed':
          busy.delete(event.target);
          line(`${event.target}: failed: ${event.message} [${event.code}]`);
          break;
        case 'again':
          line(
            `${event.target}: ${event.code}; plans again in ${Math.round(event.waitMs / 1000)} s (attempt ${event.attempt})`,
          );
          break;
        case 'waiting': {
          const words = event.pending.join(', ');
          busy.set(event.target, `waits: ${words}, ${Math.round(event.sinceMs / 1000)} s`);
          if (!live && !said.has(`${event.target} ${words}`)) line(`${event.target}: waits: ${words}`);
          said.add(`${event.target} ${words}`);
          break;
        }
        case 'settled':
          busy.delete(event.target);
          break;
        case 'lease':
          if (event.what === 'waiting')
            line(
              `waits for another run, which may write until ${event.until ?? 'soon'} (${event.holder ?? 'unknown'})`,
            );
          break;
        case 'verifying':
          busy.set(event.target, 'looks again');
          break;
        case 'upload':
          break;
      }
      show();
    },
    end() {
      if (live) io.err('\r\u001b[2K');
    },
  };
}

/** Does some work that only reads, and says so on a terminal for as long as it takes. */
export async function whileReading<T>(context: CliContext, what: string, work: () => Promise<T>): Promise<T> {
  const progress = createProgress(context, what);
  try {
    return await work();
  } finally {
    progress.end();
  }
}

/** Lines are written over where somebody looks on, and the terminal can do it. */
function isLive({ io }: CliContext): boolean {
  return io.errIsTerminal && io.env.TERM !== 'dumb';
}

/** As many targets as fit into one line; the others are counted. */
function liveLine(busy: readonly (readonly [target: string, what: string])[], columns: number): string {
  const texts = busy.map(([target, what]) => (target === '' ? what : `${target}: ${what}`));
  const fitting = texts.filter(
    (_, index) => texts.slice(0, index + 1).join('   ').length < columns - '   and 999 more'.length,
  );
  const more = texts.length - fitting.length;
  if (fitting.length === 0) return (texts[0] ?? '').slice(0, columns - 1);
  return `${fitting.join('   ')}${more > 0 ? `   and ${more} more` : ''}`;
}
