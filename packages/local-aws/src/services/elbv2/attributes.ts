import type { Regions } from '../../world.ts';
import type { Context, Operations } from '../service.ts';
import { notImplemented } from '../service.ts';
import type { ElbModel } from './model.ts';
import { type ElbState, invalid, listenerOf, loadBalancerOf } from './state.ts';

/**
 * Attributes of an Application Load Balancer and their defaults (API reference,
 * LoadBalancerAttribute, checked 2026-11).
 */
export const LOAD_BALANCER_ATTRIBUTES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    'deletion_protection.enabled': 'false',
    'load_balancing.cross_zone.enabled': 'true',
    'access_logs.s3.enabled': 'false',
    'access_logs.s3.bucket': '',
    'access_logs.s3.prefix': '',
    'ipv6.deny_all_igw_traffic': 'false',
    'zonal_shift.config.enabled': 'false',
    'idle_timeout.timeout_seconds': '60',
    'client_keep_alive.seconds': '3600',
    'connection_logs.s3.enabled': 'false',
    'connection_logs.s3.bucket': '',
    'connection_logs.s3.prefix': '',
    'health_check_logs.s3.enabled': 'false',
    'health_check_logs.s3.bucket': '',
    'health_check_logs.s3.prefix': '',
    'routing.http.desync_mitigation_mode': 'defensive',
    'routing.http.drop_invalid_header_fields.enabled': 'false',
    'routing.http.preserve_host_header.enabled': 'false',
    'routing.http.x_amzn_tls_version_and_cipher_suite.enabled': 'false',
    'routing.http.xff_client_port.enabled': 'false',
    'routing.http.xff_header_processing.mode': 'append',
    'routing.http2.enabled': 'true',
    'waf.fail_open.enabled': 'false',
  }),
);

const REQUEST = 'routing.http.request';
const RESPONSE = 'routing.http.response';

/**
 * Attributes of a listener and their defaults (API reference, ListenerAttribute, checked 2026-11).
 */
const LISTENER_ATTRIBUTES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    [`${REQUEST}.x_amzn_mtls_clientcert_serial_number.header_name`]: 'X-Amzn-Mtls-Clientcert-Serial-Number',
    [`${REQUEST}.x_amzn_mtls_clientcert_issuer.header_name`]: 'X-Amzn-Mtls-Clientcert-Issuer',
    [`${REQUEST}.x_amzn_mtls_clientcert_subject.header_name`]: 'X-Amzn-Mtls-Clientcert-Subject',
    [`${REQUEST}.x_amzn_mtls_clientcert_validity.header_name`]: 'X-Amzn-Mtls-Clientcert-Validity',
    [`${REQUEST}.x_amzn_mtls_clientcert_leaf.header_name`]: 'X-Amzn-Mtls-Clientcert-Leaf',
    [`${REQUEST}.x_amzn_mtls_clientcert.header_name`]: 'X-Amzn-Mtls-Clientcert',
    [`${REQUEST}.x_amzn_tls_version.header_name`]: 'X-Amzn-Tls-Version',
    [`${REQUEST}.x_amzn_tls_cipher_suite.header_name`]: 'X-Amzn-Tls-Cipher-Suite',
    [`${RESPONSE}.server.enabled`]: 'true',
    [`${RESPONSE}.strict_transport_security.header_value`]: '',
    [`${RESPONSE}.access_control_allow_origin.header_value`]: '',
    [`${RESPONSE}.access_control_allow_methods.header_value`]: '',
    [`${RESPONSE}.access_control_allow_headers.header_value`]: '',
    [`${RESPONSE}.access_control_allow_credentials.header_value`]: '',
    [`${RESPONSE}.access_control_expose_headers.header_value`]: '',
    [`${RESPONSE}.access_control_max_age.header_value`]: '',
    [`${RESPONSE}.content_security_policy.header_value`]: '',
    [`${RESPONSE}.x_content_type_options.header_value`]: '',
    [`${RESPONSE}.x_frame_options.header_value`]: '',
  }),
);

type AttributeOperations = Pick<
  Operations<ElbModel>,
  | 'DescribeCapacityReservation'
  | 'DescribeListenerAttributes'
  | 'DescribeLoadBalancerAttributes'
  | 'ModifyListenerAttributes'
  | 'ModifyLoadBalancerAttributes'
>;

/**
 * Attributes: what infrastructure tools read and write besides. Those of a load balancer are kept,
 * and only deletion protection is acted on; those of a listener have their defaults, and other
 * values are not emulated.
 */
export function attributeOperations(regions: Regions<ElbState>): AttributeOperations {
  const here = (ctx: Context) => regions.at(ctx.account, ctx.region);
  return {
    DescribeLoadBalancerAttributes(input, ctx) {
      return { Attributes: pairs(loadBalancerOf(here(ctx), input.LoadBalancerArn).attributes) };
    },
    ModifyLoadBalancerAttributes(input, ctx) {
      const balancer = loadBalancerOf(here(ctx), input.LoadBalancerArn);
      const attributes = new Map(balancer.attributes);
      for (const { Key, Value = '' } of input.Attributes) {
        if (Key === undefined || !LOAD_BALANCER_ATTRIBUTES.has(Key)) {
          throw invalid(`Load balancer attribute key '${Key}' is not recognized`);
        }
        attributes.set(Key, Value);
      }
      balancer.attributes = attributes;
      return { Attributes: pairs(attributes) };
    },
    DescribeListenerAttributes(input, ctx) {
      listenerOf(here(ctx), input.ListenerArn);
      return { Attributes: pairs(LISTENER_ATTRIBUTES) };
    },
    ModifyListenerAttributes(input, ctx) {
      listenerOf(here(ctx), input.ListenerArn);
      for (const { Key, Value = '' } of input.Attributes) {
        const usual = LISTENER_ATTRIBUTES.get(Key ?? '');
        if (usual === undefined) throw invalid(`Listener attribute key '${Key}' is not recognized`);
        if (usual !== Value) throw notImplemented('Elastic Load Balancing', `the listener attribute ${Key}`);
      }
      return { Attributes: pairs(LISTENER_ATTRIBUTES) };
    },
    DescribeCapacityReservation(input, ctx) {
      loadBalancerOf(here(ctx), input.LoadBalancerArn);
      return {};
    },
  };
}

const pairs = (attributes: ReadonlyMap<string, string>) =>
  [...attributes].map(([Key, Value]) => ({ Key, Value }));
