"""What the floor becomes in Asterisk's own words, and what is refused."""

from __future__ import annotations

import re
import stat
from pathlib import Path

import pytest
from pydantic import ValidationError

from agents.floor import Address, Agent, Floor, Line, Number, Queue, Strategy, Target, Trunk
from local_asterisk.configuration import (
    ConfigurationError,
    fill,
    render,
    write_configuration,
)
from local_asterisk.install import Installation
from local_asterisk.ports import Ports
from local_asterisk.run_folder import RunFolder, RunFolderError, Secrets
from local_asterisk.templates import modules_loaded, templates_folder

SECRETS = Secrets(linea800="service-secret", doctor="doctor-secret")
QUEUES = (
    Queue(name="sales", weight=5, strategy=Strategy.FEWEST_CALLS, announce_position_seconds=0),
    Queue(name="support", announce_position_seconds=20),
)
AGENTS = (
    Agent(number="1001", name="Ana Muñoz", queues=("sales",), phone=Address(port=16000)),
    Agent(number="1002", name="Luis", queues=("sales",), secret="s3cret+/=~x", line=Line.RUNG),
)


def _floor(**changes: object) -> Floor:
    fields: dict[str, object] = {
        "trunk": Trunk(
            to=Address(port=15080),
            accepts_from=(Address(port=15070), Address(port=15080)),
            caller_number="6015550000",
        ),
        "numbers": (Number(number="018000", menu="main"),),
        "queues": QUEUES,
        "fallback_queue": "sales",
        "agents": AGENTS,
    }
    return Floor.model_validate({**fields, **changes})


def _render(floor: Floor, root: Path = Path("/run/l8")) -> dict[str, str]:
    return render(floor, ports=Ports(), secrets=SECRETS, root=root, modules=Path("/mods"))


def _sections(text: str, name: str) -> list[dict[str, str]]:
    """The settings of each section with this name, templates aside."""
    found = re.findall(rf"^\[{re.escape(name)}\][^\n]*\n(.*?)(?=^\[|\Z)", text, re.M | re.S)
    lines = [[line for line in body.splitlines() if " = " in line] for body in found]
    return [
        dict(line.split(" = ", 1) for line in body if not line.startswith(";")) for body in lines
    ]


def test_every_template_is_filled_to_the_last_place() -> None:
    files = _render(_floor())
    assert set(files) == {path.name for path in templates_folder().glob("*.conf")}
    for name, text in files.items():
        assert not re.search(r"@[A-Z_]+@", text), name


def test_a_phones_own_transfer_is_refused() -> None:
    """Else a phone's REFER would send the customer to where phones dial codes, and hang them up."""
    text = _render(_floor())["pjsip.conf"]
    (of_agents,) = [
        block for block in _sections(text, "agent") if block.get("context") == "from-agent"
    ]
    assert of_agents["allow_transfer"] == "no"
    for number in ("1001", "1002"):
        assert f"[{number}](agent)" in text
        assert all("allow_transfer" not in one for one in _sections(text, number))


def test_queues_carry_the_floors_settings() -> None:
    text = _render(_floor())["queues.conf"]
    assert _sections(text, "sales") == [
        {
            "strategy": "fewestcalls",
            "weight": "5",
            "announce-frequency": "0",
            "min-announce-frequency": "0",
            "context": "queue-back",
        }
    ]
    (support,) = _sections(text, "support")
    assert support["announce-frequency"] == support["min-announce-frequency"] == "20"


def test_a_queue_with_a_key_for_being_called_back_says_so_and_has_a_way_out() -> None:
    queues = (
        *QUEUES,
        Queue(name="help", callback_key="3", callback_offer_seconds=45),
        Queue(name="more", callback_key="3"),
        Queue(name="other", callback_key="7", announce_position_seconds=0),
    )
    floor = _floor(queues=queues)
    files = _render(floor)
    (section,) = _sections(files["queues.conf"], "help")
    assert section["context"] == "queue-key-3"
    assert section["periodic-announce"] == "linea800/queue_callback_3"
    assert section["periodic-announce-frequency"] == "45"
    (plain,) = _sections(files["queues.conf"], "support")
    assert plain["context"] == "queue-back"
    ways = re.findall(
        r"^\[queue-key-(.)\]\nexten => (.),1,Goto\(queue-left,left_callback_key,1\)\n"
        r"include => queue-back$",
        files["extensions.conf"],
        re.M,
    )
    assert ways == [("3", "3"), ("7", "7")]
    # an announcement would be played to a called person instead of the agent
    assert [floor.may_dial_for(name) for name in ("sales", "support", "help", "other")] == [
        True, False, False, False,
    ]  # fmt: skip
    for key in ("0", "*", "12"):
        with pytest.raises(ValidationError):
            Queue(name="help", callback_key=key)


def test_only_queues_that_say_so_and_their_agents_own_are_recorded() -> None:
    queues = (
        Queue(name="sales", record=True, record_days=90),
        Queue(name="help", record=True, record_days=30),
        Queue(name="support"),
    )
    agents = [
        Agent(number=number, name="Ana", queues=own, phone=Address(port=16000))
        for number, own in (("1001", ("sales", "help")), ("1002", ("support",)))
    ]
    floor = _floor(queues=queues, agents=tuple(agents))
    found = re.findall(r"^L8_RECORDED_(\w+) = 1$", _render(floor)["extensions.conf"], re.M)
    assert found == floor.recorded_queues() == ["sales", "help", "own_1001"]
    assert "L8_RECORDED_" not in _render(_floor())["extensions.conf"].split("[from-trunk]")[0]
    own = floor.queue("own_1001")
    assert own is not None
    assert own.record_days == 30, "as long as the shortest of its agent's"


def test_nothing_of_asterisks_ends_a_wait() -> None:
    files = _render(_floor())
    general = files["queues.conf"]
    assert "joinempty = yes" in general
    assert "leavewhenempty = no" in general
    assert "maxlen" not in general
    queues = re.findall(r"Queue\((\$\{L8_QUEUE\}.*)\)$", files["extensions.conf"], re.M)
    anybodys, ones_own = (queue.split(",") for queue in queues)
    assert anybodys[:5] == ["${L8_QUEUE}", "c", "", "", ""]  # no time-out
    # who waits for one agent goes on to all the others then
    assert ones_own == ["${L8_QUEUE}", "c", "", "", "${L8_OWN_SECONDS}"]
    (begins,) = re.findall(r"^exten => _back_\.,1,(.*)$", files["extensions.conf"], re.M)
    assert begins == "Set(TIMEOUT(absolute)=0)"


def test_targets_are_reached_by_name_and_by_the_floors_numbers_only() -> None:
    targets = (Target(name="ventas_norte", number="5716007000"), Target(name="h", number="123"))
    dialplan = _render(_floor(targets=targets))["extensions.conf"]
    context = dialplan.split("[to-target]\n")[1].split("\n[")[0]
    assert re.findall(r"^exten => (\S+?),1,", context, re.M) == [
        "target_ventas_norte", "target_h", "_target_.",
    ]  # fmt: skip
    assert re.findall(r"Dial\((.*?)\)", context) == [
        "PJSIP/5716007000@outside,45,b(target-called^s^1",
        "PJSIP/123@outside,45,b(target-called^s^1",
    ]
    assert '"" <6015550000>' in dialplan
    for wrong in ("", "12", "57300x", "5730&PJSIP/9", "+5716007000", "9" * 16):
        with pytest.raises(ValidationError):
            Target(name="x", number=wrong)
    for name in ("", "9", "a b", "a,1", "${X}", "A"):
        with pytest.raises(ValidationError):
            Target(name=name, number="5716007000")
    with pytest.raises(ValidationError, match="given twice: h"):
        _floor(targets=(targets[1], targets[1]))


def test_only_agents_held_on_the_line_are_in_the_pool() -> None:
    text = _render(_floor())["agents.conf"]
    assert _sections(text, "1001") == [{"fullname": "Ana Muñoz"}]
    assert _sections(text, "1002") == []


def test_a_fixed_phone_has_an_address_and_others_register() -> None:
    text = _render(_floor())["pjsip.conf"]
    assert _sections(text, "1001") == [
        {"aors": "1001", "callerid": "Ana Muñoz <1001>"},
        {"contact": "sip:1001@127.0.0.1:16000"},
    ]
    assert _sections(text, "1002") == [
        {"aors": "1002", "callerid": "Luis <1002>", "auth": "1002"},
        {"username": "1002", "password": "s3cret+/=~x"},
        {},
    ]


def test_the_trunk_is_known_by_every_address_it_may_call_from() -> None:
    endpoint, aor, identify = _sections(_render(_floor())["pjsip.conf"], "trunk")
    assert endpoint["context"] == "from-trunk"
    assert endpoint["rtp_timeout"] == "60"
    assert "outbound_auth" not in endpoint
    assert aor["contact"] == "sip:127.0.0.1:15080"
    assert identify["match"] == "127.0.0.1:15080,127.0.0.1:15070"


def test_a_trunk_with_a_login_registers_and_authenticates() -> None:
    trunk = Trunk(to=Address(port=5070), user="line1", secret="password1", caller_number="6015550")
    endpoint, _, _, auth, registration = _sections(
        _render(_floor(trunk=trunk))["pjsip.conf"], "trunk"
    )
    assert endpoint["outbound_auth"] == "trunk"
    assert endpoint["from_user"] == "line1"
    assert (auth["username"], auth["password"]) == ("line1", "password1")
    assert registration["client_uri"] == "sip:line1@127.0.0.1:5070"
    assert registration["server_uri"] == "sip:127.0.0.1:5070"


def test_the_dialplan_speaks_the_floors_language_and_falls_back_to_its_queue() -> None:
    text = _render(_floor(language="en", fallback_queue="support"))["extensions.conf"]
    assert "Set(CHANNEL(language)=en)" in text
    assert "Goto(to-queue,queue_support,1)" in text


def test_names_in_the_dialplan_do_not_catch_asterisks_own_extensions() -> None:
    patterns = re.findall(r"^exten => _([^,]+),1", _render(_floor())["extensions.conf"], re.M)
    assert patterns
    # h is looked for after each hang-up, failed after a failed call: no pattern may fit a bare word
    ours = r"(queue|back|left|target|prompt|recorded|judged|judge|spy|leave|beside|say)_|[+*]?X"
    assert {re.match(ours, pattern) is None for pattern in patterns} == {False}


def test_both_ami_users_are_bound_to_this_machine_and_may_not_command() -> None:
    text = _render(_floor())["manager.conf"]
    for user, secret in (("linea800", "service-secret"), ("doctor", "doctor-secret")):
        (settings,) = _sections(text, user)
        assert settings["secret"] == secret
        assert settings["permit"] == "127.0.0.1/255.255.255.255"
        rights = set(settings["write"].split(","))
        assert not rights & {"system", "command", "config", "all"}
    assert text.count("eventfilter(action(exclude)") == 18
    for kept in ("DTMFEnd", "HangupRequest", "Hold", "Newstate", "DialEnd", "QueueMemberStatus"):
        assert f"name({kept})" not in text


def test_nothing_is_loaded_that_runs_programs() -> None:
    names = modules_loaded()
    assert len(names) == len(set(names))
    assert not set(names) & {"app_system.so", "func_shell.so", "func_env.so", "app_exec.so"}
    assert names.index("res_speech.so") < names.index("res_agi.so")


@pytest.mark.parametrize(
    "value",
    ["a\nb", "a\rb", "a;b", "[a", "a]", "@ROOT@", " a", "a ", "a\x00", "a\u2028b", "a\x85b"],
)
def test_a_value_that_is_more_than_a_value_is_refused(value: str) -> None:
    with pytest.raises(ConfigurationError, match="NAME cannot be written for Asterisk"):
        fill("fullname = @NAME@", {"NAME": value})


def test_a_place_nobody_fills_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="asks for @NAME@"):
        fill("fullname = @NAME@", {})


@pytest.mark.parametrize("host", ["192.0.2.10", "::1"])
def test_addresses_beyond_this_machine_are_refused(host: str) -> None:
    far = Address(host=host, port=5060)
    trunk = Trunk(to=far, caller_number="6015550000")
    with pytest.raises(ConfigurationError, match=r"trunk: .* is out of reach"):
        _render(_floor(trunk=trunk))
    agent = Agent(number="1001", name="Ana", queues=("sales",), phone=far)
    with pytest.raises(ConfigurationError, match=r"agent 1001: phone: .* is out of reach"):
        _render(_floor(agents=(agent,)))


def _write(root: Path, floor: Floor) -> RunFolder:
    folder = RunFolder(root / "run")
    (root / "share" / "documentation").mkdir(parents=True, exist_ok=True)
    installation = Installation(
        asterisk=root / "asterisk",
        modules=root / "modules",
        data=root / "share",
        version="22.10.1",
        espeak_ng=root / "espeak-ng",
        espeak_data=None,
        sipp=None,
    )
    ports = Ports(sip=25060, ami=25038)
    write_configuration(
        floor, folder=folder, ports=ports, installation=installation, sounds=root / "sounds"
    )
    return folder


def test_the_run_folder_is_for_its_owner_only(tmp_path: Path) -> None:
    folder = _write(tmp_path, _floor())
    assert stat.S_IMODE(folder.root.stat().st_mode) == 0o700
    secret = [*folder.configuration.parent.iterdir(), folder.root / "secrets.json"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in secret} == {0o600}
    assert (folder.root / "data" / "sounds").readlink() == tmp_path / "sounds"
    assert (folder.root / "data" / "documentation").is_dir()


def test_secrets_are_drawn_once_and_never_shown(tmp_path: Path) -> None:
    first = _write(tmp_path, _floor()).secrets()
    again = _write(tmp_path, _floor(language="en"))
    assert again.secrets() == first
    assert first.linea800 != first.doctor
    assert len(first.linea800) > 40
    assert first.linea800 not in repr(first)
    assert first.linea800 in (again.root / "etc" / "manager.conf").read_text()


def test_what_an_earlier_configuration_left_is_gone(tmp_path: Path) -> None:
    folder = _write(tmp_path, _floor())
    stale = folder.root / "etc" / "stale.conf"
    stale.touch()
    _write(tmp_path, _floor())
    assert not stale.exists()


def test_the_ports_are_found_again(tmp_path: Path) -> None:
    assert _write(tmp_path, _floor()).ports() == Ports(sip=25060, ami=25038)


def test_a_folder_without_a_configuration_says_so(tmp_path: Path) -> None:
    with pytest.raises(RunFolderError, match=r"no Asterisk was configured here: .*ports\.json"):
        RunFolder(tmp_path).ports()


def test_a_damaged_note_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "secrets.json").write_text('{"linea800": 5}')
    with pytest.raises(RunFolderError, match=r"secrets\.json is damaged; remove it"):
        RunFolder(tmp_path).secrets()


def test_a_path_too_long_for_a_socket_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RunFolderError, match=r"path of 12\d bytes, Unix allows 107"):
        RunFolder(Path("/") / ("x" * 104))
