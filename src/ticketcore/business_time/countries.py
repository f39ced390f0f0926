"""The holidays of a country, from the package `holidays`: the extra `ticketcore[holidays]`."""

from collections.abc import Mapping, Sequence
from datetime import date
from importlib import import_module
from typing import Any, Final

from ticketcore.business_time.holidays import FIRST, LAST, Holiday
from ticketcore.errors import Fault, InvalidInput, OutOfPlace, shown
from ticketcore.model.checks import SUBJECT_LIMIT, is_number

MOST_YEARS: Final = 50
"""Of how many years the holidays can be had at once."""


def national_holidays(
    country: str, years: Sequence[int], *, subdivision: str | None = None, language: str | None = None
) -> tuple[Holiday, ...]:
    """
    The public holidays of a country in some years, each on its date.

    A calendar keeps what it was given: it does not change when the package learns of a new law. Whoever wants later
    years asks again, and changes the calendar.

    Args:
        country: Its code by ISO 3166-1, such as `"DE"`.
        years: Which years, such as `range(2026, 2029)`.
        subdivision: A part of it by ISO 3166-2, such as `"BY"`; None for what holds in all of them.
        language: Of the names, such as `"de"`, as far as the package has it.

    Raises:
        InvalidInput: The package knows no such country or part, or the years are none.
        OutOfPlace: The package is not installed.
    """
    if faults := _faults_of_years(years):
        raise InvalidInput("national_holidays", faults)
    found = _asked(country, list(years), subdivision, language)
    return tuple(Holiday(day, _name(name)) for day, name in sorted(found.items()))


def _faults_of_years(years: Sequence[int]) -> list[Fault]:
    if len(years) > MOST_YEARS:
        return [Fault("years", f"at most {MOST_YEARS} years", shown(years))]
    is_year = is_number(at_least=FIRST.year, at_most=LAST.year)
    return [fault for index, year in enumerate(years) for fault in is_year.faults(f"years[{index}]", year)]


def _asked(country: str, years: list[int], subdivision: str | None, language: str | None) -> Mapping[date, str]:
    try:
        # Found by its name only when it is asked for, so that whoever does without need not have it, types included.
        package: Any = import_module("holidays")
    except ImportError as error:
        found = "the package holidays is not installed"
        raise OutOfPlace("national_holidays", found, ("install ticketcore[holidays]",)) from error
    try:
        asked: Mapping[date, str] = package.country_holidays(country, subdivision, years, language=language)
    except NotImplementedError as error:
        expected = "a country, and a part of it, that the package holidays knows"
        got = shown(country if subdivision is None else f"{country}-{subdivision}")
        raise InvalidInput("national_holidays", [Fault("country", expected, got)]) from error
    return asked


def _name(name: str) -> str:
    return " ".join(name.split())[:SUBJECT_LIMIT]
