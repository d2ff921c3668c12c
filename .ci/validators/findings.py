"""Runs the validators, and fails for what they find that is not in accepted.yaml, and for what is there and no longer found."""

import json
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import yaml
from parliament import analyze_policy_string

HERE = Path(__file__).parent
VALIDATED = HERE.parent.parent / "infra-cdk" / "target" / "validated"
REGIONS = ["us-east-1", "eu-central-1"]


class Finding(NamedTuple):
    tool: str
    rule: str
    at: str  # such as "AWS::SQS::Queue.DeadLetters: what is wrong"


def distinct(kind):
    """Files of a kind, by their paths; of those with the same content, one."""
    by_content = {file.read_bytes(): file for file in sorted(VALIDATED.glob(f"*/*.{kind}.json"), reverse=True)}
    if not by_content:
        sys.exit(f"validate: no *.{kind}.json is in {VALIDATED}; ValidatedTemplatesTest writes them")
    return [str(file.relative_to(VALIDATED)) for file in reversed(by_content.values())]


def start(*command):
    return subprocess.Popen(command, cwd=VALIDATED, stdout=subprocess.PIPE, text=True)


def output(process):
    """Validators that find something fail; what is no JSON fails here."""
    text, _ = process.communicate()
    return json.loads(text)


def of_cfn_lint(found):
    for each in found:
        path = each["Location"]["Path"] or []
        at = ".".join(map(str, path[:2]))
        if path[:1] == ["Resources"] and len(path) > 1:
            resource = json.loads((VALIDATED / each["Filename"]).read_text())["Resources"][path[1]]
            at = f"{resource['Type']}.{path[1]}"
        yield each["Filename"], Finding("cfn-lint", each["Rule"]["Id"], f"{at}: {each['Message']}")


def of_checkov(found):
    if found["summary"]["parsing_errors"] or not found["summary"]["resource_count"]:
        sys.exit(f"validate: checkov has not read all templates: {found['summary']}")
    for each in found["results"]["failed_checks"]:
        yield each["file_path"].lstrip("/"), Finding("checkov", each["check_id"], f"{each['resource']}: {each['check_name']}")


def of_parliament(files):
    for file in files:
        for found in analyze_policy_string((VALIDATED / file).read_text(), file, include_community_auditors=True).findings:
            detail = found.detail or found.location["actions"]
            yield file, Finding("parliament", found.issue, f"{Path(file).name}: {detail}")


def of_asl_validator(files):
    for file in files:
        done = subprocess.run(["asl-validator", "--json-path", file], cwd=VALIDATED, capture_output=True, text=True)
        if done.returncode:
            yield file, Finding("asl-validator", "invalid", f"{Path(file).name}: {(done.stdout + done.stderr).strip()}")


def main():
    templates = distinct("template")
    # Two processes, for they take most of the time.
    cfn_lint = start("cfn-lint", "--format", "json", "--regions", *REGIONS, "--", *templates)
    checkov = start("checkov", "--framework", "cloudformation", "--skip-download", "--quiet", "--compact", "--output", "json", "--file", *templates)
    policies = distinct("policy")
    machines = distinct("asl")
    found = [*of_parliament(policies), *of_asl_validator(machines), *of_cfn_lint(output(cfn_lint)), *of_checkov(output(checkov))]

    accepted = yaml.safe_load((HERE / "accepted.yaml").read_text())
    matched = Counter()
    refused = {}
    for file, finding in found:
        entries = [
            number
            for number, entry in enumerate(accepted)
            if (entry["tool"], entry["rule"]) == (finding.tool, finding.rule) and re.search(entry["at"], finding.at)
        ]
        matched.update(entries)
        if not entries:
            refused.setdefault(finding, []).append(file)
    stale = [entry for number, entry in enumerate(accepted) if not matched[number]]

    for finding, files in refused.items():
        print(f"{finding.tool} {finding.rule} {finding.at}\n    in {', '.join(sorted(set(files)))}")
    for entry in stale:
        print(f"accepted.yaml: nothing is found any more for {entry['tool']} {entry['rule']} at {entry['at']}; delete the entry")
    print(
        f"validate: {len(templates)} templates, {len(policies)} policies and {len(machines)} state machine definitions; {len(found)} findings, all accepted"
        if not refused and not stale
        else f"validate: {len(refused)} findings are not in .ci/validators/accepted.yaml, {len(stale)} entries of it have no finding"
    )
    sys.exit(1 if refused or stale else 0)


main()
