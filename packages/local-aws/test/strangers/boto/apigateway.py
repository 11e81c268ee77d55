"""API Gateway, REST and HTTP APIs, every operation that is emulated."""

ACM = "arn:aws:acm:us-east-1:111111111111:certificate/12345678-1234-1234-1234-123456789012"
LAMBDA = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:111111111111:function:check/invocations"


def run(clients, case):
    rest(clients("apigateway"), case)
    http(clients("apigatewayv2"), case)


def rest(api, case):
    name = "rest.example.com"
    made = api.create_domain_name(
        domainName=name,
        regionalCertificateArn=ACM,
        endpointConfiguration={"types": ["REGIONAL"]},
        securityPolicy="TLS_1_2",
        mutualTlsAuthentication={"truststoreUri": f"s3://{case.bucket}/ca.pem"},
        tags={"a": "b"},
    )
    case.until(lambda: api.get_domain_name(domainName=name)["domainNameStatus"] == "AVAILABLE")
    assert len(api.get_domain_names()["items"]) == 1
    uri = {"op": "replace", "path": "/mutualTlsAuthentication/truststoreUri", "value": f"s3://{case.bucket}/ca.pem"}
    api.update_domain_name(domainName=name, patchOperations=[uri])
    arn = made["domainNameArn"]
    api.tag_resource(resourceArn=arn, tags={"c": "d"})
    api.untag_resource(resourceArn=arn, tagKeys=["a"])
    assert api.get_tags(resourceArn=arn)["tags"] == {"c": "d"}
    made = api.create_rest_api(name="orders", endpointConfiguration={"types": ["REGIONAL"]})
    where = {"restApiId": made["id"]}
    api.update_rest_api(**where, patchOperations=[{"op": "replace", "path": "/disableExecuteApiEndpoint", "value": "true"}])
    assert api.get_rest_api(**where)["disableExecuteApiEndpoint"] is True
    assert len(api.get_rest_apis()["items"]) == 1
    root = api.get_resources(**where)["items"][0]["id"]
    resource = api.create_resource(**where, parentId=root, pathPart="orders")["id"]
    check = api.create_authorizer(
        **where, name="check", type="REQUEST", authorizerUri=LAMBDA, authorizerResultTtlInSeconds=0
    )["id"]
    ttl = {"op": "replace", "path": "/authorizerResultTtlInSeconds", "value": "0"}
    api.update_authorizer(**where, authorizerId=check, patchOperations=[ttl])
    api.get_authorizer(**where, authorizerId=check)
    assert len(api.get_authorizers(**where)["items"]) == 1
    method = {**where, "resourceId": resource, "httpMethod": "GET"}
    api.put_method(**method, authorizationType="CUSTOM", authorizerId=check)
    api.put_integration(**method, type="MOCK")
    none = {"op": "replace", "path": "/authorizationType", "value": "NONE"}
    api.update_method(**method, patchOperations=[none])
    assert api.get_method(**method)["authorizationType"] == "NONE"
    first = api.create_deployment(**where, stageName="live")["id"]
    assert len(api.get_deployments(**where)["items"]) == 1
    api.create_stage(**where, stageName="next", deploymentId=first)
    api.get_stage(**where, stageName="next")
    deployed = {"op": "replace", "path": "/deploymentId", "value": first}
    api.update_stage(**where, stageName="next", patchOperations=[deployed])
    assert len(api.get_stages(**where)["item"]) == 2
    api.create_base_path_mapping(domainName=name, restApiId=made["id"], stage="live")
    api.get_base_path_mapping(domainName=name, basePath="(none)")
    assert len(api.get_base_path_mappings(domainName=name)["items"]) == 1
    api.delete_base_path_mapping(domainName=name, basePath="(none)")
    api.delete_stage(**where, stageName="next")
    api.delete_method(**method)
    api.delete_authorizer(**where, authorizerId=check)
    api.delete_rest_api(**where)
    api.delete_domain_name(domainName=name)
    case.refuses(api.get_domain_name, "NotFoundException", domainName=name)


def http(api, case):
    name = "http.example.com"
    configuration = {"CertificateArn": ACM, "EndpointType": "REGIONAL", "SecurityPolicy": "TLS_1_2"}
    api.create_domain_name(
        DomainName=name,
        DomainNameConfigurations=[configuration],
        MutualTlsAuthentication={"TruststoreUri": f"s3://{case.bucket}/ca.pem"},
        Tags={"a": "b"},
    )
    case.until(
        lambda: api.get_domain_name(DomainName=name)["DomainNameConfigurations"][0]["DomainNameStatus"] == "AVAILABLE"
    )
    assert len(api.get_domain_names()["Items"]) == 1
    api.update_domain_name(
        DomainName=name,
        DomainNameConfigurations=[configuration],
        MutualTlsAuthentication={"TruststoreUri": f"s3://{case.bucket}/ca2.pem"},
    )
    arn = f"arn:aws:apigateway:us-east-1::/domainnames/{name}"
    api.tag_resource(ResourceArn=arn, Tags={"c": "d"})
    api.untag_resource(ResourceArn=arn, TagKeys=["a"])
    assert api.get_tags(ResourceArn=arn)["Tags"] == {"c": "d"}
    made = api.create_api(Name="orders", ProtocolType="HTTP")
    where = {"ApiId": made["ApiId"]}
    api.update_api(**where, DisableExecuteApiEndpoint=True)
    assert api.get_api(**where)["DisableExecuteApiEndpoint"] is True
    assert len(api.get_apis()["Items"]) == 1
    check = api.create_authorizer(
        **where,
        Name="check",
        AuthorizerType="REQUEST",
        AuthorizerUri=LAMBDA,
        AuthorizerPayloadFormatVersion="2.0",
        EnableSimpleResponses=True,
        IdentitySource=[],
    )["AuthorizerId"]
    api.update_authorizer(**where, AuthorizerId=check, AuthorizerResultTtlInSeconds=0)
    api.get_authorizer(**where, AuthorizerId=check)
    assert len(api.get_authorizers(**where)["Items"]) == 1
    integration = api.create_integration(
        **where, IntegrationType="HTTP_PROXY", IntegrationUri="https://example.com", IntegrationMethod="GET", PayloadFormatVersion="1.0"
    )["IntegrationId"]
    assert len(api.get_integrations(**where)["Items"]) == 1
    route = api.create_route(
        **where, RouteKey="GET /orders", AuthorizationType="CUSTOM", AuthorizerId=check, Target=f"integrations/{integration}"
    )["RouteId"]
    api.update_route(**where, RouteId=route, AuthorizationType="NONE")
    api.get_route(**where, RouteId=route)
    assert len(api.get_routes(**where)["Items"]) == 1
    deployment = api.create_deployment(**where)["DeploymentId"]
    api.get_deployment(**where, DeploymentId=deployment)
    assert len(api.get_deployments(**where)["Items"]) == 1
    api.create_stage(**where, StageName="live", DeploymentId=deployment)
    api.update_stage(**where, StageName="live", Description="live")
    api.get_stage(**where, StageName="live")
    assert len(api.get_stages(**where)["Items"]) == 1
    mapping = {"DomainName": name, "ApiMappingId": ""}
    mapping["ApiMappingId"] = api.create_api_mapping(DomainName=name, **where, Stage="live")["ApiMappingId"]
    api.get_api_mapping(**mapping)
    assert len(api.get_api_mappings(DomainName=name)["Items"]) == 1
    api.delete_api_mapping(**mapping)
    api.delete_route(**where, RouteId=route)
    api.delete_authorizer(**where, AuthorizerId=check)
    api.delete_stage(**where, StageName="live")
    api.delete_api(**where)
    api.delete_domain_name(DomainName=name)
    case.refuses(api.get_api, "NotFoundException", **where)
