#!/usr/bin/env python3
"""Validate OCSF events, one JSON document a line, independently of the code that made them.

    validate_ocsf.py [--version 1.6.0] [--no-warn] [FILE...]

Reads standard input without FILE; a FILE that ends in .gz is unpacked. `npm run oracle` provides the packages.

Exit status: 0 no errors, 1 errors found, 2 nothing to validate.
Standard output, one line a violation: {"file":…,"line":N,"level":"error|warning","code":…,"path":…,"message":…}
Standard error, at the end: N lines, M errors

Structure (types, required, enumerations, unknown attributes, at_least_one and just_one, patterns) comes from the JSON
Schema that ocsf-json-schema generates out of the official export, for the profiles that the event declares. What a
JSON Schema cannot say is checked against the same export: captions beside their numbers, type_uid, names, deprecation,
observables, times.
"""
import argparse
import gzip
import json
import re
import sys
from datetime import datetime, timezone

import jsonschema_rs
from ocsf_json_schema import OcsfJsonSchemaEmbedded, get_ocsf_schema, get_packaged_versions

# 2000-01-01 to 2100-01-01: seconds and microseconds fall outside.
MS_MIN, MS_MAX = 946_684_800_000, 4_102_444_800_000
OTHER = 99
URL = re.compile(r"^[a-z][a-z0-9+.-]*://\S+$", re.IGNORECASE)
RFC3339 = re.compile(r"^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$")
# Their siblings hold names that are not captions of an enumeration, and are checked apart.
NAMED_APART = ("class_uid", "category_uid", "type_uid")


class Oracle:
    def __init__(self, version=None):
        self.version = version
        self.exports = {}
        self.generators = {}
        self.validators = {}

    def export(self, version):
        if version not in self.exports:
            self.exports[version] = get_ocsf_schema(version)
            self.generators[version] = OcsfJsonSchemaEmbedded(self.exports[version])
        return self.exports[version]

    def check(self, event):
        """Yield (level, code, path, message) for whatever is wrong."""
        if not isinstance(event, dict):
            yield "error", "not_an_object", "$", "an event is a JSON object"
            return
        metadata = event.get("metadata") if isinstance(event.get("metadata"), dict) else {}
        version = metadata.get("version")
        if version not in get_packaged_versions():
            yield "error", "version_unknown", "metadata.version", f"{version!r} is not a packaged OCSF version"
            return
        if self.version and version != self.version:
            yield "error", "version_not_pinned", "metadata.version", f"{version!r}, expected {self.version!r}"
        export = self.export(version)
        try:
            name = self.generators[version].lookup_class_name_from_uid(event.get("class_uid"))
        except (ValueError, TypeError):
            yield "error", "class_unknown", "class_uid", f"no class {event.get('class_uid')!r} in {version}"
            return
        spec = export["classes"][name]
        profiles = metadata.get("profiles") if isinstance(metadata.get("profiles"), list) else []
        for profile in profiles:
            if profile not in (spec.get("profiles") or []):
                yield "error", "profile_not_for_class", "metadata.profiles", f"{profile!r} does not apply to {name}"
        yield from self.structure(version, name, tuple(sorted(p for p in profiles if isinstance(p, str))), event)
        yield from classification(spec, event)
        yield from attributes(export, spec, event, "")
        yield from observables(event)

    def structure(self, version, name, profiles, event):
        key = (version, name, profiles)
        if key not in self.validators:
            schema = self.generators[version].get_class_schema(name, list(profiles))
            self.validators[key] = jsonschema_rs.Draft202012Validator(schema)
        for violation in self.validators[key].iter_errors(event):
            yield "error", "schema", dotted(violation.instance_path), violation.message[:300]


def classification(spec, event):
    activity = event.get("activity_id")
    if isinstance(activity, int) and event.get("type_uid") != spec["uid"] * 100 + activity:
        yield "error", "type_uid", "type_uid", f"expected {spec['uid'] * 100 + activity}"
    for attribute, expected in (("class_name", spec["caption"]), ("category_name", spec.get("category_name"))):
        if expected and attribute in event and event[attribute] != expected:
            yield "error", "sibling", attribute, f"expected {expected!r}"
    if "type_name" in event and isinstance(activity, int):
        caption = (spec["attributes"]["activity_id"]["enum"].get(str(activity)) or {}).get("caption")
        if caption and activity != OTHER and event["type_name"] != f"{spec['caption']}: {caption}":
            yield "error", "sibling", "type_name", f"expected {spec['caption']}: {caption}"


def attributes(export, spec, value, at):
    for name, attribute in value.items():
        known = spec["attributes"].get(name)
        if known is None:
            continue  # The schema has reported it.
        path = f"{at}.{name}" if at else name
        if known.get("@deprecated"):
            yield "warning", "deprecated", path, f"since {known['@deprecated'].get('since')}"
        if known.get("sibling") and known.get("enum") and isinstance(attribute, int) and name not in NAMED_APART:
            yield from sibling(known, attribute, value, path, at)
        kind = known.get("type")
        if kind == "timestamp_t" and isinstance(attribute, int):
            yield from timestamp(attribute, value.get(f"{name}_dt"), path)
        elif kind == "datetime_t" and isinstance(attribute, str) and not RFC3339.match(attribute):
            yield "error", "datetime_no_zone", path, f"{attribute!r} is no RFC 3339 date-time with a zone"
        elif kind == "url_t" and isinstance(attribute, str) and not URL.match(attribute):
            yield "warning", "url", path, f"{attribute!r} is not an absolute URL"
        elif kind == "object_t" and name != "unmapped" and known.get("object_type") in export["objects"]:
            inner = export["objects"][known["object_type"]]
            for index, each in enumerate(attribute if isinstance(attribute, list) else [attribute]):
                if isinstance(each, dict):
                    yield from attributes(export, inner, each, f"{path}[{index}]" if isinstance(attribute, list) else path)


def sibling(known, number, holder, path, at):
    name = known["sibling"]
    text = holder.get(name)
    caption = (known["enum"].get(str(number)) or {}).get("caption")
    if number == OTHER and not text:
        yield "error", "sibling_missing", path, f"99 (Other) needs {name}, the source's own value"
    elif number == OTHER and text == caption:
        yield "warning", "sibling_other", path, f"{name} should be the source's own value, not {caption!r}"
    elif caption and number != OTHER and name in holder and text != caption:
        yield "error", "sibling", f"{at}.{name}" if at else name, f"{text!r}, expected {caption!r}"


def timestamp(value, text, path):
    if not MS_MIN <= value <= MS_MAX:
        yield "error", "time_not_ms", path, f"{value} is not epoch milliseconds of 2000-2100"
    if isinstance(text, str) and RFC3339.match(text):
        microseconds = re.sub(r"\.(\d{1,6})\d*", lambda match: "." + match[1].ljust(6, "0"), text.upper())
        moment = datetime.fromisoformat(microseconds.replace("Z", "+00:00"))
        if abs(moment.timestamp() * 1000 - value) >= 1000:
            yield "error", "time_mismatch", path, f"its _dt sibling is {moment.astimezone(timezone.utc).isoformat()}"


def observables(event):
    found = event.get("observables")
    for index, observable in enumerate(found if isinstance(found, list) else []):
        if not isinstance(observable, dict) or not isinstance(observable.get("name"), str):
            continue
        values = values_at(event, observable["name"])
        if not values:
            yield "error", "observable_path", f"observables[{index}].name", f"{observable['name']!r} points at nothing"
        elif "value" in observable and observable["value"] not in values:
            yield "error", "observable_value", f"observables[{index}].value", "not the value at its path"


def values_at(event, path):
    current = [event]
    for part in re.sub(r"\[[^\]]*\]", "", path).lstrip("$.").split("."):
        following = []
        for holder in current:
            value = holder.get(part) if isinstance(holder, dict) else None
            following += value if isinstance(value, list) else ([] if value is None else [value])
        current = following
    return [value if isinstance(value, str) else json.dumps(value) for value in current]


def dotted(parts):
    path = ""
    for part in parts:
        path += f"[{part}]" if isinstance(part, int) else ("." if path else "") + str(part)
    return path or "$"


def lines_of(files):
    """Yield (file, line number, line)."""
    if not files:
        for number, line in enumerate(sys.stdin.buffer, 1):
            yield "-", number, line
    for name in files:
        with gzip.open(name) if name.endswith(".gz") else open(name, "rb") as file:
            for number, line in enumerate(file, 1):
                yield name, number, line


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--version", help="the only OCSF version accepted, for example 1.6.0")
    parser.add_argument("--no-warn", action="store_true", help="leave warnings out")
    parser.add_argument("files", nargs="*", metavar="FILE")
    args = parser.parse_args()

    oracle = Oracle(args.version)
    lines = errors = 0
    for file, number, line in lines_of(args.files):
        if not line.strip():
            continue
        lines += 1
        try:
            found = list(oracle.check(json.loads(line)))
        except ValueError as problem:  # Neither JSON nor UTF-8.
            found = [("error", "not_json", "$", str(problem))]
        for level, code, path, message in found:
            errors += level == "error"
            if level == "error" or not args.no_warn:
                report = {"file": file, "line": number, "level": level, "code": code, "path": path, "message": message}
                print(json.dumps(report, ensure_ascii=False), flush=True)
    print(f"{lines} lines, {errors} errors", file=sys.stderr)
    return 1 if errors else (0 if lines else 2)


if __name__ == "__main__":
    sys.exit(main())
