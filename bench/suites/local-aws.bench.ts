/** The local AWS: start, memory, calls, handshakes, and a large CRL. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { connect, createServer, type TLSSocket } from 'node:tls';
import {
  AddTrustStoreRevocationsCommand,
  CreateTrustStoreCommand,
  DescribeTrustStoresCommand,
  ElasticLoadBalancingV2Client,
  ModifyListenerCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { startLocalAws } from '@trustloom/local-aws';
import { createTestCa, makeAlb } from '@trustloom/testkit';
import { type Effort, type Measured, median, type Suite, time } from '../lib/measured.ts';

const root = resolve(import.meta.dirname, '../..');
const launcher = join(root, 'packages/local-aws/bin/local-aws.mjs');

async function measure({ quick }: Effort): Promise<readonly Measured[]> {
  return [
    ...(await starts(quick ? 3 : 7)),
    await calls(quick ? 1_000 : 5_000),
    await handshakes(quick ? 200 : 1_000),
    await largeCrl(),
  ];
}

/**
 * Start of the command to its first answer, and what it holds then. Needs `npm run build` to
 * measure what users install.
 */
async function starts(runs: number): Promise<readonly Measured[]> {
  const times: number[] = [];
  const sizes: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    const begin = performance.now();
    const child = spawn(process.execPath, [launcher, '--json'], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = await once(createInterface(child.stdout), 'line');
    const { url } = JSON.parse(String(line));
    const answer = await fetch(url, {
      method: 'POST',
      headers: {
        authorization: 'AWS4-HMAC-SHA256 Credential=A/20261124/us-east-1/elasticloadbalancing/aws4_request',
      },
      body: 'Action=DescribeTrustStores&Version=2015-12-01',
    });
    await answer.text();
    times.push(performance.now() - begin);
    const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
    sizes.push(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
    child.kill();
    await once(child, 'exit');
  }
  return [
    { id: 'local-aws/start-ms', value: median(times), note: `median of ${runs}` },
    { id: 'local-aws/rss-mb', value: median(sizes) },
  ];
}

async function calls(count: number): Promise<Measured> {
  await using local = await startLocalAws();
  const headers = {
    authorization: 'AWS4-HMAC-SHA256 Credential=A/20261124/us-east-1/elasticloadbalancing/aws4_request',
  };
  const ask = async () => {
    const answer = await fetch(local.url, {
      method: 'POST',
      headers,
      body: 'Action=DescribeTrustStores&Version=2015-12-01',
    });
    await answer.text();
  };
  await ask();
  const before = process.cpuUsage();
  const took = await time(async () => {
    for (let done = 0; done < count; done += 10) await Promise.all(Array.from({ length: 10 }, ask));
  });
  const { user, system } = process.cpuUsage(before);
  const core = Math.max(took, (user + system) / 1000);
  return {
    id: 'local-aws/calls-per-second',
    value: (count * 1000) / core,
    note: 'client and server share the core',
  };
}

/** Handshakes one after another, at an edge and at a bare server, in turn. */
async function handshakes(count: number): Promise<Measured> {
  const ca = await createTestCa({ subject: 'CN=Bench' });
  const client = await ca.issue('CN=client');
  await using local = await startLocalAws();
  const { listenerArn } = await makeAlb({ local });
  await attach(local, ca.pem, listenerArn);
  const edge = local.edges().find(({ protocol }) => protocol === 'https');
  if (edge === undefined) throw new Error('no edge');
  const server = await ca.issue('CN=localhost', {
    extendedKeyUsage: ['serverAuth'],
    dnsNames: ['localhost'],
  });
  const bare = createServer(
    { key: server.keyPem, cert: server.pem, ca: ca.pem, requestCert: true, rejectUnauthorized: true },
    (socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'));
    },
  );
  await new Promise<void>((done) => bare.listen(0, '127.0.0.1', done));
  const address = bare.address();
  const barePort = typeof address === 'object' && address !== null ? address.port : 0;
  /**
   * Done with the first byte of an answer: a client of TLS 1.3 is through before the server has
   * looked at its certificate.
   */
  const shake = (port: number, trusted: string) =>
    new Promise<void>((done, fail) => {
      const socket: TLSSocket = connect(
        {
          host: '127.0.0.1',
          port,
          servername: 'localhost',
          ca: trusted,
          cert: client.pem,
          key: client.keyPem,
        },
        () => void socket.write('GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n'),
      );
      socket.once('data', () => {
        socket.destroy();
        done();
      });
      socket.on('error', fail);
    });
  const many = async (port: number, trusted: string) =>
    time(async () => {
      for (let index = 0; index < count; index += 1) await shake(port, trusted);
    });
  await many(edge.port, edge.caPem);
  const ratios: number[] = [];
  for (let run = 0; run < 3; run += 1) {
    const plain = await many(barePort, ca.pem);
    ratios.push(plain / (await many(edge.port, edge.caPem)));
  }
  bare.close();
  return { id: 'local-aws/handshakes', value: median(ratios), note: `${count} each, in turn, 3 times` };
}

async function largeCrl(): Promise<Measured> {
  const ca = await createTestCa({ subject: 'CN=Bench' });
  const revoked = await ca.issue('CN=revoked');
  await using local = await startLocalAws();
  const { listenerArn } = await makeAlb({ local });
  const { elb, s3, store } = await attach(local, ca.pem, listenerArn);
  const entries = [
    { serial: revoked.serial },
    ...Array.from({ length: 99_999 }, (_, index) => ({ serial: BigInt(index) + 2n ** 120n })),
  ];
  await s3.send(
    new PutObjectCommand({ Bucket: 'bench', Key: 'large.crl', Body: ca.issueCrl({ entries }).pem }),
  );
  const edge = local.edges().find(({ protocol }) => protocol === 'https');
  const took = await time(async () => {
    await elb.send(
      new AddTrustStoreRevocationsCommand({
        TrustStoreArn: store,
        RevocationContents: [{ S3Bucket: 'bench', S3Key: 'large.crl', RevocationType: 'CRL' }],
      }),
    );
    local.settle();
    const refused = await new Promise<boolean>((done) => {
      const socket = connect(
        {
          host: '127.0.0.1',
          port: edge?.port ?? 0,
          servername: 'localhost',
          ca: edge?.caPem,
          cert: revoked.pem,
          key: revoked.keyPem,
        },
        () => void socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'),
      );
      socket.on('data', () => done(false));
      socket.on('error', () => done(true));
      socket.on('close', () => done(true));
    });
    if (!refused) throw new Error('the revoked client was admitted');
  });
  return { id: 'local-aws/crl-100k-ms', value: took, note: 'the call, and the first refused handshake' };
}

async function attach(local: Awaited<ReturnType<typeof startLocalAws>>, pem: string, ListenerArn: string) {
  const [account, region] = ['222222222222', 'eu-west-1'] as const;
  const s3 = new S3Client(local.clientConfig('s3', { account, region }));
  const elb = new ElasticLoadBalancingV2Client(
    local.clientConfig('elasticloadbalancing', { account, region }),
  );
  await s3.send(
    new CreateBucketCommand({ Bucket: 'bench', CreateBucketConfiguration: { LocationConstraint: region } }),
  );
  await s3.send(new PutObjectCommand({ Bucket: 'bench', Key: 'ca.pem', Body: pem }));
  const made = await elb.send(
    new CreateTrustStoreCommand({
      Name: 'bench',
      CaCertificatesBundleS3Bucket: 'bench',
      CaCertificatesBundleS3Key: 'ca.pem',
    }),
  );
  const store = made.TrustStores?.[0]?.TrustStoreArn ?? '';
  local.settle();
  await elb.send(new DescribeTrustStoresCommand({}));
  await elb.send(
    new ModifyListenerCommand({
      ListenerArn,
      MutualAuthentication: { Mode: 'verify', TrustStoreArn: store },
    }),
  );
  local.settle();
  return { s3, elb, store };
}

/** The local AWS as a product of its own. */
export const localAws: Suite = { name: 'local-aws', measure };
