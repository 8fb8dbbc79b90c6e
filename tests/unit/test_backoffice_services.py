"""services.yaml: what is shipped, what an own file changes, and every fault with its line."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from backoffice.service_file import SHIPPED, ServiceFile, read_services
from backoffice.spec import ServiceSpec
from backoffice.trouble import TroubleKind
from documents.faults import DocumentRefusedError
from documents.yaml_document import read_document
from ivr.services import What

PAGE = Path(__file__).parents[2] / "docs/how-to/your-own-systems.md"
GOOD = """\
services:
  owed:
    kind: look_up
    arguments: {account: digits, since: date}
    gives: {amount: amount, name: text}
    method: GET
    path: /billing/v2/{account}
  refresh:
    kind: action
    arguments: {account: digits, decoder: text}
    method: POST
    path: /decoders/{decoder}
    at_most_every_seconds: 60
    per: [decoder]
"""


def faults(text: str) -> list[str]:
    with pytest.raises(DocumentRefusedError) as refused:
        read_document(text, ServiceFile, file="services.yaml")
    return str(refused.value).splitlines()


def changed(old: str, new: str) -> str:
    assert GOOD.count(old) == 1
    return GOOD.replace(old, new)


def test_the_shipped_services() -> None:
    services = read_services()
    assert {name: spec.kind for name, spec in services.items()} == {
        "balance": "look_up",
        "promise_payment": "action",
        "refresh_signal": "action",
        "new_ticket": "action",
    }
    assert services["refresh_signal"].at_most_every_seconds == 15 * 60
    assert services["refresh_signal"].as_service().gives == {"wait_seconds": What.NUMBER}
    assert services["balance"].as_service().gives["amount"] is What.AMOUNT
    for spec in services.values():
        assert spec.may_repeat or spec.tries == 1


def test_an_own_file_replaces_services_as_a_whole_and_adds_others(tmp_path: Path) -> None:
    own = tmp_path / "services.yaml"
    own.write_text(GOOD.replace("  refresh:", "  balance:"), encoding="utf-8")
    services = read_services(own)
    assert set(services) == {*read_services(), "owed"}
    assert services["balance"].kind == "action"


def test_a_look_up_may_be_asked_again_and_an_action_only_if_it_says_so() -> None:
    services = read_document(GOOD, ServiceFile).services
    assert services["owed"].may_repeat
    assert not services["refresh"].may_repeat
    keyed = changed("per: [decoder]", "per: [decoder]\n    repeatable: by_key")
    assert read_document(keyed, ServiceFile).services["refresh"].may_repeat


def test_the_page_tells_every_setting_with_its_default_and_every_trouble() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert "docs/how-to/your-own-systems.md" in SHIPPED.read_text(encoding="utf-8")
    told = dict(re.findall(r"^\| `(\w+)` \|([^|]*)\|", page, re.MULTILINE))
    fields = ServiceSpec.model_fields
    assert set(fields) - {"per"} <= set(told)
    for name in ("tries", "timeout_seconds", "most_seconds", "at_once"):
        assert told[name].strip() == f"{fields[name].default:g}"
    troubles = page.split("| `troubles` |")[1]
    assert set(re.findall(r"`([a-z_]+)`", troubles)) >= set(TroubleKind)


def test_the_page_shows_good_services_and_every_shipped_one() -> None:
    page = PAGE.read_text(encoding="utf-8")
    (example,) = re.findall(r"^```yaml\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    assert set(read_document(example, ServiceFile).services) == {"balance", "visit_wanted"}
    for name, spec in read_services().items():
        row = next(line for line in page.splitlines() if line.startswith(f"| `{name}` | "))
        assert f"{spec.method} `{spec.path}`" in row
        assert set(re.findall(r"`([a-z_]+)`", row)) == {
            name, *spec.gives, *(set(spec.arguments) - {"account", "decoder"}),
            *({"account"} & set(spec.arguments) if "{account}" not in spec.path else ()),
        }  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("method: GET", "method: GET\n    retries: 3", "7: services.owed.retries: is no setting"),
        ("method: GET", "method: FETCH", "6: services.owed.method: has to be one of"),
        ("method: GET", "method: DELETE", "6: services.owed.method: a look-up is asked with GET"),
        ("method: POST", "method: GET", "11: services.refresh.method: GET changes nothing"),
        ("kind: look_up", "kind: question", "3: services.owed.kind: has to be one of"),
        ("account: digits, since", "account: figure, since", "4: services.owed.arguments.account:"),
        ("  owed:", "  Owed:", "2: services.Owed: this name does not fit the pattern"),
        ("  owed:", "  prove_customer:", "2: services.prove_customer: is answered by linea800"),
        ("/billing/v2/{account}", "billing/{account}", "7: services.owed.path: has to begin with"),
        ("/billing/v2/{account}", "/b/{acount}", "7: services.owed.path: {acount} is no argument"),
        ("/billing/v2/{account}", "/b/{account", "7: services.owed.path: has a brace"),
        ("/billing/v2/{account}", "/b?a={account}", "7: services.owed.path: has a character"),
        ("/billing/v2/{account}", "/b/../{account}", "7: services.owed.path: has an empty step"),
        ("/billing/v2/{account}", "/b//{account}", "7: services.owed.path: has an empty step"),
        ("account: digits, since", "account: texts, since", "is texts, which cannot be in a path"),
        (
            "path: /b",
            "optional: [account]\n    path: /b",
            "8: services.owed.path: {account} cannot",
        ),
        ("path: /b", "optional: [colour]\n    path: /b", "7: services.owed.optional[0]: is no arg"),
        ("path: /b", "values: {nam: /x}\n    path: /b", "7: services.owed.values.nam: is nothing"),
        ("path: /b", "values: {name: x}\n    path: /b", "7: services.owed.values.name: has to beg"),
        ("path: /b", "values: {name: /~2}\n    path: /b", "7: services.owed.values.name: has a ~"),
        ("path: /b", "sent_as: {sinze: a}\n    path: /b", "7: services.owed.sent_as.sinze: is no"),
        ("path: /b", "sent_as: {account: a}\n    path: /b", "owed.sent_as.account: is in the path"),
        ("path: /b", "tries: 6\n    path: /b", "7: services.owed.tries: has to be at most 5"),
        ("path: /b", "tries: two\n    path: /b", "7: services.owed.tries: has to be a whole num"),
        ("path: /b", "most_seconds: 31\n    path: /b", "7: services.owed.most_seconds: has to be"),
        ("path: /b", "timeout_seconds: 0\n    path: /b", "7: services.owed.timeout_seconds: has t"),
        ("path: /b", "timeout_seconds: 6\n    path: /b", "7: services.owed.timeout_seconds: one t"),
        ("path: /b", "repeatable: maybe\n    path: /b", "7: services.owed.repeatable: has to be"),
        ("path: /b", "fallback: mine\n    path: /b", "7: services.owed.fallback: has to be one of"),
        ("path: /b", "at_once: 0\n    path: /b", "7: services.owed.at_once: has to be at least 1"),
        ("    per: [decoder]\n", "", "services.refresh.per: goes together with at_most"),
        ("per: [decoder]", "per: [phone]", "14: services.refresh.per[0]: is no argument that is"),
        ("at_most_every_seconds: 60", "at_most_every_seconds: 0", "13: services.refresh.at_most"),
        ("amount: amount", "wait_seconds: number", "services.owed.gives.wait_seconds: is given by"),
        ("services:\n", "service:\n", "1: service: is no setting known here"),
        ("kind: look_up", "kind: &a look_up", "3: services.owed.kind: carries an anchor"),
    ],
)
def test_faults_have_a_line_and_a_reason(old: str, new: str, fault: str) -> None:
    found = faults(changed(old, new))
    assert any(fault in each for each in found), found
    assert all(each.startswith("services.yaml:") for each in found)


def test_all_faults_are_told_at_once() -> None:
    text = changed("/billing/v2/{account}", "/b/{acount}").replace("per: [decoder]", "per: [x]")
    assert len(faults(text)) == 2


def test_two_arguments_under_one_name() -> None:
    text = changed(
        "arguments: {account: digits, since: date}",
        "arguments: {account: digits, since: date, until: date}\n    sent_as: {until: since}",
    )
    assert faults(text) == [
        "services.yaml:5: services.owed.sent_as: two arguments would be sent under one name"
    ]


def test_a_look_up_is_not_limited() -> None:
    text = changed("path: /b", "at_most_every_seconds: 5\n    per: [account]\n    path: /b")
    assert faults(text) == [
        "services.yaml:7: services.owed.at_most_every_seconds: is for actions: a look-up cannot "
        "be refused"
    ]
