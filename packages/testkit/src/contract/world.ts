import { type Aws, openAws } from '@trustloom/aws';
import type { AccountRegion, JsonObject, Service, Trust } from '@trustloom/core';
import { startLocalAws } from '@trustloom/local-aws';
import { createTestClock } from '../clock.ts';
import { makeBucket } from '../environment/where.ts';
import type { Knocking } from '../knock.ts';
import { everyUnknown } from '../unknowns.ts';
import type { Edits } from './edits.ts';
import type { Oracle } from './oracle.ts';
import type { Stage } from './stage.ts';

/** The target of an adapter on a stage. */
export interface Subject {
  /** As a definition has it under the adapter's key. */
  readonly target: JsonObject;
  readonly oracle: Oracle;
  /**
   * Makes objects of somebody else that look like ours but lack our ownership tag, and gives a function that
   * throws when one was touched. Absent: the law of foreign objects is skipped.
   */
  readonly foreign?: () => Promise<() => void | Promise<void>>;
  /**
   * Knocks at the target with a client's certificate; true when it is admitted. Absent: the law of
   * revoked clients is skipped, which is right only where the local AWS has no data plane.
   */
  readonly admits?: (client: Knocking) => Promise<boolean>;
  /**
   * Changes by hand to what the target holds, each of which must be noticed and fixed: `albEdits`,
   * and its like.
   */
  readonly edits?: Edits;
}

/** What a suite is made for. */
export interface ContractOptions {
  /** For titles: `alb`. */
  readonly name: string;
  readonly service: Service;
  /** Default account 222222222222 in eu-west-1; CloudFront: us-east-1. */
  readonly accountRegion?: AccountRegion;
  /** Makes what a team has before: the listener, the domain, the profile. */
  readonly setup: (stage: Stage) => Promise<Subject>;
  /**
   * SHA-256 of the CRLs that must be in force for a trust; default all of it. For services where
   * some CRLs have no place (Roles Anywhere: those of CAs above an anchor).
   */
  readonly crlsInForce?: (trust: Trust) => readonly string[];
  /** The IAM action of a call; default `<service>:<action>`. */
  readonly permissionOf?: (call: { readonly service: string; readonly action: string }) => string;
  /** Laws that cannot hold, by id, with the reason; shown as skips. */
  readonly skips?: Readonly<Record<string, string>>;
}

/** One world of a law: a stage with the subject on it, and the adapter's own view of AWS. */
export interface ContractWorld extends Stage, Subject, AsyncDisposable {
  readonly options: ContractOptions;
  /** A new process: its own clients. */
  open(): { readonly aws: Aws; readonly service: Service };
  /** Calls that write, on services other than STS, since the start or the last reading. */
  writes(): readonly { readonly service: string; readonly action: string }[];
}

const defaultAccountRegion: AccountRegion = { account: '222222222222', region: 'eu-west-1' };

/** Opens a fresh world. `reading`: one for every unknown about AWS; default each its own. */
export async function openWorld(
  options: ContractOptions,
  reading?: 'refuse' | 'admit',
): Promise<ContractWorld> {
  const clock = createTestClock();
  const unknowns = reading === undefined ? {} : everyUnknown(reading);
  const local = await startLocalAws({ clock, unknowns });
  const accountRegion = options.accountRegion ?? defaultAccountRegion;
  const stage: Stage = { local, clock, accountRegion };
  await makeBucket({ local, ...accountRegion });
  const subject = await options.setup(stage);
  local.settle();
  let seen = local.calls().length;
  const { credentials } = local.clientConfig('sts', accountRegion);
  const opened: Aws[] = [];
  return {
    ...stage,
    ...subject,
    options,
    open() {
      const aws = openAws({
        env: {
          ...local.env,
          AWS_ACCESS_KEY_ID: credentials.accessKeyId,
          AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
        },
        accounts: [{ name: 'apps', id: accountRegion.account }],
        version: '0.0.0-contract',
        clock,
        random: () => 0,
      });
      opened.push(aws);
      return { aws, service: options.service };
    },
    writes() {
      const calls = local.calls().slice(seen);
      seen = local.calls().length;
      return calls.filter(({ service, action }) => service !== 'sts' && !isRead(action));
    },
    async [Symbol.asyncDispose]() {
      for (const aws of opened) aws.close();
      await local.close();
    },
  };
}

/** True for operations that change nothing, by their name. */
function isRead(action: string): boolean {
  return /^(?:Get|CRL|Describe|Head|Export)(?=[A-Z])/.test(action);
}
