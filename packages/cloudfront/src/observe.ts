import {
  type Certificate,
  defined,
  type Finding,
  type Io,
  isJsonObject,
  type Observation,
  parseBundle,
  sha256Hex,
} from '@trustloom/core';
import { copiesIn } from './keys-copy.ts';
import { carriesMarks, markTags, storeName } from './names.ts';
import { carriedLists, enforcementOf, foreignFunction, observeCheck, type Ports } from './observe-check.ts';
import type { CloudfrontPort, DistributionFacts, StoreFacts } from './port.ts';
import type { Observed, StoredStore } from './state.ts';
import type { CloudfrontTarget } from './target.ts';

/** Reads what the target holds: our store as far as the service tells, and the distributions. */
export async function observeCloudfront(
  target: CloudfrontTarget,
  ports: Ports,
  io: Io,
): Promise<Observation<Observed>> {
  const port = ports.cloudfront;
  const [listed, distributions, check] = await Promise.all([
    io.shared('stores', port.stores),
    distributionsOf(target, port, io),
    observeCheck(ports, io),
  ]);
  const facts = listed.find(({ id, name }) =>
    target.trustStore === undefined ? name === storeName(io.context) : id === target.trustStore,
  );
  const store = facts === undefined ? undefined : await readStore(facts, target, port, io);
  const found = distributions.filter((distribution) => distribution !== undefined);
  const held = store?.cas;
  const state: Observed = {
    ...defined({ store, fn: check.fn }),
    keys: check.keys,
    copies: copiesIn(io.notes),
    distributions: found.map(({ id, mode, store: used, fn, ignoreExpiry, advertise }) => ({
      id,
      mode,
      store: used,
      fn,
      ignoreExpiry,
      advertise,
    })),
  };
  return {
    state,
    pending: [
      ...(facts?.status === 'pending' ? [`trust store ${facts.name} is pending`] : []),
      ...found.filter(({ deployed }) => !deployed).map(({ id }) => `distribution ${id} is InProgress`),
      ...check.pending,
    ],
    holds: {
      exists: store !== undefined,
      cas:
        store === undefined
          ? []
          : held === undefined
            ? 'unknown'
            : held.map((certificate) => ({
                sha256: certificate.sha256,
                subject: certificate.subject.text,
                certificate,
              })),
      crls: carriedLists(state),
      enforcement: enforcementOf(found, state, target),
      attachments: found.map(({ id, mode, store: used, ignoreExpiry }) => ({
        id,
        mode: used !== undefined && used !== store?.id ? `${mode} with a store that is not ours` : mode,
        enforcing: mode === 'required',
        ignoresExpiry: ignoreExpiry,
      })),
      doors: found.map(({ id }) => ({
        id,
        state: 'unknown',
        what: `whether the origin of ${id} can be reached around CloudFront`,
      })),
      endpoints: found.map(({ host }) => ({ kind: 'tls', host, port: 443 })),
      findings: [
        ...missing(target, found),
        ...found.flatMap((distribution) => preconditions(distribution)),
        ...failed(facts),
        ...foreign(store, target),
        ...foreignFunction(check),
      ],
    },
  };
}

async function distributionsOf({ distributions }: CloudfrontTarget, port: CloudfrontPort, io: Io) {
  const told = io.afterWrite ? undefined : await io.shared('distributions', port.distributions);
  return Promise.all(distributions.map((id) => told?.get(id) ?? port.distribution(id)));
}

async function readStore(
  facts: StoreFacts,
  target: CloudfrontTarget,
  port: CloudfrontPort,
  io: Io,
): Promise<StoredStore> {
  const tags = await port.tags(facts.arn);
  const taggedBundle = tags[markTags.bundle];
  const { cas, doubt } = await contentOf(facts, taggedBundle, io);
  return {
    id: facts.id,
    arn: facts.arn,
    name: facts.name,
    etag: facts.etag,
    ours: carriesMarks(tags, io.context),
    taggedBundle,
    ocsp: typeof io.notes.ocsp === 'boolean' ? io.notes.ocsp : target.ocsp ? undefined : false,
    cas,
    doubt,
    unrecorded: typeof io.notes.etag !== 'string',
    count: facts.count,
  };
}

/**
 * The service never tells what a store holds. It is known while the store has the ETag that our last write left and the tag of the
 * bundle that was written: then the bundle is read from where it was uploaded, and must hash to its name.
 */
async function contentOf(
  { etag, count }: StoreFacts,
  taggedBundle: string | undefined,
  io: Io,
): Promise<{ readonly cas: readonly Certificate[] | undefined; readonly doubt: string | undefined }> {
  const { etag: noted, bundle, location } = io.notes;
  const unknown = (doubt: string) => ({ cas: undefined, doubt });
  if (typeof noted !== 'string' || typeof bundle !== 'string' || !isJsonObject(location))
    return unknown('the record does not know what was put there');
  if (noted !== etag) return unknown('somebody else changed it');
  if (taggedBundle !== undefined && taggedBundle !== bundle) return unknown('its tag names another bundle');
  const { bucket, key, version } = location;
  if (typeof bucket !== 'string' || typeof key !== 'string' || typeof version !== 'string')
    return unknown('the record does not know what was put there');
  const bytes = await io.readObject({ bucket, key, version });
  if (bytes === undefined || sha256Hex(bytes) !== bundle)
    return unknown('the bundle that was put there is gone');
  const { certificates } = parseBundle(bytes, key);
  return certificates.length === count || count === 0
    ? { cas: certificates, doubt: undefined }
    : unknown(`it holds ${count} CAs, not the ${certificates.length} that were put there`);
}

function missing(target: CloudfrontTarget, found: readonly DistributionFacts[]): readonly Finding[] {
  return target.distributions
    .filter((id) => !found.some((distribution) => distribution.id === id))
    .map((id) => ({
      code: 'attachment-missing',
      severity: 'error',
      thing: id,
      message: `the distribution ${id} does not exist; mend the definition, or make it`,
    }));
}

function preconditions({ id, http3, plainBehaviours }: DistributionFacts): readonly Finding[] {
  const source = 'AWS: CloudFront, Enable mutual TLS';
  const finding = (message: string): Finding => ({
    code: 'precondition',
    severity: 'error',
    thing: id,
    message,
    source,
  });
  return [
    ...(http3
      ? [
          finding(
            `the distribution ${id} speaks HTTP/3, which knows no mutual TLS here; set its HTTP version to http2`,
          ),
        ]
      : []),
    ...(plainBehaviours.length === 0
      ? []
      : [
          finding(
            `the distribution ${id} answers plain HTTP on ${plainBehaviours.join(', ')}; set https-only or redirect-to-https`,
          ),
        ]),
  ];
}

function failed(facts: StoreFacts | undefined): readonly Finding[] {
  if (facts?.status !== 'failed') return [];
  return [
    {
      code: 'store-failed',
      severity: 'warning',
      thing: facts.id,
      message: `the trust store ${facts.name} failed: ${facts.reason}`,
    },
  ];
}

function foreign(store: StoredStore | undefined, target: CloudfrontTarget): readonly Finding[] {
  if (store === undefined || store.ours || target.trustStore !== undefined) return [];
  return [
    {
      code: 'name-taken',
      severity: 'error',
      thing: store.id,
      message: `a trust store named ${store.name} exists and does not carry our mark; rename it, or adopt it with \`trustStore: ${store.id}\``,
    },
  ];
}
