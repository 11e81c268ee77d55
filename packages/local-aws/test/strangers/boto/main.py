"""Calls every emulated operation with boto3 and holds requests and answers against botocore's model.

Arguments: the emulator's URL, a folder with ca.pem, ca2.pem, ca.crl, leaf.der, leaf.key and leaf.serial, and the script
that asks for a session. Prints one JSON document: the operations that were answered, and what was wrong.
"""
import json
import os
import subprocess
import sys
import time
import traceback

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

import anywhere
import apigateway
import cloudfront
import elbv2
import s3
from model import Judge

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


class Case:
    """What the scripts share."""

    bucket = "bundles"

    def __init__(self, judge, folder, session):
        self.judge, self.folder, self.session_script = judge, folder, session

    def read(self, name):
        with open(os.path.join(self.folder, name), encoding="ascii") as file:
            return file.read()

    def refuses(self, call, code, **parameters):
        try:
            call(**parameters)
        except ClientError as error:
            assert error.response["Error"]["Code"] == code, f"{error.response['Error']}, not {code}"
        else:
            raise AssertionError(f"{call.__name__} was not refused")

    def answers_error(self, client, operation, **parameters):
        """For an operation that is only ever refused: by one of its own modelled errors."""
        shapes = client.meta.service_model.operation_model(operation).error_shapes
        codes = [shape.error_code for shape in shapes]
        try:
            client._make_api_call(operation, parameters)
        except ClientError as error:
            assert error.response["Error"]["Code"] in codes, error.response["Error"]
            self.judge.seen[TITLES["elbv2"]].add(operation)
        else:
            raise AssertionError(f"{operation} was not refused")

    def until(self, holds):
        for _ in range(200):
            if holds():
                return
            time.sleep(0.01)
        raise AssertionError("it never came about")

    def session(self, anchor, profile, role):
        more = {"ANCHOR": anchor, "PROFILE": profile, "ROLE": role, "REGION": "us-east-1", "URL": self.url}
        more["SERIAL"] = self.read("leaf.serial").strip()
        more["ALG"] = "AWS4-X509-ECDSA-SHA256"
        env = {**os.environ, **more}
        ran = subprocess.run(["sh", self.session_script], cwd=self.folder, env=env, capture_output=True, check=True)
        assert "credentialSet" in json.loads(ran.stdout), ran.stdout
        self.judge.seen["Roles Anywhere"].add("CreateSession")


def main(url, folder, session):
    judge = Judge()
    case = Case(judge, folder, session)
    case.url = url

    def clients(name):
        data = name == "cloudfront-keyvaluestore"
        # botocore puts the account id before the host, which resolves nowhere: the emulator is its proxy.
        more = {"signature_version": "v4", "proxies": {"http": url}} if data else {}
        config = Config(retries={"total_max_attempts": 1}, parameter_validation=True, **more)
        endpoint = url.replace("127.0.0.1", "localhost") if data else url
        client = boto3.client(name, endpoint_url=endpoint, region_name="us-east-1", config=config)
        judge.watch(client, TITLES[name])
        return client

    storage = clients("s3")
    storage.create_bucket(Bucket=case.bucket)
    for name in ("ca.pem", "ca2.pem", "ca.crl"):
        storage.put_object(Bucket=case.bucket, Key=name, Body=case.read(name).encode())
    for script in (s3, elbv2, cloudfront, apigateway, anywhere):
        try:
            script.run(clients, case)
        except Exception:
            judge.complaints.append(f"{script.__name__}: {traceback.format_exc()}")
    answered = {title: sorted(names) for title, names in judge.seen.items()}
    print(json.dumps({"answered": answered, "complaints": judge.complaints}))


main(*sys.argv[1:])
