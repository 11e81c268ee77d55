"""Calls every emulated operation by boto3, and holds each answer against botocore's own model: no member beyond it, no required one missing.

Prints one JSON object: by service and operation, the list of what is wrong (empty when nothing is).
usage: conformance.py CA.pem CRL.pem   (the endpoint stands in AWS_ENDPOINT_URL)
"""
import json
import os
import sys
import xml.etree.ElementTree as ElementTree

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

ENDPOINT = os.environ["AWS_ENDPOINT_URL"]
REGION = "us-east-1"
PEM = open(sys.argv[1]).read()
CRL = open(sys.argv[2]).read()
TITLES = {
    "s3": "S3",
    "sts": "STS",
    "elbv2": "Elastic Load Balancing",
    "cloudfront": "CloudFront",
    "cloudfront-keyvaluestore": "CloudFront KeyValueStore",
    "apigateway": "API Gateway",
    "apigatewayv2": "API Gateway v2",
    "rolesanywhere": "Roles Anywhere",
}
seen = {}


def local(tag):
    return tag.split("}")[-1]


def name_of(member_name, shape):
    return shape.serialization.get("name", member_name)


def walk_json(shape, value, path):
    if value is None:
        return []
    if shape.type_name == "structure":
        if not isinstance(value, dict):
            return [f"{path}: not a structure"]
        names = {name_of(key, member): member for key, member in shape.members.items()}
        wrong = [f"{path}.{key}: not in the model" for key in value if key not in names]
        for key, item in value.items():
            if key in names:
                wrong += walk_json(names[key], item, f"{path}.{key}")
        return wrong
    if shape.type_name == "list":
        return [one for index, item in enumerate(value) for one in walk_json(shape.member, item, f"{path}[{index}]")]
    if shape.type_name == "map":
        return [one for key, item in value.items() for one in walk_json(shape.value, item, f"{path}.{key}")]
    return []


def walk_xml(shape, node, path):
    if shape.type_name == "structure":
        names = {}
        for key, member in shape.members.items():
            if member.type_name == "list" and member.serialization.get("flattened"):
                names[member.member.serialization.get("name", name_of(key, member))] = member
                names[name_of(key, member)] = member
            else:
                names[name_of(key, member)] = member
        wrong = []
        for child in node:
            tag = local(child.tag)
            if tag not in names:
                wrong.append(f"{path}.{tag}: not in the model")
            else:
                wrong += walk_xml(names[tag], child, f"{path}.{tag}")
        return wrong
    if shape.type_name == "list" and not shape.serialization.get("flattened"):
        item = shape.member.serialization.get("name", "member")
        wrong = [f"{path}.{local(child.tag)}: list items are {item}" for child in node if local(child.tag) != item]
        return wrong + [one for child in node for one in walk_xml(shape.member, child, path)]
    return []


def required(shape, value, path):
    if shape is None or value is None:
        return []
    if shape.type_name == "structure" and isinstance(value, dict):
        wrong = [f"{path}.{name}: required and missing" for name in shape.required_members if name not in value]
        for name, member in shape.members.items():
            if name in value:
                wrong += required(member, value[name], f"{path}.{name}")
        return wrong
    if shape.type_name == "list" and isinstance(value, list):
        return [one for item in value for one in required(shape.member, item, path)]
    return []


def check(http_response, parsed, model, **_):
    if http_response.status_code >= 300:
        return
    service = TITLES[model.service_model.service_name]
    shape = model.output_shape
    wrong = required(shape, {key: value for key, value in parsed.items() if key != "ResponseMetadata"}, "")
    body = b"" if model.has_streaming_output else http_response.content
    payload = shape.serialization.get("payload") if shape is not None else None
    top = shape.members[payload] if payload else shape
    protocol = model.service_model.metadata["protocol"]
    if body and top is not None and top.type_name == "structure":
        if protocol == "rest-json":
            wrong += walk_json(top, json.loads(body), "")
        else:
            root = ElementTree.fromstring(body)
            if protocol == "query":
                results = [child for child in root if local(child.tag).endswith("Result")]
                root = results[0] if results else []
            elif not payload:
                known = {name_of(key, member) for key, member in shape.members.items()}
                # GetBucketLocation's answer is its own root.
                root = [] if local(root.tag) in known else root
            if len(list(root)) > 0:
                wrong += walk_xml(top, root, "")
    seen.setdefault(service, {}).setdefault(model.name, []).extend(wrong)


def client(name, **config):
    made = boto3.client(name, region_name=REGION, endpoint_url=config.pop("endpoint_url", ENDPOINT), config=Config(retries={"max_attempts": 0}, **config))
    made.meta.events.register("after-call", check)
    return made


def eventually(call, ready):
    for _ in range(200):
        answer = call()
        if ready(answer):
            return answer
    raise SystemExit("never ready")


def refused(call, **arguments):
    try:
        call(**arguments)
    except ClientError as error:
        return error.response["Error"]["Code"]
    raise SystemExit("was not refused")


def s3_and_sts():
    sts, s3 = client("sts"), client("s3", s3={"addressing_style": "path"})
    sts.get_caller_identity()
    sts.assume_role(RoleArn="arn:aws:iam::222222222222:role/reader", RoleSessionName="conformance")
    s3.create_bucket(Bucket="files")
    s3.put_bucket_versioning(Bucket="files", VersioningConfiguration={"Status": "Enabled"})
    s3.get_bucket_versioning(Bucket="files")
    s3.head_bucket(Bucket="files")
    s3.get_bucket_location(Bucket="files")
    s3.list_buckets()
    s3.put_bucket_tagging(Bucket="files", Tagging={"TagSet": [{"Key": "a", "Value": "b"}]})
    s3.get_bucket_tagging(Bucket="files")
    s3.delete_bucket_tagging(Bucket="files")
    statement = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::files/*"}
    s3.put_bucket_policy(Bucket="files", Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
    s3.get_bucket_policy(Bucket="files")
    s3.delete_bucket_policy(Bucket="files")
    for key, body in {"ca.pem": PEM, "ca.crl": CRL, "kvs.json": '{"data":[{"key":"a","value":"1"}]}'}.items():
        s3.put_object(Bucket="files", Key=key, Body=body.encode(), ContentType="text/plain", ChecksumAlgorithm="SHA256")
    s3.head_object(Bucket="files", Key="ca.pem", ChecksumMode="ENABLED")
    s3.get_object(Bucket="files", Key="ca.pem")["Body"].read()
    s3.put_object_tagging(Bucket="files", Key="ca.pem", Tagging={"TagSet": [{"Key": "a", "Value": "b"}]})
    s3.get_object_tagging(Bucket="files", Key="ca.pem")
    s3.delete_object_tagging(Bucket="files", Key="ca.pem")
    s3.list_objects(Bucket="files")
    s3.list_objects_v2(Bucket="files", MaxKeys=1)
    s3.list_object_versions(Bucket="files")
    s3.put_object(Bucket="files", Key="gone", Body=b"x")
    s3.delete_object(Bucket="files", Key="gone")
    s3.delete_objects(Bucket="files", Delete={"Objects": [{"Key": "gone"}]})
    s3.create_bucket(Bucket="empty")
    s3.delete_bucket(Bucket="empty")


def elbv2():
    elb = client("elbv2")
    source = {"CaCertificatesBundleS3Bucket": "files", "CaCertificatesBundleS3Key": "ca.pem"}
    store = elb.create_trust_store(Name="one", Tags=[{"Key": "a", "Value": "b"}], **source)["TrustStores"][0]["TrustStoreArn"]
    eventually(lambda: elb.describe_trust_stores(TrustStoreArns=[store]), lambda a: a["TrustStores"][0]["Status"] == "ACTIVE")
    elb.modify_trust_store(TrustStoreArn=store, **source)
    elb.get_trust_store_ca_certificates_bundle(TrustStoreArn=store)
    added = elb.add_trust_store_revocations(TrustStoreArn=store, RevocationContents=[{"S3Bucket": "files", "S3Key": "ca.crl", "RevocationType": "CRL"}])
    number = added["TrustStoreRevocations"][0]["RevocationId"]
    elb.describe_trust_store_revocations(TrustStoreArn=store)
    elb.get_trust_store_revocation_content(TrustStoreArn=store, RevocationId=number)
    elb.remove_trust_store_revocations(TrustStoreArn=store, RevocationIds=[number])
    balancer = elb.create_load_balancer(Name="edge", Subnets=["subnet-1", "subnet-2"])["LoadBalancers"][0]["LoadBalancerArn"]
    elb.describe_load_balancers()
    elb.describe_load_balancer_attributes(LoadBalancerArn=balancer)
    elb.describe_capacity_reservation(LoadBalancerArn=balancer)
    elb.modify_load_balancer_attributes(LoadBalancerArn=balancer, Attributes=[{"Key": "idle_timeout.timeout_seconds", "Value": "30"}])
    listener = elb.create_listener(
        LoadBalancerArn=balancer,
        Protocol="HTTPS",
        Port=443,
        Certificates=[{"CertificateArn": f"arn:aws:acm:{REGION}:111111111111:certificate/x"}],
        DefaultActions=[{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "200"}}],
    )["Listeners"][0]["ListenerArn"]
    eventually(lambda: elb.describe_trust_stores(TrustStoreArns=[store]), lambda a: a["TrustStores"][0]["Status"] == "ACTIVE")
    elb.modify_listener(ListenerArn=listener, MutualAuthentication={"Mode": "verify", "TrustStoreArn": store})
    elb.describe_listeners(LoadBalancerArn=balancer)
    elb.describe_listener_attributes(ListenerArn=listener)
    elb.modify_listener_attributes(ListenerArn=listener, Attributes=[{"Key": "routing.http.response.server.enabled", "Value": "true"}])
    elb.describe_trust_store_associations(TrustStoreArn=store)
    elb.add_tags(ResourceArns=[store], Tags=[{"Key": "c", "Value": "d"}])
    elb.describe_tags(ResourceArns=[store])
    elb.remove_tags(ResourceArns=[store], TagKeys=["c"])
    elb.describe_account_limits()
    refused(elb.delete_trust_store, TrustStoreArn=store)
    elb.delete_listener(ListenerArn=listener)
    elb.delete_load_balancer(LoadBalancerArn=balancer)
    eventually(lambda: elb.describe_trust_store_associations(TrustStoreArn=store), lambda a: not a["TrustStoreAssociations"])
    elb.delete_trust_store(TrustStoreArn=store)


def cloudfront():
    cf = client("cloudfront")
    where = {"CaCertificatesBundleS3Location": {"Bucket": "files", "Key": "ca.pem", "Region": REGION}}
    made = cf.create_trust_store(Name="one", CaCertificatesBundleSource=where, Tags={"Items": [{"Key": "a", "Value": "b"}]})
    store, arn = made["TrustStore"]["Id"], made["TrustStore"]["Arn"]
    got = eventually(lambda: cf.get_trust_store(Identifier=store), lambda a: a["TrustStore"]["Status"] == "active")
    cf.update_trust_store(Id=store, IfMatch=got["ETag"], CaCertificatesBundleSource=where, UseClientCertificateOCSPEndpoint=False)
    cf.list_trust_stores()
    cf.tag_resource(Resource=arn, Tags={"Items": [{"Key": "c", "Value": "d"}]})
    cf.list_tags_for_resource(Resource=arn)
    cf.untag_resource(Resource=arn, TagKeys={"Items": ["c"]})
    kvs = cf.create_key_value_store(Name="keys", Comment="x", ImportSource={"SourceType": "S3", "SourceARN": "arn:aws:s3:::files/kvs.json"})
    kvs_arn = kvs["KeyValueStore"]["ARN"]
    described = eventually(lambda: cf.describe_key_value_store(Name="keys"), lambda a: a["KeyValueStore"]["Status"] == "READY")
    cf.list_key_value_stores()
    cf.update_key_value_store(Name="keys", Comment="y", IfMatch=described["ETag"])
    code = b"function connectionHandler(connection) { connection.allow(); }"
    config = {"Comment": "", "Runtime": "cloudfront-js-2.0", "KeyValueStoreAssociations": {"Quantity": 1, "Items": [{"KeyValueStoreARN": kvs_arn}]}}
    function = cf.create_connection_function(Name="check", ConnectionFunctionConfig=config, ConnectionFunctionCode=code)
    number = function["ConnectionFunctionSummary"]["Id"]
    tag = cf.update_connection_function(Id=number, IfMatch=function["ETag"], ConnectionFunctionConfig=config, ConnectionFunctionCode=code)["ETag"]
    cf.get_connection_function(Identifier=number)
    cf.test_connection_function(Id=number, IfMatch=tag, ConnectionObject=b"{}")
    cf.publish_connection_function(Id=number, IfMatch=tag)
    eventually(lambda: cf.describe_connection_function(Identifier=number, Stage="DEVELOPMENT"), lambda a: a["ConnectionFunctionSummary"]["Status"] == "UNASSOCIATED")
    cf.list_connection_functions()
    origin = {"Id": "o", "DomainName": "origin.example.com", "CustomOriginConfig": {"HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": "https-only"}}
    behaviour = {"TargetOriginId": "o", "ViewerProtocolPolicy": "https-only", "CachePolicyId": "658327ea-f89d-4fab-a63d-7e88639e58f6"}
    wanted = {"CallerReference": "one", "Comment": "", "Enabled": True, "Origins": {"Quantity": 1, "Items": [origin]}, "DefaultCacheBehavior": behaviour}
    distribution = cf.create_distribution(DistributionConfig=wanted)["Distribution"]["Id"]
    tagged = cf.create_distribution_with_tags(DistributionConfigWithTags={"DistributionConfig": {**wanted, "CallerReference": "two", "Enabled": False}, "Tags": {"Items": []}})
    eventually(lambda: cf.get_distribution(Id=distribution), lambda a: a["Distribution"]["Status"] == "Deployed")
    current = cf.get_distribution_config(Id=distribution)
    mtls = {"ViewerMtlsConfig": {"Mode": "required", "TrustStoreConfig": {"TrustStoreId": store}}, "ConnectionFunctionAssociation": {"Id": number}}
    eventually(lambda: cf.get_trust_store(Identifier=store), lambda a: a["TrustStore"]["Status"] == "active")
    cf.update_distribution(Id=distribution, IfMatch=current["ETag"], DistributionConfig={**current["DistributionConfig"], **mtls})
    cf.list_distributions()
    cf.list_distributions_by_trust_store(TrustStoreIdentifier=store)
    cf.list_distributions_by_connection_function(ConnectionFunctionIdentifier=number)
    key_values(kvs_arn)
    other = tagged["Distribution"]["Id"]
    done = eventually(lambda: cf.get_distribution(Id=other), lambda a: a["Distribution"]["Status"] == "Deployed")
    cf.delete_distribution(Id=other, IfMatch=done["ETag"])
    current = cf.get_distribution_config(Id=distribution)
    plain = {key: value for key, value in current["DistributionConfig"].items() if key not in mtls}
    cf.update_distribution(Id=distribution, IfMatch=current["ETag"], DistributionConfig=plain)
    cf.delete_connection_function(Id=number, IfMatch=tag)
    cf.delete_key_value_store(Name="keys", IfMatch=cf.describe_key_value_store(Name="keys")["ETag"])
    cf.delete_trust_store(Id=store, IfMatch=cf.get_trust_store(Identifier=store)["ETag"])


def key_values(arn):
    """The account id goes in front of the host: with the emulator as HTTP proxy, no name has to resolve."""
    kvs = client("cloudfront-keyvaluestore", endpoint_url="http://kvs.localhost", signature_version="v4", proxies={"http": ENDPOINT})
    tag = eventually(lambda: kvs.describe_key_value_store(KvsARN=arn), lambda a: True)["ETag"]
    kvs.list_keys(KvsARN=arn)
    kvs.get_key(KvsARN=arn, Key="a")
    tag = kvs.put_key(KvsARN=arn, Key="b", Value="2", IfMatch=tag)["ETag"]
    tag = kvs.update_keys(KvsARN=arn, IfMatch=tag, Puts=[{"Key": "c", "Value": "3"}], Deletes=[{"Key": "a"}])["ETag"]
    kvs.delete_key(KvsARN=arn, Key="b", IfMatch=tag)


def api_gateway():
    api = client("apigateway")
    domain = "one.example.com"
    arn = f"arn:aws:apigateway:{REGION}::/domainnames/{domain}"
    certificate = f"arn:aws:acm:{REGION}:111111111111:certificate/12345678-1234-1234-1234-123456789012"
    api.create_domain_name(domainName=domain, regionalCertificateArn=certificate, securityPolicy="TLS_1_2", endpointConfiguration={"types": ["REGIONAL"]}, mutualTlsAuthentication={"truststoreUri": "s3://files/ca.pem"})
    eventually(lambda: api.get_domain_name(domainName=domain), lambda a: a["domainNameStatus"] == "AVAILABLE")
    api.get_domain_names()
    api.update_domain_name(domainName=domain, patchOperations=[{"op": "replace", "path": "/mutualTlsAuthentication/truststoreUri", "value": ""}])
    api.tag_resource(resourceArn=arn, tags={"a": "b"})
    api.get_tags(resourceArn=arn)
    api.untag_resource(resourceArn=arn, tagKeys=["a"])
    rest = api.create_rest_api(name="orders", endpointConfiguration={"types": ["REGIONAL"]})["id"]
    api.get_rest_api(restApiId=rest)
    api.get_rest_apis()
    api.update_rest_api(restApiId=rest, patchOperations=[{"op": "replace", "path": "/disableExecuteApiEndpoint", "value": "true"}])
    root = api.get_resources(restApiId=rest)["items"][0]["id"]
    child = api.create_resource(restApiId=rest, parentId=root, pathPart="a")["id"]
    uri = f"arn:aws:apigateway:{REGION}:lambda:path/2015-03-31/functions/arn:aws:lambda:{REGION}:111111111111:function:f/invocations"
    authorizer = api.create_authorizer(restApiId=rest, name="a", type="REQUEST", authorizerUri=uri, identitySource="method.request.header.A")["id"]
    api.get_authorizer(restApiId=rest, authorizerId=authorizer)
    api.get_authorizers(restApiId=rest)
    api.update_authorizer(restApiId=rest, authorizerId=authorizer, patchOperations=[{"op": "replace", "path": "/authorizerResultTtlInSeconds", "value": "0"}])
    method = {"restApiId": rest, "resourceId": child, "httpMethod": "GET"}
    api.put_method(**method, authorizationType="CUSTOM", authorizerId=authorizer)
    api.get_method(**method)
    api.put_integration(**method, type="MOCK")
    api.get_integration(**method)
    api.get_resource(restApiId=rest, resourceId=child, embed=["methods"])
    api.update_method(**method, patchOperations=[{"op": "replace", "path": "/authorizationType", "value": "NONE"}, {"op": "replace", "path": "/authorizerId"}])
    api.get_resources(restApiId=rest, embed=["methods"], limit=1)
    deployment = api.create_deployment(restApiId=rest, stageName="live")["id"]
    api.get_deployments(restApiId=rest)
    api.get_deployment(restApiId=rest, deploymentId=deployment, embed=["apisummary"])
    exported = json.load(api.get_export(restApiId=rest, stageName="live", exportType="oas30", parameters={"extensions": "authorizers"})["body"])
    assert list(exported["paths"]) == ["/a"], exported
    api.create_stage(restApiId=rest, stageName="next", deploymentId=deployment)
    api.get_stage(restApiId=rest, stageName="next")
    api.get_stages(restApiId=rest)
    api.update_stage(restApiId=rest, stageName="next", patchOperations=[{"op": "replace", "path": "/deploymentId", "value": deployment}])
    api.delete_stage(restApiId=rest, stageName="next")
    api.create_base_path_mapping(domainName=domain, restApiId=rest, stage="live", basePath="v1")
    api.get_base_path_mapping(domainName=domain, basePath="v1")
    api.get_base_path_mappings(domainName=domain)
    api.delete_base_path_mapping(domainName=domain, basePath="v1")
    api.delete_integration(**method)
    api.delete_method(**method)
    api.delete_resource(restApiId=rest, resourceId=child)
    api.delete_stage(restApiId=rest, stageName="live")
    api.delete_deployment(restApiId=rest, deploymentId=deployment)
    api.delete_authorizer(restApiId=rest, authorizerId=authorizer)
    api.delete_rest_api(restApiId=rest)
    eventually(lambda: api.get_domain_name(domainName=domain), lambda a: a["domainNameStatus"] == "AVAILABLE")
    api.delete_domain_name(domainName=domain)


def api_gateway_v2():
    api = client("apigatewayv2")
    domain = "two.example.com"
    arn = f"arn:aws:apigateway:{REGION}::/domainnames/{domain}"
    configuration = {"CertificateArn": f"arn:aws:acm:{REGION}:111111111111:certificate/12345678-1234-1234-1234-123456789012", "EndpointType": "REGIONAL", "SecurityPolicy": "TLS_1_2"}
    api.create_domain_name(DomainName=domain, DomainNameConfigurations=[configuration], MutualTlsAuthentication={"TruststoreUri": "s3://files/ca.pem"})
    eventually(lambda: api.get_domain_name(DomainName=domain), lambda a: a["DomainNameConfigurations"][0]["DomainNameStatus"] == "AVAILABLE")
    api.get_domain_names()
    api.update_domain_name(DomainName=domain, DomainNameConfigurations=[configuration], MutualTlsAuthentication={"TruststoreUri": "s3://files/ca.pem"})
    api.tag_resource(ResourceArn=arn, Tags={"a": "b"})
    api.get_tags(ResourceArn=arn)
    api.untag_resource(ResourceArn=arn, TagKeys=["a"])
    http = api.create_api(Name="orders", ProtocolType="HTTP")["ApiId"]
    api.get_api(ApiId=http)
    api.get_apis()
    api.update_api(ApiId=http, DisableExecuteApiEndpoint=True)
    uri = f"arn:aws:apigateway:{REGION}:lambda:path/2015-03-31/functions/arn:aws:lambda:{REGION}:111111111111:function:f/invocations"
    authorizer = api.create_authorizer(ApiId=http, Name="a", AuthorizerType="REQUEST", AuthorizerUri=uri, AuthorizerPayloadFormatVersion="2.0", EnableSimpleResponses=True, IdentitySource=["$request.header.A"])["AuthorizerId"]
    api.get_authorizer(ApiId=http, AuthorizerId=authorizer)
    api.get_authorizers(ApiId=http)
    api.update_authorizer(ApiId=http, AuthorizerId=authorizer, Name="b")
    integration = api.create_integration(ApiId=http, IntegrationType="HTTP_PROXY", IntegrationUri="https://example.com", IntegrationMethod="GET", PayloadFormatVersion="1.0")["IntegrationId"]
    api.get_integrations(ApiId=http)
    api.get_integration(ApiId=http, IntegrationId=integration)
    route = api.create_route(ApiId=http, RouteKey="GET /a", AuthorizationType="CUSTOM", AuthorizerId=authorizer, Target=f"integrations/{integration}")["RouteId"]
    api.get_route(ApiId=http, RouteId=route)
    api.get_routes(ApiId=http)
    api.update_route(ApiId=http, RouteId=route, AuthorizationType="NONE")
    api.create_stage(ApiId=http, StageName="live")
    deployment = api.create_deployment(ApiId=http, StageName="live")["DeploymentId"]
    api.get_deployment(ApiId=http, DeploymentId=deployment)
    api.get_deployments(ApiId=http)
    api.get_stage(ApiId=http, StageName="live")
    api.get_stages(ApiId=http)
    api.update_stage(ApiId=http, StageName="live", AutoDeploy=True)
    mapping = api.create_api_mapping(DomainName=domain, ApiId=http, Stage="live")["ApiMappingId"]
    api.get_api_mapping(DomainName=domain, ApiMappingId=mapping)
    api.get_api_mappings(DomainName=domain)
    api.delete_api_mapping(DomainName=domain, ApiMappingId=mapping)
    exported = json.load(api.export_api(ApiId=http, StageName="live", OutputType="JSON", Specification="OAS30")["body"])
    assert list(exported["paths"]) == ["/a"], exported
    api.delete_stage(ApiId=http, StageName="live")
    api.delete_deployment(ApiId=http, DeploymentId=deployment)
    api.delete_route(ApiId=http, RouteId=route)
    api.delete_integration(ApiId=http, IntegrationId=integration)
    api.delete_authorizer(ApiId=http, AuthorizerId=authorizer)
    api.delete_api(ApiId=http)
    eventually(lambda: api.get_domain_name(DomainName=domain), lambda a: a["DomainNameConfigurations"][0]["DomainNameStatus"] == "AVAILABLE")
    api.delete_domain_name(DomainName=domain)


def roles_anywhere():
    ra = client("rolesanywhere")
    source = {"sourceType": "CERTIFICATE_BUNDLE", "sourceData": {"x509CertificateData": PEM}}
    anchor = ra.create_trust_anchor(name="one", source=source, enabled=False, tags=[{"key": "a", "value": "b"}])["trustAnchor"]
    number, arn = anchor["trustAnchorId"], anchor["trustAnchorArn"]
    ra.get_trust_anchor(trustAnchorId=number)
    ra.list_trust_anchors()
    ra.update_trust_anchor(trustAnchorId=number, name="two")
    ra.enable_trust_anchor(trustAnchorId=number)
    ra.disable_trust_anchor(trustAnchorId=number)
    crl = ra.import_crl(name="list", crlData=CRL.encode(), trustAnchorArn=arn, enabled=False)["crl"]["crlId"]
    ra.get_crl(crlId=crl)
    ra.list_crls()
    ra.update_crl(crlId=crl, crlData=CRL.encode())
    ra.enable_crl(crlId=crl)
    ra.disable_crl(crlId=crl)
    profile = ra.create_profile(name="p", roleArns=["arn:aws:iam::111111111111:role/r"], enabled=False)["profile"]["profileId"]
    ra.get_profile(profileId=profile)
    ra.list_profiles()
    ra.update_profile(profileId=profile, name="q")
    ra.enable_profile(profileId=profile)
    ra.disable_profile(profileId=profile)
    ra.tag_resource(resourceArn=arn, tags=[{"key": "c", "value": "d"}])
    ra.list_tags_for_resource(resourceArn=arn)
    ra.untag_resource(resourceArn=arn, tagKeys=["c"])
    ra.list_subjects()
    ra.delete_profile(profileId=profile)
    ra.delete_crl(crlId=crl)
    ra.delete_trust_anchor(trustAnchorId=number)


def self_check():
    """A judge that cannot say no is none: what is not in a model, and what is missing, must be found."""
    cloudfront_model = client("cloudfront").meta.service_model.operation_model("ListTrustStores").output_shape
    anywhere = client("rolesanywhere").meta.service_model.operation_model("GetTrustAnchor").output_shape
    extra = ElementTree.fromstring("<ListTrustStoresResult><Nonsense/></ListTrustStoresResult>")
    assert walk_xml(cloudfront_model, extra, "") and walk_json(anywhere, {"trustAnchor": {"nonsense": 1}}, "")
    assert required(anywhere, {}, "")


self_check()
for story in (s3_and_sts, elbv2, cloudfront, api_gateway, api_gateway_v2, roles_anywhere):
    story()
print(json.dumps(seen, indent=1, sort_keys=True))
