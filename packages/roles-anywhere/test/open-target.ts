import { RolesAnywhereClient } from '@aws-sdk/client-rolesanywhere';
import {
  isOutput,
  type JsonObject,
  type SdkClient,
  type StepIo,
  type Trust,
  type Value,
} from '@trustloom/core/adapter';
import { type LocalAwsOptions, startLocalAws } from '@trustloom/local-aws';
import { createTestClock } from '@trustloom/testkit';
import { rolesAnywhere } from '../src/index.ts';
import { context } from './fixtures.ts';

/** One target on a local AWS, with a state of notes that can be lost. */
export async function openTarget(target: JsonObject = {}, options: Omit<LocalAwsOptions, 'clock'> = {}) {
  const clock = createTestClock();
  const local = await startLocalAws({ clock, ...options });
  const client = new RolesAnywhereClient(local.clientConfig('rolesanywhere', context.accountRegion));
  const bound = rolesAnywhere.bind(target, context);
  const rateLimited: string[] = [];
  const outputs = new Map<string, object>();
  let notes: JsonObject = {};
  const io = (): StepIo => ({
    context,
    clock,
    notes,
    signal: new AbortController().signal,
    client: <C extends SdkClient>() => client as SdkClient as C,
    fetch,
    rateLimited(family, send) {
      rateLimited.push(family);
      return send();
    },
    shared: sharedReads(),
    afterWrite: false,
    readObject: async () => undefined,
    files: {
      get: async () => undefined,
      put: async () => 'conflict',
      has: async () => false,
      remove: async () => 'conflict',
      removeVersions: async () => undefined,
    },
    value: <V>(value: Value<V>) =>
      isOutput(value) ? Reflect.get(outputs.get(value.outputOf) ?? {}, value.field) : value,
    uploaded({ sha256 }) {
      throw new Error(`nothing is uploaded: ${sha256}`);
    },
  });
  const observe = (trust?: Trust) => bound.render(trust, clock.now()).observe(io());
  return {
    local,
    client,
    rateLimited,
    clock,
    observe,
    loseState() {
      notes = {};
    },
    notes: () => notes,
    async apply(trust: Trust | undefined) {
      const { steps } = (await observe(trust)).plan(clock.now());
      for (const { step, perform } of steps) {
        const receipt = await perform(io());
        outputs.set(step.id, receipt.output);
        notes = { ...notes, ...receipt.notes };
      }
      return steps.length;
    },
    /** Changes what the service answers to one command. */
    answerOf(command: string, change: (crl: object) => object) {
      client.middlewareStack.add(
        (next, { commandName }) =>
          async (args) => {
            const answer = await next(args);
            if (commandName !== command) return answer;
            const crl = 'crl' in answer.output ? { ...answer.output.crl } : {};
            return { ...answer, output: { ...answer.output, ...change(crl) } };
          },
        { step: 'initialize', name: command, override: true },
      );
    },
    /** Names of the calls made meanwhile. */
    async calls(doing: () => Promise<unknown>) {
      const before = local.calls().length;
      await doing();
      return local
        .calls()
        .slice(before)
        .map(({ action }) => action);
    },
    [Symbol.asyncDispose]: () => local.close(),
  };
}

/** One look asks for each list once. */
function sharedReads(): StepIo['shared'] {
  const answers = new Map<string, unknown>();
  return async <T>(key: string, read: () => Promise<T>): Promise<T> => {
    if (!answers.has(key)) answers.set(key, read());
    return answers.get(key) as Promise<T>;
  };
}
