"""Local time of the zone that TZ names: `time.tzset()` cannot change the zone of the whole process, only this interpreter's."""

import os
import time

import _rehearsal
from datetime import datetime, timedelta, timezone
from io import BytesIO
from struct import pack
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_HOUR = 3600


def _by_rule(rule):
    """The zone of a rule such as `CET-1CEST,M3.5.0,M10.5.0/3`, by way of a zone file without transitions."""
    part = b"TZif2" + bytes(15) + pack(">6l", 0, 0, 0, 0, 1, 4) + pack(">lbb", 0, 0, 0) + b"UTC\0"
    return ZoneInfo.from_file(BytesIO(part + part + b"\n" + rule.encode("ascii") + b"\n"))


def _zone(name):
    name = "/etc/localtime" if name is None else name.removeprefix(":")
    if not name:
        return timezone.utc
    try:
        if name.startswith("/"):
            with open(name, "rb") as file:
                return ZoneInfo.from_file(file)
        return ZoneInfo(name)
    except (OSError, ValueError, ZoneInfoNotFoundError):
        pass
    try:
        # `zoneinfo` takes any word for a rule without an offset.
        if any(character.isdigit() for character in name):
            return _by_rule(name)
    except ValueError:
        pass
    # What the C library makes of a name it does not know.
    return timezone.utc


class LocalTime:
    def __init__(self, zone):
        self._zone = zone

    def names(self):
        """`tzname`, `timezone`, `altzone` and `daylight` for this year."""
        year = time.gmtime().tm_year
        ordinary = summer = None
        for month in range(1, 13):
            at = datetime(year, month, 1, tzinfo=self._zone)
            if at.dst():
                summer = at
            else:
                ordinary = at
        ordinary = ordinary or summer
        summer_or_not = summer or ordinary
        west = [-round(at.utcoffset().total_seconds()) for at in (ordinary, summer_or_not)]
        return (ordinary.tzname(), summer_or_not.tzname()), west[0], west[1], int(summer is not None)

    def localtime(self, seconds):
        at = datetime.fromtimestamp(seconds // 1, self._zone)
        fields = at.timetuple()
        offset = round(at.utcoffset().total_seconds())
        return time.struct_time((*fields[:8], int(bool(at.dst())), at.tzname(), offset))

    def mktime(self, fields):
        if len(fields) < 9:
            raise TypeError("mktime(): illegal time tuple argument")
        year, month, day, hour, minute, second, _, _, summer = fields[:9]
        years, month = divmod(month - 1, 12)
        at = datetime(year + years, month + 1, 1) + timedelta(day - 1, second, minutes=minute, hours=hour)
        for fold in (0, 1):
            aware = at.replace(tzinfo=self._zone, fold=fold)
            if summer < 0 or bool(aware.dst()) == bool(summer):
                return aware.timestamp()
        # The flag contradicts the calendar: the time is meant by the other clock, where there are two.
        other = (-_HOUR if summer else _HOUR) if self.names()[3] else 0
        return at.replace(tzinfo=self._zone).timestamp() + other


_HOST = time.tzname, time.timezone, time.altzone, time.daylight


def chosen():
    """Sets `time`'s constants by TZ and gives its LocalTime; None for the zone this process runs in."""
    name = os.environ.get("TZ")
    if name != _name_of_host:
        local = LocalTime(_zone(name))
    elif _rehearsal.zone:
        local = LocalTime(_zone(_rehearsal.zone))
    else:
        local = None
    found = _HOST if local is None else local.names()
    time.tzname, time.timezone, time.altzone, time.daylight = found
    return local


_name_of_host = dict(_rehearsal.environment()).get("TZ")
