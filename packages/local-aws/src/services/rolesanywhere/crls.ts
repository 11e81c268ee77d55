import { type CrlInfo, readCrl, readPem } from '../../der/index.ts';
import type { Context, Route } from '../service.ts';
import { invalid, NAME, optionalBlob, optionalFlag, optionalText, page, readTags, text } from './input.ts';
import { LIMITS } from './limits.ts';
import { type Crl, found, iso, type RolesAnywhereRegions, type RolesAnywhereState } from './state.ts';

const WHAT = 'CRL';
const ANCHOR_ARN = /^arn:aws(-[^:]+)?:rolesanywhere(:.*){2}(:trust-anchor.*)$/;

const crlDetail = (crl: Crl) => ({
  crlId: crl.id,
  crlArn: crl.arn,
  name: crl.name,
  enabled: crl.enabled,
  crlData: Buffer.from(crl.crlData).toString('base64'),
  trustAnchorArn: crl.trustAnchorArn,
  createdAt: iso(crl.createdAt),
  updatedAt: iso(crl.updatedAt),
});

const answer = (crl: Crl) => ({ crl: crlDetail(crl) });

/** Reads PEM or DER; undefined when it is neither, or more than one list. */
export function readCrlData(data: Uint8Array): CrlInfo | undefined {
  try {
    if (data[0] === 0x30) return readCrl(data);
    const [block, ...more] = readPem(Buffer.from(data).toString('latin1'));
    return block?.label === 'X509 CRL' && more.length === 0 ? readCrl(block.der) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * A CRL without entries is refused (two live runs; of UpdateCrl it is assumed). Issuer and
 * signature are compared with nothing: a CRL of any CA is accepted (a live run).
 */
function check(data: Uint8Array): Uint8Array {
  const crl = readCrlData(data);
  if (!crl) throw invalid('The CRL cannot be parsed.');
  if (crl.entryCount === 0) throw invalid('The CRL has no revoked certificates.');
  return data;
}

export function crlRoutes(regions: RolesAnywhereRegions): readonly Route[] {
  const at = (ctx: Context): RolesAnywhereState => regions.at(ctx.account, ctx.region);
  const set = (ctx: Context, crl: Crl) => {
    at(ctx).crls.set(crl.id, crl);
    return crl;
  };
  const get = (ctx: Context, id: string | undefined) => found(at(ctx).crls, id ?? '', WHAT);
  /** AWS's answers may show the state from before the call, ours always do. */
  const enable =
    (enabled: boolean): Route['handler'] =>
    (input, ctx) => {
      const before = get(ctx, input.labels.crlId);
      set(ctx, { ...before, enabled, updatedAt: ctx.now });
      return answer(before);
    };
  return [
    {
      method: 'POST',
      path: '/crls',
      name: 'ImportCrl',
      status: 201,
      handler({ body }, ctx) {
        const { anchors, crls } = at(ctx);
        const name = text(body, 'name', NAME);
        const data = optionalBlob(body, 'crlData', LIMITS.crlBytes.max);
        if (!data) throw invalid("Value at 'crlData' must not be null");
        const trustAnchorArn = text(body, 'trustAnchorArn', { max: 1011, pattern: ANCHOR_ARN });
        const tags = readTags(body);
        if (![...anchors.values()].some((anchor) => anchor.arn === trustAnchorArn))
          throw invalid('The trust anchor does not exist.');
        const siblings = [...crls.values()].filter((crl) => crl.trustAnchorArn === trustAnchorArn);
        if (siblings.length >= LIMITS.crlsPerAnchor.max)
          throw invalid(`A trust anchor has at most ${LIMITS.crlsPerAnchor.max} CRLs.`);
        const id = ctx.world.random.uuid();
        return answer(
          set(ctx, {
            id,
            arn: `arn:aws:rolesanywhere:${ctx.region}:${ctx.account}:crl/${id}`,
            name,
            enabled: optionalFlag(body, 'enabled') ?? false,
            crlData: check(data),
            trustAnchorArn,
            createdAt: ctx.now,
            updatedAt: ctx.now,
            tags,
          }),
        );
      },
    },
    {
      method: 'GET',
      path: '/crls',
      name: 'ListCrls',
      handler({ query }, ctx) {
        const { items, nextToken } = page([...at(ctx).crls.values()], query);
        return { crls: items.map(crlDetail), nextToken };
      },
    },
    {
      method: 'GET',
      path: '/crl/{crlId}',
      name: 'GetCrl',
      handler: ({ labels }, ctx) => answer(get(ctx, labels.crlId)),
    },
    {
      method: 'PATCH',
      path: '/crl/{crlId}',
      name: 'UpdateCrl',
      handler({ labels, body }, ctx) {
        const before = get(ctx, labels.crlId);
        const name = optionalText(body, 'name', NAME) ?? before.name;
        const data = optionalBlob(body, 'crlData', LIMITS.crlBytes.max);
        const crlData = data ? check(data) : before.crlData;
        return answer(set(ctx, { ...before, name, crlData, updatedAt: ctx.now }));
      },
    },
    {
      method: 'DELETE',
      path: '/crl/{crlId}',
      name: 'DeleteCrl',
      handler({ labels }, ctx) {
        const crl = get(ctx, labels.crlId);
        at(ctx).crls.delete(crl.id);
        return answer(crl);
      },
    },
    { method: 'POST', path: '/crl/{crlId}/enable', name: 'EnableCrl', handler: enable(true) },
    { method: 'POST', path: '/crl/{crlId}/disable', name: 'DisableCrl', handler: enable(false) },
  ];
}
