import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Question } from './server.ts';

/** A local AWS in a process of its own. */
export interface Server {
  readonly url: string;
  ask<Answer>(question: Question): Promise<Answer>;
  stop(): Promise<void>;
}

/** Starts one whose time stands still at `now`, milliseconds since the epoch. */
export async function startServer(now: number): Promise<Server> {
  const script = fileURLToPath(new URL('server.ts', import.meta.url));
  const loader = ['--conditions=@trustloom/source', '--import', import.meta.resolve('tsx')];
  const child = fork(script, [String(now)], { execArgv: [...loader, '--expose-gc'] });
  const url = await answerOf<string>(child);
  return {
    url,
    ask(question) {
      const answer = answerOf(child);
      child.send(question);
      return answer as Promise<never>;
    },
    async stop() {
      const gone = once(child, 'exit');
      child.disconnect();
      await gone;
    },
  };
}

/** The next answer; a process that ends instead has crashed. */
async function answerOf<Answer>(child: ChildProcess): Promise<Answer> {
  const done = new AbortController();
  const { signal } = done;
  const answered = once(child, 'message', { signal }).then(([message]) => message as { answer: Answer });
  const ended = once(child, 'exit', { signal }).then(([code]): { answer: Answer } => {
    throw new Error(`the local AWS ended with exit code ${code}`);
  });
  try {
    return (await Promise.race([answered, ended])).answer;
  } finally {
    answered.catch(() => undefined);
    ended.catch(() => undefined);
    done.abort();
  }
}
