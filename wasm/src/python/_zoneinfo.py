"""The compiled half of zoneinfo: the standard library's Python one, with the time zones that are in the binary.

They are the same on every system; a `tzdata` that the package brings along comes first.
"""

import io
from importlib.util import find_spec

import _rehearsal as _door
from zoneinfo import _common, _tzpath

_of_tzdata = _common.load_tzdata
_of_folders = _tzpath.available_timezones


def load_tzdata(key):
    if find_spec("tzdata") is not None:
        return _of_tzdata(key)
    data = _door.time_zone(key)
    if data is None:
        raise _common.ZoneInfoNotFoundError(f"No time zone found with key {key}")
    return io.BytesIO(data)


def available_timezones():
    """Returns a set containing all available time zones."""
    found = _of_folders()
    if find_spec("tzdata") is None:
        found.update(_door.time_zones())
    return found


_common.load_tzdata = load_tzdata
_tzpath.available_timezones = available_timezones

from zoneinfo._zoneinfo import ZoneInfo  # noqa: E402, F401
