import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import { afterAll, describe, expect, it } from 'vitest';
import { findEndpoint } from '../src/clients/endpoints.ts';
import { parseSharedConfig, readProfile } from '../src/clients/shared-config.ts';
import { openAws } from '../src/index.ts';

const text = `
# of the team
[default]
region = eu-west-1

[profile dev]
region=eu-central-1 ; comment
services = here
endpoint_url = http://127.0.0.1:1
[services here]
s3 =
  endpoint_url = http://127.0.0.1:2
  other = x
rolesanywhere =
  endpoint_url = http://127.0.0.1:3
elastic_load_balancing_v2 =
  endpoint_url = http://127.0.0.1:4
[profile quiet]
ignore_configured_endpoint_urls = true
endpoint_url = http://127.0.0.1:5
`;

const dir = mkdtempSync(join(tmpdir(), 'trustloom-config-'));
const file = join(dir, 'config');
writeFileSync(file, text);
afterAll(() => rmSync(dir, { recursive: true }));

const endpoint = (service: string, profile?: string) => {
  const env = { AWS_CONFIG_FILE: file };
  return findEndpoint(service, { env, profile: readProfile(env, profile) })?.url;
};

describe('an AWS config file', () => {
  it('gives sections, keys and nested keys', () => {
    const config = parseSharedConfig(text);
    expect([...config.keys()]).toEqual(['default', 'profile dev', 'services here', 'profile quiet']);
    expect(config.get('profile dev')?.get('region')).toBe('eu-central-1');
    expect(config.get('services here')?.get('s3.other')).toBe('x');
  });

  it('gives endpoints: the services section first, then the profile', () => {
    expect(endpoint('S3', 'dev')).toBe('http://127.0.0.1:2');
    expect(endpoint('RolesAnywhere', 'dev')).toBe('http://127.0.0.1:3');
    expect(endpoint('Elastic Load Balancing v2', 'dev')).toBe('http://127.0.0.1:4');
    expect(endpoint('CloudFront', 'dev')).toBe('http://127.0.0.1:1');
    expect(endpoint('S3')).toBeUndefined();
    expect(endpoint('S3', 'quiet')).toBeUndefined();
  });

  it('may be missing', () => {
    expect(readProfile({ AWS_CONFIG_FILE: join(dir, 'none') }, 'dev').get('region')).toBeUndefined();
  });

  it('gives the region, and arms the guard', () => {
    const open = (profile?: string) =>
      openAws({
        env: { AWS_CONFIG_FILE: file, ...(profile === undefined ? {} : { AWS_PROFILE: profile }) },
        accounts: [],
        version: '1',
      });
    expect(open().region).toBe('eu-west-1');
    expect(open('dev').region).toBe('eu-central-1');
    expect(open('dev').client(S3Client, 'S3', { region: 'eu-west-1' })).toBeInstanceOf(S3Client);
  });
});
