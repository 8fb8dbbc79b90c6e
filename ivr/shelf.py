"""The menus that answer now. New ones take the place of old ones; who is in an old one stays."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ivr.menu import Menu


@dataclass(frozen=True, slots=True)
class Reloaded:
    """What a reload did: the numbers whose menu is another one now, and every menu's version."""

    changed: tuple[str, ...]
    versions: Mapping[str, str]


class MenuShelf:
    """The menu of each number called. `read` reads them all, and raises when one is unfit."""

    def __init__(self, read: Callable[[], Mapping[str, Menu]]) -> None:
        """Raises whatever `read` raises: there is no service without menus."""
        self._read = read
        self._menus = dict(read())
        #: told each menu of a reload before it answers: what takes long at first is done by then
        self.prepare: Callable[[Menu], None] = lambda _: None

    def of(self, number: str) -> Menu:
        """The menu that answers a number; the first one for a number nobody wrote down."""
        return self._menus.get(number) or next(iter(self._menus.values()))

    def all(self) -> Mapping[str, Menu]:
        """Every menu, by the number it answers."""
        return dict(self._menus)

    def reload(self) -> Reloaded:
        """Read the files again; all are taken, or none: raises what `read` raises."""
        menus = dict(self._read())
        for menu in menus.values():
            self.prepare(menu)
        before, self._menus = self._menus, menus
        versions = {number: menu.version for number, menu in menus.items()}
        changed = tuple(
            number
            for number, version in versions.items()
            if number not in before or before[number].version != version
        )
        return Reloaded(changed, versions)
