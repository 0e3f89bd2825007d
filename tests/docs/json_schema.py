# SPDX-License-Identifier: MIT
"""The part of JSON Schema that the schemas of docs/ use, and no other."""
import re

TYPES = {"object": dict, "array": list, "string": str, "boolean": bool, "integer": int,
         "null": type(None)}
KNOWN = {"$schema", "$ref", "$defs", "title", "description", "type", "required", "properties",
         "additionalProperties", "items", "minItems", "enum", "pattern", "minimum"}


def is_of(value, name):
    if isinstance(value, bool):
        return name == "boolean"
    return isinstance(value, TYPES[name])


def check_members(value, schema, root, where):
    more = schema.get("additionalProperties", {})
    for name in schema.get("required", []):
        if name not in value:
            yield f"{where}: {name} is missing"
    for name, inner in value.items():
        if name in schema.get("properties", {}):
            yield from validate(inner, schema["properties"][name], root, f"{where}.{name}")
        elif more is False:
            yield f"{where}: {name} is in no schema"
        else:
            yield from validate(inner, more, root, f"{where}.{name}")


def validate(value, schema, root, where):
    """What is wrong with a value."""
    if set(schema) - KNOWN:
        yield f"{where}: the validator does not know {sorted(set(schema) - KNOWN)}"
    if "$ref" in schema:
        part = root
        for name in schema["$ref"].lstrip("#/").split("/"):
            part = part[name]
        yield from validate(value, part, root, where)
    types = schema.get("type", [])
    types = [types] if isinstance(types, str) else types
    if types and not any(is_of(value, name) for name in types):
        yield f"{where}: {value!r} is not of type {types}"
        return
    if "enum" in schema and value not in schema["enum"]:
        yield f"{where}: {value!r} is none of {schema['enum']}"
    if "pattern" in schema and not re.search(schema["pattern"], value):
        yield f"{where}: {value!r} does not match {schema['pattern']}"
    if "minimum" in schema and value is not None and value < schema["minimum"]:
        yield f"{where}: {value} is below {schema['minimum']}"
    if isinstance(value, dict):
        yield from check_members(value, schema, root, where)
    if isinstance(value, list):
        if len(value) < schema.get("minItems", 0):
            yield f"{where}: too short"
        for i, inner in enumerate(value):
            yield from validate(inner, schema.get("items", {}), root, f"{where}[{i}]")


def unique(pairs):
    """For json.loads: a member that is there twice is an error."""
    names = [name for name, _ in pairs]
    if len(names) != len(set(names)):
        raise ValueError(f"a member is there twice: {names}")
    return dict(pairs)
