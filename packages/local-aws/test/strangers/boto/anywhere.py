"""Roles Anywhere, every operation that is emulated; CreateSession is none of botocore's."""


def run(clients, case):
    ra = clients("rolesanywhere")
    tags = [{"key": "a", "value": "b"}]
    source = {"sourceType": "CERTIFICATE_BUNDLE", "sourceData": {"x509CertificateData": case.read("ca.pem")}}
    anchor = ra.create_trust_anchor(name="devices", source=source, enabled=True, tags=tags)["trustAnchor"]
    where = {"trustAnchorId": anchor["trustAnchorId"]}
    ra.update_trust_anchor(**where, name="renamed", source=source)
    assert ra.get_trust_anchor(**where)["trustAnchor"]["name"] == "renamed"
    assert len(ra.list_trust_anchors()["trustAnchors"]) == 1
    ra.disable_trust_anchor(**where)
    ra.enable_trust_anchor(**where)
    arn = anchor["trustAnchorArn"]
    ra.tag_resource(resourceArn=arn, tags=[{"key": "c", "value": "d"}])
    ra.untag_resource(resourceArn=arn, tagKeys=["a"])
    assert ra.list_tags_for_resource(resourceArn=arn)["tags"] == [{"key": "c", "value": "d"}]
    data = case.read("ca.crl").encode()
    crl = {"crlId": ra.import_crl(name="list", crlData=data, trustAnchorArn=arn, enabled=False)["crl"]["crlId"]}
    ra.update_crl(**crl, crlData=data, name="list two")
    assert ra.get_crl(**crl)["crl"]["crlData"] == data
    ra.enable_crl(**crl)
    ra.disable_crl(**crl)
    assert len(ra.list_crls()["crls"]) == 1
    role = "arn:aws:iam::111111111111:role/app"
    profile = {"profileId": ra.create_profile(name="app", roleArns=[role], enabled=True)["profile"]["profileId"]}
    ra.update_profile(**profile, durationSeconds=900)
    assert ra.get_profile(**profile)["profile"]["durationSeconds"] == 900
    ra.disable_profile(**profile)
    ra.enable_profile(**profile)
    assert len(ra.list_profiles()["profiles"]) == 1
    case.session(arn, ra.get_profile(**profile)["profile"]["profileArn"], role)
    subjects = ra.list_subjects()["subjects"]
    assert len(subjects) == 1
    assert ra.get_subject(subjectId=subjects[0]["subjectId"])["subject"]["credentials"][0]["enabled"]
    ra.delete_profile(**profile)
    ra.delete_crl(**crl)
    ra.delete_trust_anchor(**where)
    case.refuses(ra.get_trust_anchor, "ResourceNotFoundException", **where)
