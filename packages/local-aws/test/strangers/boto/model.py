"""Holds raw answers against botocore's own model: its parser drops what it does not know, and fills in what it can."""
import json
import xml.etree.ElementTree as ET

from botocore.model import ListShape, MapShape, StructureShape


def plain(tag):
    return tag.rsplit("}", 1)[-1]


class Judge:
    """Collects what each operation answered, and every word that the model does not have."""

    def __init__(self):
        self.seen = {}
        self.complaints = []

    def watch(self, client, title):
        client.meta.events.register("response-received", lambda **event: self.raw(title, client, event))
        client.meta.events.register("after-call", lambda **event: self.parsed(title, event))

    def complain(self, title, operation, text):
        self.complaints.append(f"{title} {operation}: {text}")

    def raw(self, title, client, event):
        response = event.get("response_dict")
        if response is None or response["status_code"] >= 300:
            return
        name = event["event_name"].rsplit(".", 1)[-1]
        model = client.meta.service_model.operation_model(name)
        protocol = model.service_model.metadata["protocol"]
        # S3's model states no codes: its pages have 204 where the parser would take 200 for granted.
        expected = model.http.get("responseCode", response["status_code"])
        if response["status_code"] != expected:
            self.complain(title, name, f"status {response['status_code']}, the model says {expected}")
        shape = model.output_shape
        body = response["body"]
        if shape is None or not isinstance(body, (bytes, str)) or len(body) == 0:
            return
        payload = shape.serialization.get("payload")
        if payload is not None:
            shape = shape.members[payload]
            if shape.type_name in ("blob", "string"):
                return
        if protocol == "rest-json":
            self.json(title, name, shape, json.loads(body), "")
            return
        root = ET.fromstring(body)
        if protocol == "query":
            wrapper = shape.serialization.get("resultWrapper")
            for child in root:
                if plain(child.tag) not in (wrapper, "ResponseMetadata"):
                    self.complain(title, name, f"element {plain(child.tag)} is not in the model")
            root = next((child for child in root if plain(child.tag) == wrapper), None)
            if root is None:
                self.complain(title, name, f"no {wrapper}")
                return
        self.xml(title, name, shape, root, "")

    def json(self, title, operation, shape, value, path):
        if value is None:
            return
        if isinstance(shape, StructureShape):
            known = {
                member.serialization.get("name", name): member
                for name, member in shape.members.items()
                if member.serialization.get("location") is None
            }
            for name, one in value.items():
                if name in known:
                    self.json(title, operation, known[name], one, f"{path}.{name}")
                else:
                    self.complain(title, operation, f"member {path}.{name} is not in the model")
        elif isinstance(shape, ListShape):
            for one in value:
                self.json(title, operation, shape.member, one, f"{path}[]")
        elif isinstance(shape, MapShape):
            for one in value.values():
                self.json(title, operation, shape.value, one, f"{path}{{}}")
        else:
            self.scalar(title, operation, shape, value, path)

    def scalar(self, title, operation, shape, value, path):
        kinds = {"string": str, "boolean": bool, "integer": int, "long": int, "float": (int, float)}
        kind = kinds.get(shape.type_name)
        if kind is not None and not isinstance(value, kind):
            self.complain(title, operation, f"member {path} is no {shape.type_name}")
        self.enum(title, operation, shape, value, path)

    def enum(self, title, operation, shape, value, path):
        if getattr(shape, "enum", None) and value not in shape.enum:
            self.complain(title, operation, f"{path} is {value!r}, which the enum does not have")

    def xml(self, title, operation, shape, node, path):
        if isinstance(shape, StructureShape):
            known = {}
            for name, member in shape.members.items():
                if member.serialization.get("location") in ("header", "headers", "statusCode"):
                    continue
                if member.serialization.get("xmlAttribute"):
                    continue
                wire = member.serialization.get("name", name)
                if isinstance(member, ListShape) and member.serialization.get("flattened"):
                    wire = member.member.serialization.get("name", wire)
                known[wire] = member
            for child in node:
                member = known.get(plain(child.tag))
                where = f"{path}.{plain(child.tag)}"
                if member is None:
                    self.complain(title, operation, f"element {where} is not in the model")
                elif isinstance(member, ListShape) and member.serialization.get("flattened"):
                    self.xml(title, operation, member.member, child, where)
                else:
                    self.xml(title, operation, member, child, where)
        elif isinstance(shape, ListShape):
            item = shape.member.serialization.get("name", "member")
            for child in node:
                if plain(child.tag) != item:
                    self.complain(title, operation, f"list {path} has an element {plain(child.tag)}, not {item}")
                self.xml(title, operation, shape.member, child, f"{path}[]")
        elif isinstance(shape, MapShape):
            return
        elif len(node) > 0:
            self.complain(title, operation, f"{path} has elements inside a {shape.type_name}")
        else:
            self.enum(title, operation, shape, node.text or "", path)

    def parsed(self, title, event):
        name, response = event["model"].name, event["parsed"]
        if event["http_response"].status_code >= 300:
            return
        self.required(title, name, event["model"].output_shape, response, "")
        if title not in self.seen:
            self.seen[title] = set()
        self.seen[title].add(name)

    def required(self, title, operation, shape, value, path):
        if shape is None or value is None:
            return
        if isinstance(shape, StructureShape):
            if not isinstance(value, dict):
                return
            for name in shape.required_members:
                if name not in value:
                    self.complain(title, operation, f"required {path}.{name} is missing")
            for name, one in value.items():
                if name in shape.members:
                    self.required(title, operation, shape.members[name], one, f"{path}.{name}")
        elif isinstance(shape, ListShape):
            for one in value:
                self.required(title, operation, shape.member, one, f"{path}[]")
