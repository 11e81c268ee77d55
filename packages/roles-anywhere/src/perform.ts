import {
  isJsonObject,
  type Json,
  type JsonObject,
  type Receipt,
  type Step,
  TrustloomError,
} from '@trustloom/core';
import { markNote, markTags } from './names.ts';
import type { RolesAnywherePort } from './port.ts';

/** Does one step: one write. */
export async function performRolesAnywhere({ input }: Step, port: RolesAnywherePort): Promise<Receipt> {
  const done: Receipt = { result: {} };
  switch (input.do) {
    case 'create-anchor':
      return made(await port.createAnchor(text(input.name), text(input.pem), tags(input.tags)), input);
    case 'import-list':
      return made(
        {
          id: await port.importCrl(text(input.name), text(input.anchor), text(input.pem), tags(input.tags)),
        },
        input,
      );
    case 'update-anchor':
      await port.updateAnchor(text(input.id), text(input.pem));
      return done;
    case 'enable-anchor':
      await port.enableAnchor(text(input.id));
      return done;
    case 'disable-anchor':
      await port.disableAnchor(text(input.id));
      return done;
    case 'delete-anchor':
      await port.deleteAnchor(text(input.id));
      return { ...done, notes: { [markNote(text(input.id))]: null } };
    case 'update-list':
      await port.updateCrl(text(input.id), text(input.pem));
      return done;
    case 'enable-list':
      await port.enableCrl(text(input.id));
      return done;
    case 'disable-list':
      await port.disableCrl(text(input.id));
      return done;
    case 'delete-list':
      await port.deleteCrl(text(input.id));
      return { ...done, notes: { [markNote(text(input.id))]: null } };
    default:
      throw new TrustloomError('contract-broken', 'roles-anywhere: unknown step');
  }
}

/** What we made is remembered by its id: then no look at its tags is needed, and a new name does not hide it. */
function made(result: { readonly id: string; readonly arn?: string }, { tags: given }: JsonObject): Receipt {
  const key = tags(given)[markTags.key];
  return { result: { ...result }, ...(key === undefined ? {} : { notes: { [markNote(result.id)]: key } }) };
}

function text(value: Json | undefined): string {
  if (typeof value === 'string') return value;
  throw new TrustloomError('contract-broken', 'roles-anywhere: a step lacks a value');
}

function tags(value: Json | undefined): Readonly<Record<string, string>> {
  return isJsonObject(value)
    ? Object.fromEntries(Object.entries(value).map(([key, tag]) => [key, text(tag)]))
    : {};
}
