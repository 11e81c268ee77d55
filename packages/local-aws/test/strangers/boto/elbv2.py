"""Elastic Load Balancing, every operation that is emulated."""


def run(clients, case):
    elb = clients("elbv2")
    source = {"CaCertificatesBundleS3Bucket": case.bucket, "CaCertificatesBundleS3Key": "ca.pem"}
    made = elb.create_trust_store(Name="devices", Tags=[{"Key": "a", "Value": "b"}], **source)
    store = made["TrustStores"][0]["TrustStoreArn"]
    case.until(lambda: elb.describe_trust_stores(TrustStoreArns=[store])["TrustStores"][0]["Status"] == "ACTIVE")
    elb.modify_trust_store(TrustStoreArn=store, **source)
    added = elb.add_trust_store_revocations(
        TrustStoreArn=store, RevocationContents=[{"S3Bucket": case.bucket, "S3Key": "ca.crl", "RevocationType": "CRL"}]
    )
    assert added["TrustStoreRevocations"][0]["NumberOfRevokedEntries"] == 2
    elb.describe_trust_store_revocations(TrustStoreArn=store)
    assert "Location" in elb.get_trust_store_ca_certificates_bundle(TrustStoreArn=store)
    assert "Location" in elb.get_trust_store_revocation_content(TrustStoreArn=store, RevocationId=1)
    balancer = elb.create_load_balancer(Name="edge", Subnets=["subnet-1", "subnet-2"], Type="application")
    arn = balancer["LoadBalancers"][0]["LoadBalancerArn"]
    elb.get_waiter("load_balancer_available").wait(LoadBalancerArns=[arn], WaiterConfig={"Delay": 1})
    elb.describe_load_balancers(Names=["edge"])
    elb.describe_load_balancer_attributes(LoadBalancerArn=arn)
    logs = [{"Key": "connection_logs.s3.enabled", "Value": "false"}]
    elb.modify_load_balancer_attributes(LoadBalancerArn=arn, Attributes=logs)
    elb.describe_capacity_reservation(LoadBalancerArn=arn)
    listener = elb.create_listener(
        LoadBalancerArn=arn,
        Protocol="HTTPS",
        Port=443,
        Certificates=[{"CertificateArn": "arn:aws:acm:us-east-1:111111111111:certificate/1"}],
        DefaultActions=[{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "200"}}],
        MutualAuthentication={"Mode": "verify", "TrustStoreArn": store, "IgnoreClientCertificateExpiry": False},
    )["Listeners"][0]["ListenerArn"]
    elb.describe_listeners(LoadBalancerArn=arn)
    elb.describe_listener_attributes(ListenerArn=listener)
    server = [{"Key": "routing.http.response.server.enabled", "Value": "true"}]
    elb.modify_listener_attributes(ListenerArn=listener, Attributes=server)
    assert len(elb.describe_trust_store_associations(TrustStoreArn=store)["TrustStoreAssociations"]) == 1
    case.refuses(elb.delete_trust_store, "TrustStoreInUse", TrustStoreArn=store)
    elb.modify_listener(ListenerArn=listener, MutualAuthentication={"Mode": "passthrough"})
    elb.add_tags(ResourceArns=[store], Tags=[{"Key": "c", "Value": "d"}])
    assert len(elb.describe_tags(ResourceArns=[store])["TagDescriptions"][0]["Tags"]) == 2
    elb.remove_tags(ResourceArns=[store], TagKeys=["a"])
    elb.describe_account_limits()
    case.answers_error(elb, "DeleteSharedTrustStoreAssociation", TrustStoreArn=store, ResourceArn=arn)
    elb.remove_trust_store_revocations(TrustStoreArn=store, RevocationIds=[1])
    elb.delete_listener(ListenerArn=listener)
    elb.delete_load_balancer(LoadBalancerArn=arn)
    elb.delete_trust_store(TrustStoreArn=store)
    case.refuses(elb.describe_trust_stores, "TrustStoreNotFound", TrustStoreArns=[store])
