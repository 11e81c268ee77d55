import type { ApplyEvent } from '@trustloom/core';
import type { CliContext } from './context.ts';

/**
 * Progress on standard error: on a terminal one line that is written over, with what each target waits for; elsewhere plain lines.
 */
export function createProgress({ io, options }: CliContext): { on(event: ApplyEvent): void; end(): void } {
  if (options.quiet === true) return { on: () => undefined, end: () => undefined };
  const live = io.errIsTerminal;
  const waiting = new Map<string, string>();
  const told = new Set<string>();
  const line = (text: string) => io.err(live ? `\r\u001b[2K${text}\n` : `${text}\n`);
  const status = () => {
    if (live)
      io.err(
        `\r\u001b[2K${[...waiting]
          .map(([target, what]) => `${target}: ${what}`)
          .join('   ')
          .slice(0, 160)}`,
      );
  };
  return {
    on(event) {
      switch (event.type) {
        case 'step':
          if (event.state === 'done') line(`${event.target}: ${event.effect}: ${event.summary}`);
          break;
        case 'step-failed':
          line(`${event.target}: failed: ${event.message} [${event.code}]`);
          break;
        case 'again':
          line(
            `${event.target}: ${event.code}, looking again in ${Math.round(event.waitMs / 1000)} s (attempt ${event.attempt})`,
          );
          break;
        case 'waiting': {
          const words = event.pending.join(', ');
          waiting.set(event.target, `${words}, ${Math.round(event.sinceMs / 1000)} s`);
          if (!live && !told.has(`${event.target} ${words}`)) line(`${event.target}: waiting: ${words}`);
          told.add(`${event.target} ${words}`);
          break;
        }
        case 'settled':
          waiting.delete(event.target);
          break;
        case 'lease':
          if (event.what === 'waiting')
            line(
              `another run may write until ${event.until ?? 'soon'} (${event.holder ?? 'unknown'}); waiting`,
            );
          break;
        case 'upload':
        case 'verifying':
          break;
      }
      status();
    },
    end() {
      if (live) io.err('\r\u001b[2K');
    },
  };
}
