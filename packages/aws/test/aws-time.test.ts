import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { afterEach, describe, expect, it } from 'vitest';
import { createAwsTime, openAws } from '../src/index.ts';

const real = Date.parse('2026-11-24T10:00:00Z');
const machineAt = (ms: number) => ({ now: () => ms, sleep: async () => undefined });
const closing: (() => void)[] = [];

afterEach(() => {
  for (const close of closing.splice(0)) close();
});

describe('time as AWS tells it', () => {
  it('is the machine’s before any answer, and AWS’s after it', () => {
    const time = createAwsTime(machineAt(real + 86_400_000));
    expect(time.clock.now()).toBe(real + 86_400_000);
    time.see(new Date(real).toUTCString());
    expect(time.clock.now()).toBe(real);
    expect(time.clock.skewMs?.()).toBe(86_400_000);
    time.see('yesterday, or so');
    time.see(undefined);
    expect(time.clock.now()).toBe(real);
  });

  it('takes the seconds of an answer for no error of the clock', () => {
    const time = createAwsTime(machineAt(real + 1_900));
    time.see(new Date(real).toUTCString());
    expect([time.clock.now(), time.clock.skewMs?.()]).toEqual([real + 1_900, -0]);
  });

  it('is read off every answer that an SDK client gets, errors too', async () => {
    const server = createServer((_, response) => {
      response.sendDate = false;
      response.writeHead(403, { date: new Date(real).toUTCString(), 'content-type': 'text/xml' }).end();
    });
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    const { port } = server.address() as AddressInfo;
    const time = createAwsTime(machineAt(real - 600_000));
    const aws = openAws({
      env: { AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b' },
      accounts: [],
      version: '0',
      endpointUrl: `http://127.0.0.1:${port}`,
      onDate: time.see,
    });
    closing.push(() => server.close(), aws.close);
    const sts = aws.client(STSClient, 'STS', { region: 'eu-west-1' });
    await expect(sts.send(new GetCallerIdentityCommand({}))).rejects.toThrow();
    expect(time.clock.now()).toBe(real);
  });
});
