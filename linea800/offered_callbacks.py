"""Call backs that menus and queues offer, held against the campaigns that make them."""

from __future__ import annotations

from collections.abc import Iterable

from agents.floor import Floor
from dialer.campaign import Campaign, CampaignState
from ivr.menu import Menu
from ivr.nodes import CallbackNode
from linea800.settings import Settings
from storage.campaigns import CampaignStore
from storage.reading import opened_to_read


def offered(floor: Floor, menus: Iterable[Menu]) -> frozenset[str]:
    """The queues for whose callers a call back is offered, in a menu or by a key in the line."""
    by_menu = {
        node.queue
        for menu in menus
        for node in menu.nodes.values()
        if isinstance(node, CallbackNode)
    }
    return frozenset(by_menu | {queue.name for queue in floor.queues if queue.callback_key})


def made(campaigns: Iterable[Campaign]) -> frozenset[str]:
    """The queues for whose callers a running campaign calls back."""
    return frozenset(
        queue
        for campaign in campaigns
        if campaign.state is CampaignState.RUNNING
        for queue in campaign.options.callbacks_of
    )


def told(of: frozenset[str], by: frozenset[str]) -> str:
    """Whether every call back that is offered is made, and what to do if not."""
    if not of:
        return "no menu and no queue offers one"
    if lacking := sorted(of - by):
        return (
            f"nobody makes those of {', '.join(lacking)}: callers hear that they cannot be called "
            "now. Start a campaign with these in `callbacks_of` (docs/how-to/campaigns.md)"
        )
    return f"made for {', '.join(sorted(of))}"


async def look(settings: Settings) -> str:
    """As `told`, of this floor and this database. Raises `Linea800Error`."""
    floor = settings.read_floor()
    menus = settings.read_menus(floor).values()
    async with await opened_to_read(settings.database_url) as database:
        return told(offered(floor, menus), made(await CampaignStore(database).campaigns()))
