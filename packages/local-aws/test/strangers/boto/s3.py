"""S3 and STS, every operation that is emulated."""


def run(clients, case):
    s3, sts = clients("s3"), clients("sts")
    sts.get_caller_identity()
    sts.assume_role(RoleArn="arn:aws:iam::222222222222:role/reader", RoleSessionName="stranger")
    s3.create_bucket(Bucket="strangers")
    s3.head_bucket(Bucket="strangers")
    s3.list_buckets()
    s3.get_bucket_location(Bucket="strangers")
    s3.get_bucket_versioning(Bucket="strangers")
    s3.put_bucket_versioning(Bucket="strangers", VersioningConfiguration={"Status": "Enabled"})
    s3.get_bucket_versioning(Bucket="strangers")
    tags = {"TagSet": [{"Key": "a", "Value": "b"}]}
    s3.put_bucket_tagging(Bucket="strangers", Tagging=tags)
    assert s3.get_bucket_tagging(Bucket="strangers")["TagSet"] == tags["TagSet"]
    s3.delete_bucket_tagging(Bucket="strangers")
    policy = '{"Version":"2012-10-17","Statement":[]}'
    s3.put_bucket_policy(Bucket="strangers", Policy=policy)
    assert s3.get_bucket_policy(Bucket="strangers")["Policy"] == policy
    s3.delete_bucket_policy(Bucket="strangers")
    for algorithm in ("CRC32", "SHA256"):
        put = s3.put_object(Bucket="strangers", Key="a/b", Body=b"one", ChecksumAlgorithm=algorithm, Metadata={"m": "1"})
    got = s3.get_object(Bucket="strangers", Key="a/b", ChecksumMode="ENABLED")
    assert (got["Body"].read(), got["VersionId"], got["Metadata"]) == (b"one", put["VersionId"], {"m": "1"})
    s3.head_object(Bucket="strangers", Key="a/b")
    where = {"Bucket": "strangers", "Key": "a/b"}
    s3.put_object_tagging(**where, Tagging=tags)
    assert s3.get_object_tagging(**where)["TagSet"] == tags["TagSet"]
    s3.delete_object_tagging(**where)
    assert [one["Key"] for one in s3.list_objects(Bucket="strangers")["Contents"]] == ["a/b"]
    folders = s3.list_objects_v2(Bucket="strangers", Delimiter="/", FetchOwner=True)
    assert folders["CommonPrefixes"] == [{"Prefix": "a/"}]
    s3.delete_object(**where)
    versions = s3.list_object_versions(Bucket="strangers")
    every = versions["Versions"] + versions["DeleteMarkers"]
    assert len(every) == 3
    objects = [{"Key": one["Key"], "VersionId": one["VersionId"]} for one in every]
    assert len(s3.delete_objects(Bucket="strangers", Delete={"Objects": objects})["Deleted"]) == 3
    case.refuses(s3.get_object, "NoSuchKey", **where)
    case.refuses(s3.head_bucket, "404", Bucket="nowhere")
    s3.delete_bucket(Bucket="strangers")
    case.refuses(s3.get_bucket_location, "NoSuchBucket", Bucket="strangers")
