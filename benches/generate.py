#!/usr/bin/env python3
"""Writes the same calls and checks twice: as a project of counterpart's and as files of hurl's.

    generate.py COUNT PORT CONTRACT FOLDER

FOLDER/project is a counterpart project whose target `provider` is http://127.0.0.1:PORT; FOLDER/hurl holds the
hurl files; FOLDER/answer.json is the body that the provider has to answer with. CONTRACT is the folder of the
contract `auth-validate`. The same arguments give the same bytes.

Every scenario and every entry is one POST of `validateKey` with a Bearer key and a JSON body. What the contract
says of the answer, `the exchange conforms` checks by the schema; hurl is told the same property by property.
"""

import json
import shutil
import sys
from pathlib import Path

ANSWER = {
    "is_valid": True,
    "user_id": "user_7f3a",
    "key_id": "6f1c2b9e-4d0a-4c58-9a6e-2b7d1f0c8e35",
    "service_id": "platform",
    "scopes": ["model:read", "model:write"],
    "rate_limit_per_hour": 1000,
    "billing_plan": "standard",
    "monthly_prediction_limit": None,
    "error": None,
}

SETTINGS = """\
[target.provider.contract.auth-validate]
url  = "http://127.0.0.1:{port}"
open = true # the provider checks nothing, so there is no protection to prove
"""

FEATURE = """\
Feature: Validation of keys, part {part:03}

  Rule: A valid key is answered with what it may do
"""

SCENARIO = """
    Scenario: Caller {caller} is let in
      When "validateKey" is called with
        | /client_ip      | "{address}" |
        | /required_scope | "scope:{caller}" |
      Then the status is 200
      And the exchange conforms
      And the response field "/is_valid" is true
"""

ENTRY = """\
POST http://127.0.0.1:{port}/api/v1/keys/validate
Authorization: Bearer {{{{key}}}}
{{"service_id": "platform", "client_ip": "{address}", "required_scope": "scope:{caller}"}}
HTTP 200
[Asserts]
header "content-type" == "application/json"
jsonpath "$.is_valid" == true
jsonpath "$.user_id" isString
jsonpath "$.user_id" matches "."
jsonpath "$.key_id" isUuid
jsonpath "$.service_id" isString
jsonpath "$.service_id" matches "."
jsonpath "$.scopes" isList
jsonpath "$.scopes[0]" isString
jsonpath "$.scopes[1]" isString
jsonpath "$.rate_limit_per_hour" isInteger
jsonpath "$.rate_limit_per_hour" >= 0
jsonpath "$.billing_plan" isString
jsonpath "$.monthly_prediction_limit" == null
jsonpath "$.error" == null

"""


def main() -> None:
    count, port, contract, folder = int(sys.argv[1]), sys.argv[2], Path(sys.argv[3]), Path(sys.argv[4])
    files = max(10, count // 100)
    project, hurl = folder / "project", folder / "hurl"
    features = project / "features" / "auth-validate"
    features.mkdir(parents=True)
    hurl.mkdir()
    shutil.copytree(contract, project / "contracts" / "auth-validate")
    (project / "counterpart.toml").write_text(SETTINGS.format(port=port))
    (folder / "answer.json").write_text(json.dumps(ANSWER))
    for part in range(files):
        callers = range(part * count // files, (part + 1) * count // files)
        names = [dict(port=port, caller=f"{n:05}", address=f"10.0.{n // 256}.{n % 256}") for n in callers]
        feature = FEATURE.format(part=part) + "".join(SCENARIO.format(**name) for name in names)
        (features / f"part-{part:03}.feature").write_text(feature)
        (hurl / f"part-{part:03}.hurl").write_text("".join(ENTRY.format(**name) for name in names))


if __name__ == "__main__":
    main()
