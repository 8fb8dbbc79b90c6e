"""Which days are holidays, by the `holidays` package; nobody else here asks it."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache

import holidays

#: Countries whose holidays are more than the package's category "public". Uruguay's public ones
#: are five; carnival and tourism week, when the country rests, are in "bank". In Brazil carnival
#: and Corpus Christi are optional by law and observed nearly everywhere.
_CATEGORIES = {"UY": ("public", "bank"), "BR": ("public", "optional")}
_USUAL = ("public",)

#: In Uruguay a president takes office every fifth year on this day, and the country rests; the
#: package lists only those inaugurations that were.
_INAUGURATION = (3, 1)

EVERY_REGION = "*"


@lru_cache(maxsize=2048)
def holidays_of(
    country: str, year: int, categories: tuple[str, ...] = (), regions: tuple[str, ...] = ()
) -> frozenset[dt.date]:
    """The holidays of a year, observed days too; none where `known` says no.

    Raises `ValueError` for a category or region the country does not have.
    """
    if not known(country, year):
        return frozenset()
    wanted = categories or _CATEGORIES.get(country, _USUAL)
    if EVERY_REGION in regions:
        regions = tuple(holidays.list_supported_countries()[country])
    found: set[dt.date] = set()
    for region in (None, *regions):
        try:
            calendar = holidays.country_holidays(
                country, subdiv=region, years=year, expand=False, categories=wanted
            )
        except NotImplementedError as error:
            raise ValueError(
                f"{country} has no region {region} with holidays of its own"
            ) from error
        found.update(calendar)
    if country == "UY" and year % 5 == 0:
        found.add(dt.date(year, *_INAUGURATION))
    return frozenset(found)


@lru_cache(maxsize=2048)
def known(country: str, year: int) -> bool:
    """Whether the package knows the country's holidays in that year."""
    if country not in holidays.list_supported_countries():
        return False
    calendar = holidays.country_holidays(country)
    return bool(calendar.start_year <= year <= calendar.end_year)
