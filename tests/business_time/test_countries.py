import sys
from datetime import date
from types import SimpleNamespace

import pytest

from ticketcore.business_time import Holiday, national_holidays
from ticketcore.errors import InvalidInput, OutOfPlace


class Package:
    """Stands for the package `holidays`."""

    asked = None

    def country_holidays(self, country, subdivision, years, *, language):
        """What it would give, in no order."""
        self.asked = (country, subdivision, years, language)
        if country != "DE":
            raise NotImplementedError(country)
        return {date(year, month, 1): f"Day\n{month}" for year in years for month in (5, 1)}


@pytest.fixture
def package(monkeypatch):
    """The package, as if it were installed."""
    package = Package()
    monkeypatch.setitem(sys.modules, "holidays", SimpleNamespace(country_holidays=package.country_holidays))
    return package


def test_holidays_of_a_country_come_by_date(package):
    """A country's holidays in some years are dates with names, in order."""
    found = national_holidays("DE", range(2026, 2028), subdivision="BY", language="de")

    assert found == tuple(Holiday(date(year, month, 1), f"Day {month}") for year in (2026, 2027) for month in (1, 5))
    assert package.asked == ("DE", "BY", [2026, 2027], "de")


@pytest.mark.usefixtures("package")
def test_an_unknown_country_is_refused():
    """What the package does not know is told by what was asked."""
    with pytest.raises(InvalidInput, match=r"country: expected a country.*got 'XX-1'"):
        national_holidays("XX", [2026], subdivision="1")


@pytest.mark.usefixtures("package")
@pytest.mark.parametrize("years", [[0], ["2026"], [2026, 10_000], range(1_000)])
def test_years_have_bounds(years):
    """Years are numbers of years that a calendar can have, and not too many."""
    with pytest.raises(InvalidInput, match="years"):
        national_holidays("DE", years)


def test_without_the_package_it_says_what_to_install(monkeypatch):
    """Whoever asks without the extra is told its name."""
    monkeypatch.setitem(sys.modules, "holidays", None)

    with pytest.raises(OutOfPlace, match=r"not installed; possible now: install ticketcore\[holidays\]"):
        national_holidays("DE", [2026])


def test_the_real_package_is_asked_rightly():
    """With the package itself, too, a country has its holidays."""
    pytest.importorskip("holidays", reason="the extra ticketcore[holidays] is not installed")

    found = {it.on for it in national_holidays("DE", [2026], subdivision="BY")}

    assert {date(2026, 1, 1), date(2026, 1, 6), date(2026, 12, 25)} <= found
    assert date(2026, 1, 6) not in {it.on for it in national_holidays("DE", [2026])}
    with pytest.raises(InvalidInput):
        national_holidays("Atlantis", [2026])
