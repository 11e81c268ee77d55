/**
 * The tests of core cannot import adapters, so they have a copy of what the four services do. A
 * verdict that one side has and the other has not, or has otherwise, fails here.
 */
import { albInfo } from '@trustloom/alb';
import { apiGatewayInfo } from '@trustloom/api-gateway';
import { cloudfrontInfo } from '@trustloom/cloudfront';
import type { ServiceInfo } from '@trustloom/core';
import { rolesAnywhereInfo } from '@trustloom/roles-anywhere';
import { expect, test } from 'vitest';
import { infoOf, services } from '../../core/test/support/services.ts';

const infos: readonly ServiceInfo[] = [cloudfrontInfo, albInfo, apiGatewayInfo, rolesAnywhereInfo];

const severities = ({ verdicts }: ServiceInfo) =>
  Object.fromEntries(Object.entries(verdicts).map(([code, { severity }]) => [code, severity]));

test('the copy has the four services', () => {
  expect([...services]).toEqual(infos.map(({ service }) => service));
});

test.each(infos.map((info) => [info.service, info] as const))(
  '%s: the copy has the verdicts and the keys of the adapter',
  (service, info) => {
    const copy = infoOf(service);
    expect(severities(copy)).toEqual(severities(info));
    expect(copy.capabilities.caKeys).toEqual(info.capabilities.caKeys);
    expect(copy.capabilities.caKeyUsage).toEqual(info.capabilities.caKeyUsage);
  },
);
