import type { Random } from './random.ts';

/** An AWS account of this emulator and the long-lived key its user signs with. */
export interface Account {
  /** Twelve digits. */
  readonly id: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/**
 * A role that can be assumed. Roles that are not listed can be assumed by anybody (there is no IAM
 * here).
 */
export interface Role {
  readonly arn: string;
  /** Must be given by whoever assumes the role. */
  readonly externalId?: string;
  /** Longest session, in seconds; AWS's default is 3600. */
  readonly maxSessionDuration?: number;
}

/** Who signed a request. */
export interface Caller {
  readonly account: string;
  readonly arn: string;
  readonly userId: string;
  readonly accessKeyId?: string;
  /** Not signed at all. */
  readonly anonymous: boolean;
}

/** Temporary credentials that were handed out by AssumeRole or CreateSession. */
interface IssuedCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  /** Milliseconds since the epoch, in real time: SDKs judge it by their own clock. */
  readonly expires: number;
}

/** Which access key belongs to whom. */
export interface Credentials {
  /**
   * Hands out temporary credentials; every service of this emulator then knows the caller by them.
   */
  issue(who: { account: string; arn: string; userId: string; seconds: number }): IssuedCredentials;
  /**
   * Who signs with this key; an unknown key is taken for the first account. `expired` when its
   * session is over.
   */
  find(accessKeyId: string | undefined): { caller: Caller; expired: boolean };
  /** The secret of a key, where it is known. */
  secretOf(accessKeyId: string): string | undefined;
  clear(): void;
}

export const DEFAULT_ACCOUNTS: readonly Account[] = Object.freeze([
  Object.freeze({
    id: '111111111111',
    accessKeyId: 'AKIALOCALAWS11111111',
    secretAccessKey: 'local-aws-111111111111',
  }),
  Object.freeze({
    id: '222222222222',
    accessKeyId: 'AKIALOCALAWS22222222',
    secretAccessKey: 'local-aws-222222222222',
  }),
]);

export function createCredentials(
  accounts: readonly Account[],
  wall: () => number,
  random: Random,
): Credentials {
  const issued = new Map<string, IssuedCredentials & { readonly caller: Caller }>();
  const user = (account: Account, anonymous: boolean): Caller => ({
    account: account.id,
    arn: `arn:aws:iam::${account.id}:root`,
    userId: account.id,
    ...(anonymous ? {} : { accessKeyId: account.accessKeyId }),
    anonymous,
  });
  const first = accounts[0];
  if (!first) throw new TypeError('local AWS: at least one account is needed');
  return Object.freeze({
    issue({ account, arn, userId, seconds }) {
      const credentials: IssuedCredentials = {
        accessKeyId: `ASIA${random.text(16)}`,
        secretAccessKey: random.text(40),
        sessionToken: random.text(120),
        expires: wall() + seconds * 1000,
      };
      const { accessKeyId } = credentials;
      issued.set(accessKeyId, {
        ...credentials,
        caller: { account, arn, userId, accessKeyId, anonymous: false },
      });
      return credentials;
    },
    find(accessKeyId) {
      if (accessKeyId === undefined) return { caller: user(first, true), expired: false };
      const session = issued.get(accessKeyId);
      if (session) return { caller: session.caller, expired: session.expires <= wall() };
      const account = accounts.find((one) => one.accessKeyId === accessKeyId);
      return { caller: { ...user(account ?? first, false), accessKeyId }, expired: false };
    },
    secretOf: (accessKeyId) =>
      issued.get(accessKeyId)?.secretAccessKey ??
      accounts.find((one) => one.accessKeyId === accessKeyId)?.secretAccessKey,
    clear: () => issued.clear(),
  } satisfies Credentials);
}
