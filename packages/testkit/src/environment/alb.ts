import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { clientConfig, given, spot, type Where } from './where.ts';

/** A load balancer as a team has it before mTLS. */
export interface TestAlb {
  readonly loadBalancerArn: string;
  readonly dnsName: string;
  /** HTTPS on 443, without client authentication. */
  readonly listenerArn: string;
  /** HTTP on 80, which forwards too: a bypass. */
  readonly bypassArn: string;
}

/**
 * Makes an Application Load Balancer with an HTTPS listener, and a bypass on port 80.
 *
 * @param name of the load balancer; default `edge`
 */
export async function makeAlb(where: Where, name = 'edge'): Promise<TestAlb> {
  const at = spot(where);
  const elb = new ElasticLoadBalancingV2Client(clientConfig(at, 'elasticloadbalancing'));
  const made = await elb.send(
    new CreateLoadBalancerCommand({ Name: name, Subnets: ['subnet-0a1b2c3d', 'subnet-4e5f6a7b'] }),
  );
  const balancer = given(made.LoadBalancers?.[0], 'load balancer');
  const loadBalancerArn = given(balancer.LoadBalancerArn, 'ARN');
  const targetGroup = `arn:aws:elasticloadbalancing:${at.region}:${at.account}:targetgroup/app/73e2d6bc24d8a067`;
  const listen = async (port: number, certificateArn?: string): Promise<string> => {
    const answer = await elb.send(
      new CreateListenerCommand({
        LoadBalancerArn: loadBalancerArn,
        Port: port,
        Protocol: certificateArn === undefined ? 'HTTP' : 'HTTPS',
        DefaultActions: [{ Type: 'forward', TargetGroupArn: targetGroup }],
        ...(certificateArn === undefined ? {} : { Certificates: [{ CertificateArn: certificateArn }] }),
      }),
    );
    return given(answer.Listeners?.[0]?.ListenerArn, 'listener');
  };
  return Object.freeze({
    loadBalancerArn,
    dnsName: given(balancer.DNSName, 'DNS name'),
    listenerArn: await listen(
      443,
      `arn:aws:acm:${at.region}:${at.account}:certificate/7f0e1a52-0c0b-4f7e-9a53-1d3c5b7a9e01`,
    ),
    bypassArn: await listen(80),
  });
}
