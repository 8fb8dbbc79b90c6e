"""What is read when menus are read: their files, the sounds there are, and what the sounds say."""

from __future__ import annotations

from collections.abc import Mapping

from agents.floor import Floor
from backoffice.spec import ServiceSpec
from ivr.menu import Menu
from linea800.settings import Settings


class MenuReading:
    """Sounds and sentences as they were when menus were read last; all are taken, or nothing."""

    def __init__(
        self, settings: Settings, floor: Floor, services: Mapping[str, ServiceSpec]
    ) -> None:
        """Raises `DocumentRefusedError` for a bad file of sentences."""
        self._settings = settings
        self._floor = floor
        self._services = services
        #: the prompts that exist as sounds, by language
        self.prompts = settings.prompts()
        #: what the sentences say, by language and name
        self.sentences = settings.read_sentences()

    def menus(self) -> Mapping[str, Menu]:
        """The menu of each number; raises `DocumentRefusedError`, and then nothing has changed."""
        sentences = self._settings.read_sentences()
        menus = self._settings.read_menus(self._floor, self._services)
        self.prompts.update(self._settings.prompts())
        self.sentences.update(sentences)
        return menus
