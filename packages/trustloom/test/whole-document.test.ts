import { distributionDocument, editDistribution } from '@trustloom/testkit';
import { expect, test } from 'vitest';
import { account } from './support/local.ts';
import { openWeb } from './support/web.ts';

test('settings of a distribution that the SDK does not know survive apply; in ViewerMtlsConfig they are named', async () => {
  await using web = await openWeb();
  const at = { local: web.local, account: account.id };
  const document = () => distributionDocument(at, web.distributionId);
  await editDistribution(at, web.distributionId, (xml) =>
    xml
      .replace('</DistributionConfig>', '<NewerSetting><Depth>7</Depth></NewerSetting></DistributionConfig>')
      .replace('</Origin>', '<NewerOfOrigin/></Origin>'),
  );
  const before = await document();
  await using trustloom = await web.open({});
  await trustloom.accept('all');
  expect((await trustloom.apply({ approve: 'any', allow: ['enforce:web'] })).exitCode).toBe(0);
  const applied = await document();
  expect(applied).toContain('<Mode>required</Mode>');
  const written = /<(ViewerMtlsConfig|ConnectionFunctionAssociation)>.*?<\/\1>/g;
  expect(applied.replace(written, '')).toBe(before);

  await editDistribution(at, web.distributionId, (xml) =>
    xml.replace('</TrustStoreConfig>', '<NewerOfStore>1</NewerOfStore></TrustStoreConfig>'),
  );
  const planted = await document();
  await using other = await web.open({ advertiseCaNames: true });
  const report = await other.apply({ approve: 'any' });
  expect(report.exitCode).not.toBe(0);
  expect(JSON.stringify(report)).toContain('ViewerMtlsConfig.TrustStoreConfig.NewerOfStore');
  expect(await document()).toBe(planted);
});
