import { CloudFrontClient } from '@aws-sdk/client-cloudfront';
import { isTrustloomError } from '@trustloom/core';
import { type LocalAws, startLocalAws } from '@trustloom/local-aws';
import { distributionDocument, editDistribution, makeCloudFront } from '@trustloom/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Mtls } from '../src/model/index.ts';
import { distributionPort } from '../src/port/distributions.ts';
import { withMtls } from '../src/port/mtls-document.ts';
import { rootElement } from '../src/port/xml.ts';

const mtls: Mtls = { mode: 'required', store: 'ts_1', fn: 'cf_1', ignoreExpiry: false, advertise: true };
const accountRegion = { account: '222222222222', region: 'us-east-1' };
const off: Mtls = { mode: 'off', ignoreExpiry: false, advertise: false };
const passthrough: Mtls = { ...off, mode: 'passthrough' };
const mtlsXml =
  '<ViewerMtlsConfig><Mode>required</Mode><TrustStoreConfig><TrustStoreId>ts_1</TrustStoreId>' +
  '<AdvertiseTrustStoreCaNames>true</AdvertiseTrustStoreCaNames>' +
  '<IgnoreCertificateExpiry>false</IgnoreCertificateExpiry></TrustStoreConfig></ViewerMtlsConfig>';
const ourFunction = '<ConnectionFunctionAssociation><Id>cf_1</Id></ConnectionFunctionAssociation>';
const wrapped = (inner: string) =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<DistributionConfig xmlns="http://x.example/">${inner}</DistributionConfig>\n`;

/** The code and words of what is thrown. */
function refusal(work: () => unknown): string {
  try {
    return `done: ${work()}`;
  } catch (error) {
    return isTrustloomError(error) ? `${error.code}: ${error.message}` : `no error of ours: ${error}`;
  }
}

describe('the configuration of a distribution', () => {
  it('gets our two elements, and loses them again', () => {
    const before = wrapped('<Comment>a</Comment>');
    const after = withMtls(before, mtls);
    expect(after).toBe(wrapped(`<Comment>a</Comment>${mtlsXml}${ourFunction}`));
    expect(withMtls(after, mtls)).toBe(after);
    expect(withMtls(after, off)).toBe(before);
    expect(withMtls(after, passthrough)).toBe(
      wrapped('<Comment>a</Comment><ViewerMtlsConfig><Mode>passthrough</Mode></ViewerMtlsConfig>'),
    );
  });

  it('has them exchanged in their place, and what looks like them deeper down or in text is left alone', () => {
    const deeper = `<Newer><ViewerMtlsConfig x="1"/>${ourFunction}</Newer>`;
    const text =
      '<!-- <ViewerMtlsConfig/> --><Comment><![CDATA[</DistributionConfig><ViewerMtlsConfig>]]></Comment>';
    const old = '<ViewerMtlsConfig>\n <Mode>optional</Mode>\n</ViewerMtlsConfig>';
    expect(withMtls(wrapped(`${deeper}${ourFunction}${text}${old}<Z/>`), mtls)).toBe(
      wrapped(`${deeper}${ourFunction}${text}${mtlsXml}<Z/>`),
    );
  });

  it('takes ids as text', () => {
    expect(withMtls(wrapped(''), { ...mtls, store: '<&>', fn: undefined })).toContain(
      '<TrustStoreId>&lt;&amp;&gt;</TrustStoreId>',
    );
    const escapedIds = withMtls(wrapped(''), { ...mtls, store: '<&>' });
    expect(withMtls(escapedIds, { ...mtls, store: '<&>' })).toBe(escapedIds);
  });

  it('is not changed where one of our elements says more than we know, and that is named', () => {
    const younger = mtlsXml.replace(
      '</TrustStoreConfig>',
      '<Depth>3</Depth></TrustStoreConfig><Grace a="1"/>',
    );
    const wanted = { ...mtls, mode: 'optional' } as const;
    expect(refusal(() => withMtls(wrapped(younger), wanted))).toBe(
      'setting-unknown: cloudfront: the configuration of the distribution is not changed: ViewerMtlsConfig has ' +
        'ViewerMtlsConfig.TrustStoreConfig.Depth, ViewerMtlsConfig.Grace, which would be lost',
    );
    const named = [
      ['<ViewerMtlsConfig a="1"><Mode>off</Mode></ViewerMtlsConfig>', 'ViewerMtlsConfig@a'],
      ['<ViewerMtlsConfig><Mode a="1">off</Mode></ViewerMtlsConfig>', 'ViewerMtlsConfig.Mode@a'],
      ['<ViewerMtlsConfig><Mode>a</Mode><Mode>b</Mode></ViewerMtlsConfig>', 'ViewerMtlsConfig.Mode'],
      ['<ViewerMtlsConfig><Mode><B/></Mode></ViewerMtlsConfig>', 'ViewerMtlsConfig.Mode with other content'],
      ['<ViewerMtlsConfig>text</ViewerMtlsConfig>', 'ViewerMtlsConfig with other content'],
      [
        '<ConnectionFunctionAssociation><Id>b</Id><Stage>LIVE</Stage></ConnectionFunctionAssociation>',
        'ConnectionFunctionAssociation.Stage',
      ],
    ] as const;
    for (const [xml, name] of named)
      expect(refusal(() => withMtls(wrapped(xml), mtls))).toContain(` has ${name}, which would be lost`);
    // It says what it should already, so nothing of it is exchanged; and off means all of it.
    const both = wrapped(`${younger}${ourFunction}`);
    expect(withMtls(both, mtls)).toBe(both);
    expect(withMtls(wrapped(younger), off)).toBe(wrapped(''));
  });

  it.each([
    ['', 'no end of the root element'],
    ['<Distribution></Distribution>', 'its root element is not DistributionConfig'],
    ['<DistributionConfig/>', 'it is empty'],
    ['<DistributionConfig><A></DistributionConfig>', 'an end tag without its start tag'],
    ['<DistributionConfig>', 'no end of the root element'],
    ['<DistributionConfig></DistributionConfig><B/>', 'a second root element'],
    ['<DistributionConfig></DistributionConfig>text', 'text outside of the root element'],
    ['<!DOCTYPE a><DistributionConfig></DistributionConfig>', 'something other than an element'],
    ['<DistributionConfig><?php?></DistributionConfig>', 'something other than an element'],
    ['<DistributionConfig><A b="1" b="2"/></DistributionConfig>', 'an attribute that is not plain'],
    ['<DistributionConfig><A b=1/></DistributionConfig>', 'something other than an element'],
    ['<DistributionConfig><!-- a -- b --></DistributionConfig>', 'a comment with --'],
    ['<DistributionConfig><!-- a </DistributionConfig>', '<!-- without an end'],
    ['<?xml version="1.0" encoding="UTF-16"?><DistributionConfig/>', 'another encoding'],
    [wrapped(`${mtlsXml}${mtlsXml}`), 'ViewerMtlsConfig stands twice'],
    [wrapped(`<a:ViewerMtlsConfig xmlns:a="b"/>`), 'a:ViewerMtlsConfig has a prefix'],
  ])('%s is refused', (document, why) => {
    expect(refusal(() => withMtls(document, mtls))).toMatch(/^setting-unknown: /);
    expect(refusal(() => withMtls(document, mtls))).toContain(why);
  });

  it('law: all but our two elements comes back byte for byte, whatever it is', () => {
    const name = fc.constantFrom('Mode', 'Items', 'x:y', 'Id', 'TrustStoreConfig', 'Newer.er-1');
    const leaf = fc.oneof(
      fc.constantFrom(
        '<!-- <A> -->',
        '<![CDATA[<B>]] >]]>',
        'é text \u{1f600} &amp;#',
        '\r\n\t ',
        "<C d = '>\"' />",
      ),
      name.map((one) => `<${one}/>`),
    );
    const { node } = fc.letrec<{ node: string }>((tie) => ({
      node: fc.oneof(
        { maxDepth: 4 },
        leaf,
        fc
          .tuple(name, fc.constantFrom('', ' a="1"', '\n'), fc.array(tie('node'), { maxLength: 4 }))
          .map(([one, attributes, inner]) => `<${one}${attributes}>${inner.join('')}</${one}>`),
      ),
    }));
    const nodes = fc.array(node, { maxLength: 5 }).map((some) => some.join(''));
    const state = fc.record({
      mode: fc.constantFrom('off', 'passthrough', 'optional', 'required'),
      store: fc.constantFrom('ts_1', 'ts_2'),
      fn: fc.constantFrom(undefined, 'cf_1', 'cf_2'),
      ignoreExpiry: fc.boolean(),
      advertise: fc.boolean(),
    });
    fc.assert(
      fc.property(nodes, nodes, nodes, state, state, (a, b, c, first, second) => {
        const [one, two] = [withMtls(wrapped(''), first), withMtls(wrapped(''), second)];
        const [from, to] = [partsOf(one), partsOf(two)];
        // Ours stand somewhere between other things.
        const document = wrapped(`${a}${from.mtls}${b}${from.fn}${c}`);
        const result = withMtls(document, second);
        expect(without(result)).toBe(without(document));
        expect(partsOf(result)).toEqual(to);
        expect(withMtls(result, second)).toBe(result);
      }),
    );
  });
});

const partOf = (document: string, name: string) => {
  const found = rootElement(document).children.filter((one) => one.name === name);
  return found.map(({ start, end }) => document.slice(start, end)).join();
};
const partsOf = (document: string) => ({
  mtls: partOf(document, 'ViewerMtlsConfig'),
  fn: partOf(document, 'ConnectionFunctionAssociation'),
});
const without = (document: string) => {
  const { mtls: first, fn } = partsOf(document);
  return document.replace(first, '').replace(fn, '');
};

describe('UpdateDistribution by our port', () => {
  it('keeps what the SDK does not know, at the top and nested; in ViewerMtlsConfig it is named', async () => {
    await using local = await startLocalAws({ port: 0 });
    const { distributionId: id } = await makeCloudFront({ local, ...accountRegion });
    const at = { local, ...accountRegion };
    const document = () => distributionDocument(at, id);
    const edit = (change: (xml: string) => string) => editDistribution(at, id, change);
    await edit((xml) =>
      xml
        .replace(
          '</DistributionConfig>',
          '<NewerSetting><Depth a="1">7</Depth></NewerSetting></DistributionConfig>',
        )
        // Passthrough asks for one.
        .replace('<CachePolicyId>', '<OriginRequestPolicyId>p</OriginRequestPolicyId><CachePolicyId>')
        .replace('</Origin>', '<NewerOfOrigin>é</NewerOfOrigin></Origin>'),
    );
    const port = portOf(local);
    const before = await document();
    expect(before).toContain('<NewerSetting>');
    await port.setMtls(id, passthrough);
    const after = await document();
    expect(after).toContain('<Mode>passthrough</Mode>');
    expect(after.replace(/<ViewerMtlsConfig>.*<\/ViewerMtlsConfig>/, '')).toBe(before);

    await edit((xml) => xml.replace('</ViewerMtlsConfig>', '<NewerMtls/></ViewerMtlsConfig>'));
    const planted = await document();
    await expect(port.setMtls(id, { ...mtls, fn: undefined })).rejects.toMatchObject({
      code: 'setting-unknown',
      context: { element: 'ViewerMtlsConfig.NewerMtls' },
    });
    expect(await document()).toBe(planted);
    // An element that stays as it is keeps its younger part.
    await port.setMtls(id, passthrough);
    expect(await document()).toBe(planted);
    await port.setMtls(id, off);
    expect(await document()).toBe(before);
  });

  it('is signed over what goes out', async () => {
    await using local = await startLocalAws({ port: 0, verifySignatures: true });
    const { distributionId } = await makeCloudFront({ local, ...accountRegion });
    const before = local.state().cloudfront.flatMap(({ state }) => [...state.distributions.values()]);
    await portOf(local).setMtls(distributionId, off);
    const after = local.state().cloudfront.flatMap(({ state }) => [...state.distributions.values()]);
    expect(after[0]?.etag).not.toBe(before[0]?.etag);
    expect(after[0]?.config).toEqual(before[0]?.config);
  });
});

function portOf(local: LocalAws) {
  const client = new CloudFrontClient(local.clientConfig('cloudfront', accountRegion));
  return distributionPort({
    client,
    abort: { abortSignal: new AbortController().signal },
    call: (_action, send) => send(),
  });
}
