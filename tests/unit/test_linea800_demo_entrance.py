"""Who comes in while the demonstration lasts: the same login each time, with a new password."""

from __future__ import annotations

from typing import Any

from linea800.demo.client import Client
from linea800.demo.entrance import admitted


class _People(Client):
    """The API's people, two a page."""

    def __init__(self, *logins: str, ended: tuple[str, ...] = ()) -> None:
        super().__init__("http://nowhere.invalid")
        self.people = [
            {"id": str(place), "login": login, "ended_at": "2026" if login in ended else None}
            for place, login in enumerate(logins)
        ]
        self.asked: list[tuple[str, str, Any]] = []

    async def get(self, path: str) -> Any:
        begins = int(path.rpartition("cursor=")[2]) if "cursor=" in path else 0
        ends = begins + 2
        more = str(ends) if ends < len(self.people) else None
        return {"items": self.people[begins:ends], "next_cursor": more}

    async def post(self, path: str, body: dict[str, Any] | None = None) -> Any:
        self.asked.append(("post", path, body))

    async def patch(self, path: str, body: dict[str, Any]) -> Any:
        self.asked.append(("patch", path, body))


async def test_the_first_time_a_person_is_added() -> None:
    people = _People("ana")
    login, password = await admitted(people)
    [(verb, path, body)] = people.asked
    assert (verb, path, login) == ("post", "/users", "demo")
    assert body["login"] == "demo"
    assert body["role"] == "admin"
    assert body["password"] == password
    assert len(password) >= 12


async def test_later_the_same_person_gets_a_new_password() -> None:
    people = _People("ana", "luis", "eva", "demo")
    login, password = await admitted(people)
    assert login == "demo"
    assert people.asked == [("patch", "/users/3", {"role": "admin", "password": password})]


async def test_whom_somebody_ended_another_follows() -> None:
    people = _People("demo", ended=("demo",))
    login, _ = await admitted(people)
    [(verb, _, body)] = people.asked
    assert verb == "post"
    assert login.startswith("demo-")
    assert body["login"] == login
