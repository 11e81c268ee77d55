import { type Aws, createUploads, openAws, serviceAccess } from '@trustloom/aws';
import type { AccountRegion } from '@trustloom/core';
import { startLocalAws } from '@trustloom/local-aws';
import { createTestClock } from '../clock.ts';
import { makeBucket } from '../environment/where.ts';
import { everyUnknown } from '../unknowns.ts';
import type { Stage } from './stage.ts';
import type { Call, FailureCode, Faults, ProcessIo, Subject, Worlds } from './world.ts';

/** What is made on a local AWS. */
export interface LocalAwsOptions {
  /** Default account 222222222222 in eu-west-1; CloudFront: us-east-1. */
  readonly accountRegion?: AccountRegion;
  /** Makes what a team has before: the listener, the domain, the profile. */
  readonly setup: (stage: Stage) => Promise<Subject>;
  /** The IAM action of a call; default `<service>:<action>`. */
  readonly permissionOf?: (call: { readonly service: string; readonly action: string }) => string;
}

const defaultAccountRegion: AccountRegion = { account: '222222222222', region: 'eu-west-1' };

/**
 * Worlds for the contract suite that are fresh local AWSs, under both readings of every unknown
 * about AWS.
 *
 * @example
 * runAdapterContract({ describe, it }, { name: 'alb', service: alb, worlds: onLocalAws({ setup }) })
 */
export function onLocalAws({
  accountRegion = defaultAccountRegion,
  setup,
  permissionOf,
}: LocalAwsOptions): Worlds {
  return {
    readings: ['refuse', 'admit'],
    async open(reading) {
      const clock = createTestClock();
      const unknowns = reading === undefined ? {} : everyUnknown(reading);
      const local = await startLocalAws({ clock, unknowns });
      const stage: Stage = { local, clock, accountRegion };
      await makeBucket({ local, ...accountRegion });
      const subject = await setup(stage);
      local.settle();
      const first = local.calls().length;
      const opened: Aws[] = [];
      return {
        ...subject,
        clock,
        accountRegion,
        settle: local.settle,
        snapshot: local.state,
        faults: faultsOf(stage),
        open() {
          const aws = open(stage);
          opened.push(aws);
          return processIo(aws, accountRegion);
        },
        calls: () =>
          local
            .calls()
            .slice(first)
            .filter(({ service }) => service !== 'sts')
            .map((call) => callOf(call, permissionOf)),
        async [Symbol.asyncDispose]() {
          for (const aws of opened) aws.close();
          await local.close();
        },
      };
    },
  };
}

function open({ local, clock, accountRegion }: Stage): Aws {
  const { credentials } = local.clientConfig('sts', accountRegion);
  return openAws({
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
}

function processIo(aws: Aws, accountRegion: AccountRegion): ProcessIo {
  const uploads = createUploads(aws, { definition: 'acme' });
  return {
    ...serviceAccess(aws)(accountRegion, 'apps'),
    readObject: (location) => uploads.read(accountRegion, 'apps', location),
    files: uploads.files(accountRegion, 'apps'),
    put: (artifact) => uploads.put(accountRegion, 'apps', artifact),
  };
}

function callOf(
  call: { readonly service: string; readonly action: string },
  permissionOf: LocalAwsOptions['permissionOf'] = ({ service, action }) => `${service}:${action}`,
): Call {
  const { service, action } = call;
  return {
    service,
    action,
    writes: !/^(?:Get|List|Describe|Head|Export)(?=[A-Z])/.test(action),
    ...(service === 's3' ? {} : { permission: permissionOf(call) }),
    ...(action === 'PutObject' ? { conditional: true } : {}),
  };
}

/** How AWS says it. */
const answers: Readonly<Record<FailureCode, { readonly name: string; readonly status: number }>> = {
  'access-denied': { name: 'AccessDeniedException', status: 403 },
  throttled: { name: 'ThrottlingException', status: 429 },
  'service-unavailable': { name: 'InternalFailure', status: 500 },
};

function faultsOf({ local }: Stage): Faults {
  return {
    fail: (call, code) => local.faults.add({ ...call, error: answers[code], times: 100 }),
    loseAnswer(call) {
      local.faults.add({ ...call, when: 'after', drop: true });
    },
  };
}
