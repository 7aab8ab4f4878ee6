"""Message catalogues, and dates in words.

English stands in the code as message ids; ``locale/<language>/LC_MESSAGES/adpim.mo`` holds the others. Which language
speaks is an argument everywhere: the site's for pages, the caller's for the command line. Nothing is process-wide.
"""

from __future__ import annotations

import gettext
from datetime import date, datetime, time
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from generator.system import REASONS

if TYPE_CHECKING:
    from generator.errors import Message

LANGUAGES = ("id", "en")
LOCALE_DIR = Path(__file__).parent / "locale"


class Moment(NamedTuple):
    """A point in time in the site's zone; ``has_time`` is False where the release gave only a date."""

    at: datetime
    has_time: bool = True


@lru_cache(maxsize=len(LANGUAGES))
def catalogue(language: str) -> gettext.NullTranslations:
    """Return the catalogue of ``language``; English needs none, since the message ids are English."""
    return gettext.translation("adpim", LOCALE_DIR, [language], fallback=True)


def say(text: Message, language: str) -> str:
    """Translate ``text`` and fill in its values; of these only the reason of an operating system is translated."""
    translate = catalogue(language).gettext
    values = dict(text.values)
    if values.get("error") in REASONS:
        values["error"] = translate(values["error"])
    return translate(text.msgid).format_map(values)


@lru_cache(maxsize=4096)
def _format_date(day: date, pattern: str, language: str) -> str:
    from babel.dates import format_date, format_skeleton  # noqa: PLC0415 - 20 ms that `adpim --help` need not pay

    if pattern == "full":
        # CLDR pads the day in Indonesian ("04 Desember"); the press does not.
        return format_date(day, "EEEE, d MMMM y" if language == "id" else "full", locale=language)
    return format_skeleton(pattern, day, locale=language)


@lru_cache(maxsize=4096)
def _format_clock(clock: time, zone: str, language: str) -> str:
    from babel.dates import format_skeleton  # noqa: PLC0415 - as above

    return f"{format_skeleton('Hm', datetime.combine(date(2000, 1, 1), clock), locale=language)} {zone}"


@lru_cache(maxsize=4096)
def _zone_name(zone: str, day: date, language: str) -> str:
    from babel.dates import get_timezone, get_timezone_name  # noqa: PLC0415 - as above

    moment = datetime.combine(day, time(12), get_timezone(zone))
    # CLDR gives "GMT+7" or a city where a language has no short name of its own; the zone database knows "WIB".
    database = moment.tzname() or ""
    return database if database.isalpha() else get_timezone_name(moment, width="short", locale=language)


def datestamp(moment: Moment, language: str) -> str:
    """Return the day in words: "Senin, 30 Oktober 2023"."""
    return _format_date(moment.at.date(), "full", language)


def clock(moment: Moment, language: str) -> str:
    """Return "09.05 WIB", or "" where the moment has no time of day."""
    if not moment.has_time:
        return ""
    at = moment.at
    zone = _zone_name(str(at.tzinfo), at.date(), language)
    return _format_clock(at.time().replace(second=0, microsecond=0), zone, language)


def timestamp(moment: Moment, language: str) -> str:
    """Return the day and, where it is known, the time in words: "Senin, 30 Oktober 2023 pukul 09.05 WIB"."""
    day = datestamp(moment, language)
    if not moment.has_time:
        return day
    return _day_and_clock(language).format(day=day, clock=clock(moment, language))


@lru_cache(maxsize=len(LANGUAGES))
def _day_and_clock(language: str) -> str:
    return catalogue(language).gettext("{day} at {clock}")


def monthname(moment: Moment, language: str) -> str:
    """Return "Oktober 2023"."""
    return _format_date(moment.at.date().replace(day=1), "yMMMM", language)


@lru_cache(maxsize=4096)
def filesize(size: int, language: str) -> str:
    """Return a file's size in bytes in words: "840 kB", "3,2 MB". Units are of 1000, as browsers show downloads."""
    from babel.units import format_unit  # noqa: PLC0415 - as above

    unit, number = ("megabyte", size / 1e6) if size >= 999_500 else ("kilobyte", max(1, round(size / 1e3)))
    whole = unit == "kilobyte" or number >= 9.95
    return format_unit(round(number, None if whole else 1), f"digital-{unit}", "short", locale=language)


def monthshort(moment: Moment, language: str) -> str:
    """Return "Okt"."""
    return _format_date(moment.at.date().replace(day=1), "MMM", language)
