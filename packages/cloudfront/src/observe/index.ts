import {
  type Certificate,
  defined,
  type Finding,
  type Io,
  isJsonObject,
  isOwned,
  type Observation,
  observedCa,
  ownerOf,
  parseBundle,
  readTag,
  sha256Hex,
  type Tags,
} from '@trustloom/core/adapter';
import type { Observed, ObservedTrustStore } from '../model/index.ts';
import { objectName } from '../model/names.ts';
import type { Distribution } from '../port/distributions.ts';
import type { CloudfrontPort } from '../port/index.ts';
import type { ListedTrustStore } from '../port/trust-stores.ts';
import { copiesIn } from '../revocation/copies.ts';
import type { CloudfrontTarget } from '../target.ts';
import {
  enforcedCrls,
  enforcementOf,
  foreignFunction,
  heldDenials,
  observeRevocation,
} from './revocation.ts';

/**
 * Reads what the target holds: our store as far as the service describes it, and the distributions.
 */
export async function observeCloudfront(
  target: CloudfrontTarget,
  port: CloudfrontPort,
  io: Io,
): Promise<Observation<Observed>> {
  const [stores, distributions, revocation] = await Promise.all([
    io.shared('stores', port.trustStores),
    distributionsOf(target, port, io),
    observeRevocation(port, io),
  ]);
  const listed = stores.find(({ id, name }) =>
    target.trustStore === undefined ? name === objectName(io.context) : id === target.trustStore,
  );
  const store = listed === undefined ? undefined : await readStore(listed, target, port, io);
  const found = distributions.filter((distribution) => distribution !== undefined);
  const { fn, keyValueStores } = revocation;
  const state: Observed = {
    ...defined({ store, fn }),
    keyValueStores,
    copies: copiesIn(io.notes),
    distributions: found,
  };
  return {
    state,
    pending: [
      ...(listed?.status === 'pending' ? [`trust store ${listed.name} is pending`] : []),
      ...found.filter(({ deployed }) => !deployed).map(({ id }) => `distribution ${id} is InProgress`),
      ...revocation.pending,
    ],
    content: {
      exists: store !== undefined,
      cas: store === undefined ? [] : (store.cas?.map(observedCa) ?? 'unknown'),
      crls: enforcedCrls(state),
      owned: store?.owned === true || fn?.owned === true || keyValueStores.length > 0,
      denials: heldDenials(state),
      enforcement: enforcementOf(found, state, target),
      attachments: found.map(({ id, mode, store: used, ignoreExpiry }) => ({
        id,
        mode: used !== undefined && used !== store?.id ? `${mode} with a store that is not ours` : mode,
        enforcing: mode === 'required',
        shouldEnforce: target.mode === 'required',
        ignoresExpiry: ignoreExpiry,
        ...(used !== undefined && used !== store?.id ? { otherStore: `trust store ${used}` } : {}),
      })),
      bypasses: found.map(({ id }) => ({
        id,
        state: 'unknown',
        what: `whether the origin of ${id} can be reached around CloudFront`,
      })),
      endpoints: found.map(({ host }) => ({ kind: 'tls', host, port: 443 })),
      findings: [...found.flatMap(preconditions), ...failed(listed)],
      unmet: [...missing(target, found), ...foreign(store, target), ...foreignFunction(fn)],
    },
  };
}

async function distributionsOf({ distributions }: CloudfrontTarget, port: CloudfrontPort, io: Io) {
  const listed = io.afterWrite ? undefined : await io.shared('distributions', port.distributions);
  return Promise.all(distributions.map((id) => listed?.get(id) ?? port.distribution(id)));
}

async function readStore(
  listed: ListedTrustStore,
  target: CloudfrontTarget,
  port: CloudfrontPort,
  io: Io,
): Promise<ObservedTrustStore> {
  const tags = await port.tags(listed.arn);
  const taggedBundle = readTag(tags, 'bundle');
  const content = await contentOf(listed, taggedBundle, io);
  return {
    ...listed,
    owned: isOwned(tags, io.context),
    ...(ownerOf(tags, io.context) === 'another' ? { other: ownerWords(tags) } : {}),
    taggedBundle,
    ocsp: typeof io.notes.ocsp === 'boolean' ? io.notes.ocsp : target.ocsp ? undefined : false,
    cas: typeof content === 'string' ? undefined : content,
    doubt: typeof content === 'string' ? content : undefined,
    unnoted: typeof io.notes.etag !== 'string',
  };
}

/**
 * The service never shows what a store holds. It is known while the store has the ETag that our
 * last write left and the tag of the bundle that was written: then the bundle is read from where it
 * was uploaded, and must hash to its name.
 *
 * @returns the CAs, or why they are not known
 */
async function contentOf(
  { etag, count }: ListedTrustStore,
  taggedBundle: string | undefined,
  io: Io,
): Promise<readonly Certificate[] | string> {
  const { etag: noted, bundle, location } = io.notes;
  const { bucket, key, version } = isJsonObject(location) ? location : {};
  if (typeof noted !== 'string' || typeof bundle !== 'string' || !isJsonObject(location))
    return 'the state does not name what was put there';
  if (noted !== etag) return 'somebody else changed it';
  if (taggedBundle !== undefined && taggedBundle !== bundle) return 'its tag names another bundle';
  if (typeof bucket !== 'string' || typeof key !== 'string' || typeof version !== 'string')
    return 'the state does not name what was put there';
  const bytes = await io.readObject({ bucket, key, version });
  if (bytes === undefined || sha256Hex(bytes) !== bundle) return 'the bundle that was put there is gone';
  const { certificates } = parseBundle(bytes, key);
  return certificates.length === count || count === 0
    ? certificates
    : `it holds ${count} CAs, not the ${certificates.length} that were put there`;
}

function missing(target: CloudfrontTarget, found: readonly Distribution[]): readonly Finding[] {
  return target.distributions
    .filter((id) => !found.some((distribution) => distribution.id === id))
    .map((id) => ({
      code: 'attachment-missing',
      severity: 'error',
      about: id,
      message: `the distribution ${id} does not exist; correct the definition, or make it`,
    }));
}

function preconditions({ id, http3, plainBehaviours }: Distribution): readonly Finding[] {
  const messages = [
    ...(http3 ? ['speaks HTTP/3, which knows no mutual TLS here; set its HTTP version to http2'] : []),
    ...(plainBehaviours.length > 0
      ? [`answers plain HTTP on ${plainBehaviours.join(', ')}; set https-only or redirect-to-https`]
      : []),
  ];
  return messages.map((message) => ({
    code: 'precondition',
    severity: 'error',
    about: id,
    message: `the distribution ${id} ${message}`,
    source: 'AWS: CloudFront, Enable mutual TLS',
  }));
}

function failed(listed: ListedTrustStore | undefined): readonly Finding[] {
  if (listed?.status !== 'failed') return [];
  const message = `the trust store ${listed.name} failed: ${listed.reason}`;
  return [{ code: 'store-failed', severity: 'warning', about: listed.id, message }];
}

function ownerWords(tags: Tags): string {
  return `target ${readTag(tags, 'target')} of definition ${readTag(tags, 'definition')}`;
}

/** What another target or definition made is never taken over, not even by name. */
function foreign(store: ObservedTrustStore | undefined, target: CloudfrontTarget): readonly Finding[] {
  if (store?.other !== undefined)
    return [
      {
        code: 'owned-by-another',
        severity: 'error',
        about: store.id,
        message: `the trust store ${store.name} belongs to ${store.other} by its ownership tags; take it out of that one first`,
      },
    ];
  if (store === undefined || store.owned || target.trustStore !== undefined) return [];
  return [
    {
      code: 'name-taken',
      severity: 'error',
      about: store.id,
      message: `a trust store named ${store.name} exists and does not carry our ownership tag; rename it, or adopt it with \`trustStore: ${store.id}\``,
    },
  ];
}
