"""
Business time: calendars, and the time that counts by them.

`Calendar` adds business time to an instant, tells how much of it lies between two, and says whether and when it is
open. It knows nothing of tickets.
"""

from ticketcore.business_time.calendar import ALWAYS_OPEN, CALENDARS, CALENDARS_PART, Boundary, Calendar, CountedTime
from ticketcore.business_time.countries import national_holidays
from ticketcore.business_time.holidays import Holiday
from ticketcore.business_time.hours import WORKDAYS, DateHours, Hours, Weekday, every
from ticketcore.business_time.icalendar import holidays_in
from ticketcore.business_time.spans import Span

__all__ = [
    "ALWAYS_OPEN",
    "CALENDARS",
    "CALENDARS_PART",
    "WORKDAYS",
    "Boundary",
    "Calendar",
    "CountedTime",
    "DateHours",
    "Holiday",
    "Hours",
    "Span",
    "Weekday",
    "every",
    "holidays_in",
    "national_holidays",
]
