"""CloudFront and its KeyValueStore, every operation that is emulated."""

CODE = b"function connectionHandler(connection) { connection.allow(); }"


def run(clients, case):
    cf = clients("cloudfront")
    where = {"CaCertificatesBundleS3Location": {"Bucket": case.bucket, "Key": "ca.pem", "Region": "us-east-1"}}
    made = cf.create_trust_store(
        Name="edge", CaCertificatesBundleSource=where, Tags={"Items": [{"Key": "a", "Value": "b"}]}
    )
    store = made["TrustStore"]["Id"]
    case.until(lambda: cf.get_trust_store(Identifier=store)["TrustStore"]["Status"] == "active")
    assert [one["Id"] for one in cf.list_trust_stores()["TrustStoreList"]] == [store]
    etag = cf.update_trust_store(Id=store, IfMatch=made["ETag"], CaCertificatesBundleSource=where)["ETag"]
    arn = made["TrustStore"]["Arn"]
    cf.tag_resource(Resource=arn, Tags={"Items": [{"Key": "c", "Value": "d"}]})
    cf.untag_resource(Resource=arn, TagKeys={"Items": ["a"]})
    assert cf.list_tags_for_resource(Resource=arn)["Tags"]["Items"] == [{"Key": "c", "Value": "d"}]
    values = cf.create_key_value_store(Name="revoked", Comment="serials")
    kvs = values["KeyValueStore"]["ARN"]
    case.until(lambda: cf.describe_key_value_store(Name="revoked")["KeyValueStore"]["Status"] == "READY")
    values = cf.update_key_value_store(Name="revoked", Comment="revoked serials", IfMatch=values["ETag"])
    cf.list_key_value_stores()
    key_values(clients("cloudfront-keyvaluestore"), kvs, case)
    function = functions(cf, kvs, case)
    distributions(cf, store, function, case)
    cf.delete_connection_function(Id=function, IfMatch=cf.describe_connection_function(Identifier=function)["ETag"])
    cf.delete_key_value_store(Name="revoked", IfMatch=cf.describe_key_value_store(Name="revoked")["ETag"])
    cf.delete_trust_store(Id=store, IfMatch=etag)
    case.refuses(cf.get_trust_store, "EntityNotFound", Identifier=store)


def key_values(data, arn, case):
    etag = data.describe_key_value_store(KvsARN=arn)["ETag"]
    put = data.put_key(KvsARN=arn, Key="01", Value="revoked", IfMatch=etag)
    case.refuses(data.put_key, "ValidationException", KvsARN=arn, Key="01", Value="x", IfMatch=etag)
    assert data.get_key(KvsARN=arn, Key="01")["Value"] == "revoked"
    more = [{"Key": "02", "Value": ""}, {"Key": "03", "Value": "x"}]
    etag = data.update_keys(KvsARN=arn, IfMatch=put["ETag"], Puts=more, Deletes=[{"Key": "01"}])["ETag"]
    assert [one["Key"] for one in data.list_keys(KvsARN=arn)["Items"]] == ["02", "03"]
    assert data.delete_key(KvsARN=arn, Key="02", IfMatch=etag)["ItemCount"] == 1


def functions(cf, kvs, case):
    config = {
        "Comment": "c",
        "Runtime": "cloudfront-js-2.0",
        "KeyValueStoreAssociations": {"Quantity": 1, "Items": [{"KeyValueStoreARN": kvs}]},
    }
    made = cf.create_connection_function(Name="check", ConnectionFunctionConfig=config, ConnectionFunctionCode=CODE)
    function = made["ConnectionFunctionSummary"]["Id"]
    etag = cf.update_connection_function(
        Id=function, IfMatch=made["ETag"], ConnectionFunctionConfig=config, ConnectionFunctionCode=CODE
    )["ETag"]
    assert cf.get_connection_function(Identifier=function)["ConnectionFunctionCode"].read() == CODE
    tested = cf.test_connection_function(Id=function, IfMatch=etag, ConnectionObject=b"{}", Stage="DEVELOPMENT")
    assert "ConnectionFunctionTestResult" in tested
    cf.publish_connection_function(Id=function, IfMatch=etag)
    case.until(lambda: len(cf.list_connection_functions(Stage="LIVE")["ConnectionFunctions"]) == 1)
    live = cf.describe_connection_function(Identifier=function, Stage="LIVE")["ConnectionFunctionSummary"]
    assert live["Status"] == "UNASSOCIATED", live
    return function


def distributions(cf, store, function, case):
    config = {
        "CallerReference": "one",
        "Comment": "",
        "Enabled": True,
        "Origins": {"Quantity": 1, "Items": [{"Id": "o", "DomainName": "origin.example.com", "S3OriginConfig": {"OriginAccessIdentity": ""}}]},
        "DefaultCacheBehavior": {
            "TargetOriginId": "o",
            "ViewerProtocolPolicy": "https-only",
            "CachePolicyId": "658327ea-f89d-4fab-a63d-7e88639e58f6",
        },
        "ViewerMtlsConfig": {"Mode": "required", "TrustStoreConfig": {"TrustStoreId": store}},
        "ConnectionFunctionAssociation": {"Id": function},
    }
    made = cf.create_distribution(DistributionConfig=config)
    ids = [made["Distribution"]["Id"]]
    plain = {
        name: value
        for name, value in config.items()
        if name not in ("ViewerMtlsConfig", "ConnectionFunctionAssociation")
    }
    tagged = {"DistributionConfig": {**plain, "CallerReference": "two"}, "Tags": {"Items": [{"Key": "a", "Value": "b"}]}}
    ids.append(cf.create_distribution_with_tags(DistributionConfigWithTags=tagged)["Distribution"]["Id"])
    for one in ids:
        cf.get_waiter("distribution_deployed").wait(Id=one, WaiterConfig={"Delay": 1})
    cf.get_distribution(Id=ids[0])
    by_store = cf.list_distributions_by_trust_store(TrustStoreIdentifier=store)["DistributionList"]
    by_function = cf.list_distributions_by_connection_function(ConnectionFunctionIdentifier=function)["DistributionList"]
    assert [one["Items"][0]["Id"] for one in (by_store, by_function)] == [ids[0], ids[0]]
    assert cf.list_distributions()["DistributionList"]["Quantity"] == 2
    for one in ids:
        held = cf.get_distribution_config(Id=one)
        off = {
            name: value
            for name, value in held["DistributionConfig"].items()
            if name not in ("ViewerMtlsConfig", "ConnectionFunctionAssociation")
        }
        off["Enabled"] = False
        etag = cf.update_distribution(Id=one, IfMatch=held["ETag"], DistributionConfig=off)["ETag"]
        cf.get_waiter("distribution_deployed").wait(Id=one, WaiterConfig={"Delay": 1})
        cf.delete_distribution(Id=one, IfMatch=etag)
    case.refuses(cf.get_distribution, "NoSuchDistribution", Id=ids[0])
