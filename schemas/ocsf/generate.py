#!/usr/bin/env python3
"""Write VERSION.schemas.json: the OCSF finding classes that we emit and every object they reach, as JSON Schemas
(draft 2020-12) joined by $ref, from the official export (Apache-2.0) that the package ocsf-json-schema carries.

    python3 -m venv .venv && .venv/bin/pip install ocsf-json-schema==1.2.0
    .venv/bin/python schemas/ocsf/generate.py [--check] [1.6.0]

With --check nothing is written, and a difference from the file is exit status 1. Then run compile.ts.

A JSON Schema is for one set of profiles, and we emit two: all five, and all but cloud for what has no account. Most
objects are the same in both and stand here once; those that differ stand a second time under without-cloud/.

Left out are titles, which only cost loading time, and deprecated attributes, so that emitting one is an error.
"""
import argparse
import json
import re
import sys
from pathlib import Path

from ocsf_json_schema import OcsfJsonSchema, get_ocsf_schema

PROFILES = ["cloud", "data_classification", "datetime", "incident", "security_control"]
CLASSES = [
    "compliance_finding",
    "vulnerability_finding",
    "detection_finding",
    "data_security_finding",
    "application_security_posture_finding",
    "iam_analysis_finding",
]
SCHEME = "ocsf:"
VARIANT = f"{SCHEME}without-cloud/"


def trimmed(schema):
    """The schema with short ids, in one order whatever Python's hashing does, without titles and deprecated attributes."""
    properties = {
        name: {key: sorted(value) if key == "enum" else value for key, value in spec.items() if key != "title"}
        for name, spec in schema["properties"].items()
        if not spec.get("deprecated")
    }
    kept = {key: value for key, value in schema.items() if key not in ("title", "$schema")} | {"properties": properties}
    if "required" in kept:
        kept["required"] = sorted(kept["required"])
    text = json.dumps(kept, sort_keys=True)
    return json.loads(re.sub(r'"https://schema\.ocsf\.io/schema/[^/"]+/([^"?]+)(\?[^"]*)?"', rf'"{SCHEME}\1"', text))


def references(schema):
    for spec in schema["properties"].values():
        for part in (spec, spec.get("items") or {}):
            if "$ref" in part:
                yield part["$ref"]


def reachable(generator, profiles):
    """Every class and what it reaches, by its short id."""
    found = {f"{SCHEME}classes/{name}": trimmed(generator.get_class_schema(name, profiles)) for name in CLASSES}
    to_do = [ref for schema in found.values() for ref in references(schema)]
    while to_do:
        ref = to_do.pop()
        if ref not in found:
            # get_schema_from_uri refuses the objects of extensions, such as win/win_service.
            found[ref] = trimmed(generator.get_object_schema(ref.removeprefix(f"{SCHEME}objects/"), profiles))
            to_do += references(found[ref])
    return found


def variants(whole, reduced):
    """The schemas of `reduced` that differ from those of `whole`, or reach one that does, under ids of their own."""
    differing = {name for name, schema in reduced.items() if schema != whole[name]}
    grown = True
    while grown:
        reaching = {name for name, schema in reduced.items() if differing.intersection(references(schema))}
        grown = not reaching <= differing
        differing |= reaching
    for name in sorted(differing):
        text = json.dumps(reduced[name], sort_keys=True)
        for other in differing:
            text = text.replace(f'"{other}"', f'"{VARIANT}{other.removeprefix(SCHEME)}"')
        yield json.loads(text)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("version", nargs="?", default="1.6.0")
    parser.add_argument("--check", action="store_true")
    args = parser.parse_args()

    generator = OcsfJsonSchema(get_ocsf_schema(args.version))
    whole = reachable(generator, PROFILES)
    reduced = reachable(generator, [profile for profile in PROFILES if profile != "cloud"])
    schemas = [whole[name] for name in sorted(whole)] + list(variants(whole, reduced))
    lines = (json.dumps(schema, sort_keys=True, separators=(",", ":"), ensure_ascii=False) for schema in schemas)
    text = "[\n" + ",\n".join(lines) + "\n]\n"

    target = Path(__file__).with_name(f"{args.version}.schemas.json")
    if not args.check:
        target.write_text(text, encoding="utf-8")
    elif not target.exists() or target.read_text(encoding="utf-8") != text:
        print(f"{target.name} is out of date: run schemas/ocsf/generate.py and commit the result.", file=sys.stderr)
        return 1
    print(f"{target.name}: {len(schemas)} schemas {'up to date' if args.check else 'written'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
