import { type AuthorizerEvent, createAuthorizer } from './authorizer.ts';
import { settingsFrom } from './settings.ts';

export {
  type AuthorizerEvent,
  type AuthorizerOptions,
  createAuthorizer,
  type EventIdentity,
} from './authorizer.ts';
export type { Reason } from './decide.ts';
export { type Objects, type S3Options, type StoredObject, s3Objects } from './objects.ts';
export { settingsFrom } from './settings.ts';

let made: ReturnType<typeof createAuthorizer> | undefined;

/**
 * The authorizer as a Lambda function of its own, set up by environment variables (`settingsFrom`). It keeps what it read for as long as
 * Lambda keeps the process.
 */
export async function handler(event: AuthorizerEvent): Promise<unknown> {
  made ??= createAuthorizer(settingsFrom(process.env));
  return made(event);
}
