import { defined, type Handlers, TrustloomError } from '@trustloom/core/adapter';
import type { ApiGatewaySteps } from './model.ts';
import type { ApiGatewayPort } from './port/index.ts';
import type { Manifest } from './revocation/manifest.ts';

/** One write for each kind of step. */
export const performApiGateway: Handlers<ApiGatewaySteps, ApiGatewayPort> = {
  async 'set-truststore'({ bundle, ...domain }, port, io) {
    await port.setTruststore(domain, io.uploaded(bundle));
    return { output: {}, settles: true };
  },
  async 'switch-off'(domain, port) {
    await port.setTruststore(domain, undefined);
    return { output: {}, settles: true };
  },
  async 'tag-domain'({ domain, tags }, port) {
    await port.tag(domain, tags);
    return { output: {} };
  },
  async 'untag-domain'({ domain, tags }, port) {
    await port.untag(domain, tags);
    return { output: {} };
  },
  async 'publish-manifest'({ file, replaces, authorizer, graceMs, keys }, _port, io) {
    const etag = io.value(replaces);
    const manifest: Manifest = {
      formatVersion: 2,
      ...defined({ authorizer }),
      graceMs,
      keys: keys.map((row) => ({
        ...row,
        sets: row.sets.map((set) => ('key' in set ? set : { ...io.uploaded(set), ...set })),
      })),
    };
    const condition = etag === undefined ? ({ ifNoneMatch: '*' } as const) : { ifMatch: etag };
    const written = await io.files.put(file, `${JSON.stringify(manifest, null, 2)}\n`, condition);
    if (written === 'conflict') throw publishedMeanwhile(file);
    return { output: written };
  },
  async 'delete-manifest'({ file, etag }, _port, io) {
    if ((await io.files.remove(file, { ifMatch: io.value(etag) })) === 'conflict')
      throw publishedMeanwhile(file);
    return { output: {} };
  },
};

/** The manifest is not the one that was looked at. */
function publishedMeanwhile(file: string): TrustloomError {
  return new TrustloomError('object-changed', `${file}: another run published in the meantime`);
}
