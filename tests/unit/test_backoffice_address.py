"""Where the operator's systems may be, and what lets us in."""

from __future__ import annotations

from pathlib import Path

import pytest

from backoffice.address import Address, AddressRefusedError
from documents.faults import DocumentRefusedError
from linea800.settings import Settings, SettingsError


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://crm.example.com", "https://crm.example.com"),
        ("https://crm.example.com:8443/api/v1/", "https://crm.example.com:8443/api/v1"),
        ("http://127.0.0.1:8801", "http://127.0.0.1:8801"),
        ("http://[::1]:8801", "http://[::1]:8801"),
        ("http://localhost", "http://localhost"),
        ("http://10.1.2.3/crm", "http://10.1.2.3/crm"),
        ("http://192.168.0.7", "http://192.168.0.7"),
        ("http://crm:8080", "http://crm:8080"),
        ("http://billing.internal", "http://billing.internal"),
    ],
)
def test_good_addresses(url: str, kept: str) -> None:
    assert Address.read(url).url == kept


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://crm.example.com", "https"),
        ("http://8.8.8.8", "https"),
        ("http://0.0.0.0", "https"),
        ("https://ana:secreto@crm.example.com", "token file"),
        ("https://crm.example.com/?key=secreto", "has to end"),
        ("https://crm.example.com/#a", "has to end"),
        ("ftp://crm.example.com", "has to be like"),
        ("file:///etc/passwd", "has to be like"),
        ("crm.example.com", "has to be like"),
        ("https://", "has to be like"),
        ("https://crm.example.com:99999", "port that is none"),
        ("https://crm\r\n.example.com", "is no address"),
        ("https://xn--a", "is no address"),
    ],
)
def test_refused_addresses_are_not_repeated(url: str, reason: str) -> None:
    with pytest.raises(AddressRefusedError, match=reason) as refused:
        Address.read(url)
    assert "secreto" not in str(refused.value)


def test_the_token_comes_from_a_file_and_is_shown_nowhere(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("secreto-1\n", encoding="ascii")
    address = Address.read("https://crm.example.com:8443/api", file)
    assert address.token is not None
    assert address.token.get_secret_value() == "secreto-1"
    assert "secreto" not in repr(address)
    assert address.shown == "https://crm.example.com:8443"


@pytest.mark.parametrize("content", [b"", b"\n", b"two words", b"a\nb", "ñ".encode(), b"a\0b"])
def test_a_token_is_one_word(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "token"
    file.write_bytes(content)
    with pytest.raises(AddressRefusedError, match="token file"):
        Address.read("https://crm.example.com", file)


def test_a_token_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(AddressRefusedError, match="cannot be read"):
        Address.read("https://crm.example.com", tmp_path / "none")


def test_settings_name_the_variable(tmp_path: Path) -> None:
    home = {"LINEA800_HOME": str(tmp_path)}
    assert Settings.from_environment(home).backoffice_address() is None
    good = {**home, "LINEA800_BACKOFFICE_URL": "http://127.0.0.1:8801"}
    assert Settings.from_environment(good).backoffice_address() == Address("http://127.0.0.1:8801")
    bad = {**home, "LINEA800_BACKOFFICE_URL": "http://crm.example.com"}
    with pytest.raises(SettingsError, match="LINEA800_BACKOFFICE_URL: plain http"):
        Settings.from_environment(bad).backoffice_address()


def test_own_services_are_in_the_home(tmp_path: Path) -> None:
    settings = Settings.from_environment({"LINEA800_HOME": str(tmp_path)})
    assert "balance" in settings.read_services()
    (tmp_path / "services.yaml").write_text("services:\n  owed:\n    kind: x\n", encoding="utf-8")
    with pytest.raises(DocumentRefusedError, match=r"services.yaml:3: services.owed.kind: has"):
        settings.read_services()
