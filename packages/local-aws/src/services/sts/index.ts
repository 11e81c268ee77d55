import type {
  AssumeRoleCommandInput,
  AssumeRoleCommandOutput,
  GetCallerIdentityCommandInput,
  GetCallerIdentityCommandOutput,
} from '@aws-sdk/client-sts';
import { schemaService } from '../../wire/schema-service.ts';
import { type Operation, type Operations, type Service, ServiceError } from '../service.ts';

interface StsModel {
  AssumeRole: Operation<AssumeRoleCommandInput, AssumeRoleCommandOutput>;
  GetCallerIdentity: Operation<GetCallerIdentityCommandInput, GetCallerIdentityCommandOutput>;
}

/** Bounds of AssumeRole (STS API reference, checked 2026-11). */
const LIMITS = {
  durationSeconds: { min: 900, max: 43_200, default: 3600 },
  /** A role's own bound, unless its maximum session duration was raised. */
  maxSessionDuration: 3600,
  sessionName: /^[\w+=,.@-]{2,64}$/,
  externalId: /^[\w+=,.@:/-]{2,1224}$/,
  roleArn: /^arn:aws[\w-]*:iam::(\d{12}):role\/(?:[\w+=,.@/-]+\/)?([\w+=,.@-]{1,64})$/,
} as const;

/**
 * STS: who am I, and roles in other accounts. There is no IAM here: a role that is not listed can
 * be assumed by anybody.
 */
export function createSts(): Service {
  return schemaService<StsModel>({
    title: 'STS',
    names: ['sts'],
    protocol: 'query',
    load: () => import('@aws-sdk/client-sts'),
    operations: OPERATIONS,
    xmlns: 'https://sts.amazonaws.com/doc/2011-06-15/',
    malformed: { code: 'ValidationError', status: 400 },
    reset: () => undefined,
  });
}

const OPERATIONS: Operations<StsModel> = {
  GetCallerIdentity: (_input, { caller }) => ({
    Account: caller.account,
    Arn: caller.arn,
    UserId: caller.userId,
  }),
  AssumeRole(input, { world, caller }) {
    const [, account, name] = LIMITS.roleArn.exec(input.RoleArn) ?? [];
    if (account === undefined || name === undefined) throw invalid(`${input.RoleArn} is invalid`);
    if (!LIMITS.sessionName.test(input.RoleSessionName)) {
      throw invalid(
        "Value at 'roleSessionName' failed to satisfy constraint: [\\w+=,.@-]*, 2 to 64 characters",
      );
    }
    if (input.ExternalId !== undefined && !LIMITS.externalId.test(input.ExternalId)) {
      throw invalid(
        "Value at 'externalId' failed to satisfy constraint: [\\w+=,.@:\\/-]*, 2 to 1224 characters",
      );
    }
    const seconds = input.DurationSeconds ?? LIMITS.durationSeconds.default;
    const { min, max } = LIMITS.durationSeconds;
    if (seconds < min || seconds > max) {
      throw invalid(
        `Value '${seconds}' at 'durationSeconds' failed to satisfy constraint: between ${min} and ${max}`,
      );
    }
    const role = world.roles.find((one) => one.arn === input.RoleArn);
    const known = world.accounts.some((one) => one.id === account);
    if (!known || (role?.externalId !== undefined && role.externalId !== input.ExternalId)) {
      throw new ServiceError(
        'AccessDenied',
        403,
        `User: ${caller.arn} is not authorized to perform: sts:AssumeRole on resource: ${input.RoleArn}`,
      );
    }
    if (seconds > (role?.maxSessionDuration ?? LIMITS.maxSessionDuration)) {
      throw invalid('The requested DurationSeconds exceeds the MaxSessionDuration set for this role.');
    }
    const arn = `arn:aws:sts::${account}:assumed-role/${name}/${input.RoleSessionName}`;
    const userId = `AROA${world.random.text(17)}:${input.RoleSessionName}`;
    const { accessKeyId, secretAccessKey, sessionToken, expires } = world.credentials.issue({
      account,
      arn,
      userId,
      seconds,
    });
    return {
      Credentials: {
        AccessKeyId: accessKeyId,
        SecretAccessKey: secretAccessKey,
        SessionToken: sessionToken,
        Expiration: new Date(Math.floor(expires / 1000) * 1000),
      },
      AssumedRoleUser: { AssumedRoleId: userId, Arn: arn },
    };
  },
};

const invalid = (message: string) => new ServiceError('ValidationError', 400, message);
