"""
Holidays from an iCalendar file (RFC 5545): the dates of its events, and how they recur.

A file comes from anybody, so it is bounded in size, and nothing of it is believed until it was read as a date, a rule
or a line of text. What is no all-day event is no holiday, and is left out.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final

import attrs

from ticketcore.business_time.holidays import LONGEST, Holiday
from ticketcore.errors import Fault, InvalidInput, shown
from ticketcore.model.checks import SUBJECT_LIMIT
from ticketcore.model.values import FrozenValue

SIZE_LIMIT: Final = 1_000_000
"""How many characters a file may have."""

EVENT_LIMIT: Final = 1_000
"""How many events a file may have."""

FAULT_LIMIT: Final = 100
"""How many faults are named."""


def holidays_in(file: str | bytes) -> tuple[Holiday, ...]:
    """
    The holidays in an iCalendar file: its all-day events that are not cancelled.

    Args:
        file: What stands in it; bytes are UTF-8.

    Raises:
        InvalidInput: It is no iCalendar file, it is too large, or an event cannot be a holiday: it has no date, lasts
            longer than a year, or recurs in a way that a `Holiday` cannot. All faults are named, each with its event,
            up to a hundred.
    """
    found: list[Holiday] = []
    faults: list[Fault] = []
    for index, event in enumerate(_events(_lines(_text(file)))):
        if not event.is_holiday:
            continue
        try:
            found.append(event.holiday())
        except InvalidInput as error:
            faults += [fault.under(f"events[{index}]") for fault in error.faults]
        if len(faults) >= FAULT_LIMIT:
            break
    if faults:
        raise InvalidInput("iCalendar", faults[:FAULT_LIMIT])
    return tuple(found)


@attrs.frozen
class _Event(FrozenValue):
    """An event by the names of its properties, as they are written, without their parameters."""

    properties: dict[str, str]

    @property
    def is_holiday(self) -> bool:
        """Whether it closes dates: what begins at a time of day does not, and what was cancelled neither."""
        start = self.properties.get("DTSTART")
        return (start is None or "T" not in start) and self.properties.get("STATUS") != "CANCELLED"

    def holiday(self) -> Holiday:
        """
        The holiday that it is.

        Raises:
            InvalidInput: It is none.
        """
        faults = [Fault(name, "no dates beside those of a rule", "some") for name in _BESIDE if name in self.properties]
        start = self._date("DTSTART", faults)
        days = self._days(start, faults) if start else None
        if faults or start is None or days is None:
            raise InvalidInput("iCalendar", faults)
        return Holiday(start, self._name(), every=self._rule(), days=days)

    def _date(self, name: str, faults: list[Fault]) -> date | None:
        text = self.properties.get(name, "nothing")
        if re.fullmatch(r"\d{8}", text, re.ASCII):
            try:
                return date.fromisoformat(text)
            except ValueError:
                pass
        faults.append(Fault(name, "a date like 20261225", shown(text)))
        return None

    def _days(self, start: date, faults: list[Fault]) -> int | None:
        """How many dates it lasts; it ends before the date at which it says that it ends."""
        if "DTEND" in self.properties:
            end = self._date("DTEND", faults)
            return max(1, (end - start).days) if end else None
        duration = self.properties.get("DURATION")
        if duration is None:
            return 1
        if not (found := _DURATION.fullmatch(duration)):
            faults.append(Fault("DURATION", f"whole days or weeks like P2D, at most {LONGEST} days", shown(duration)))
            return None
        return max(1, int(found["number"]) * (7 if found["unit"] == "W" else 1))

    def _rule(self) -> str | None:
        """Its rule, whose end is a date as all of it is, whatever time of day some programs write beside it."""
        rule = self.properties.get("RRULE")
        return None if rule is None else re.sub(r"(UNTIL=\d{8})T\d{6}Z?", r"\1", rule.upper().rstrip(";"))

    def _name(self) -> str:
        text = re.sub(
            r"\\(.)", lambda escaped: _ESCAPED.get(escaped[1], escaped[1]), self.properties.get("SUMMARY", "")
        )
        printable = "".join(character if character.isprintable() else " " for character in text)
        return " ".join(printable.split())[:SUBJECT_LIMIT]


_BESIDE: Final = ("EXDATE", "RDATE", "RECURRENCE-ID")
_DURATION: Final = re.compile(r"\+?P(?P<number>\d{1,3})(?P<unit>[DW])", re.ASCII)
_ESCAPED: Final = {"n": " ", "N": " "}


def _text(file: object) -> str:
    if isinstance(file, bytes) and len(file) <= SIZE_LIMIT:
        try:
            file = file.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise InvalidInput(
                "iCalendar", [Fault("", "text in UTF-8", f"bytes that are none, at {error.start}")]
            ) from None
    if not isinstance(file, str) or len(file) > SIZE_LIMIT:
        raise InvalidInput("iCalendar", [Fault("", f"a file of at most {SIZE_LIMIT} characters", shown(file))])
    return file


def _lines(text: str) -> Sequence[str]:
    """The lines, those put together again that were folded (section 3.1)."""
    lines = re.sub(r"\r?\n[ \t]", "", text).strip().split("\n")
    for line, expected in ((lines[0], "BEGIN:VCALENDAR"), (lines[-1], "END:VCALENDAR")):
        if line.strip().upper() != expected:
            raise InvalidInput("iCalendar", [Fault("", expected, shown(line))])
    return lines


def _events(lines: Sequence[str]) -> Iterator[_Event]:
    """The events; what stands within something in them, such as an alarm, is none of their properties."""
    inside: list[str] = []
    properties: dict[str, str] = {}
    count = 0
    for line in lines:
        name, value = _property(line)
        if name == "BEGIN":
            inside.append(value.upper())
            properties = {} if inside[-1] == _EVENT else properties
        elif name == "END":
            if inside and inside.pop() == _EVENT:
                count += 1
                if count > EVENT_LIMIT:
                    raise InvalidInput("iCalendar", [Fault("", f"at most {EVENT_LIMIT} events", "more")])
                yield _Event(properties)
        elif inside and inside[-1] == _EVENT:
            properties.setdefault(name, value)


_EVENT: Final = "VEVENT"


def _property(line: str) -> tuple[str, str]:
    """The name and the value of a property; between them there may be parameters, with texts in quotes."""
    found = _PROPERTY.match(line)
    return (found["name"].upper(), found["value"].strip()) if found else ("", "")


_PROPERTY: Final = re.compile(r'(?P<name>[A-Za-z0-9-]+)(?:;(?:[^":]|"[^"]*")*)?:(?P<value>.*)')
