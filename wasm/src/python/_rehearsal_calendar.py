"""What `time` has of a C library, as Linux' does it in UTC and in its plain locale, for a target without one."""

import time

_DAYS = "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_FLAGS = "_-0^#"


_DAY = 86400
# What fits into a C library's year.
_MOST = 67767976233532799


def gmtime(seconds, /):
    seconds = _whole(seconds)
    days, rest = divmod(seconds, _DAY)
    year, month, day = _date(days)
    in_year = days - _days(year, 1, 1) + 1
    return time.struct_time((year, month, day, rest // 3600, rest // 60 % 60, rest % 60, (days + 3) % 7, in_year, 0, "UTC", 0))


localtime = gmtime


def _whole(seconds):
    if isinstance(seconds, float):
        if seconds != seconds:
            raise ValueError("Invalid value NaN (not a number)")
        if abs(seconds) > _MOST:
            raise OverflowError("timestamp out of range for platform time_t")
        return int(seconds // 1)
    seconds = seconds.__index__()
    if abs(seconds) > _MOST:
        raise OverflowError("timestamp out of range for platform time_t")
    return seconds


def mktime(fields, /):
    if not isinstance(fields, tuple):
        raise TypeError("Tuple or struct_time argument required")
    if len(fields) < 9:
        raise TypeError("mktime(): illegal time tuple argument")
    year, month, day, hour, minute, second = (int(field) for field in fields[:6])
    if abs(year) > 1 << 31:
        raise OverflowError("mktime argument out of range")
    years, month = divmod(month - 1, 12)
    return float(((_days(year + years, month + 1, 1) + day - 1) * 24 + hour) * 3600 + minute * 60 + second)


def ctime(seconds, /):
    return asctime(localtime(seconds))


def asctime(fields, /):
    year, month, day, hour, minute, second, weekday, *_ = _checked(fields, "asctime")
    return f"{_DAYS[weekday][:3]} {_MONTHS[month - 1][:3]} {day:2} {hour:02}:{minute:02}:{second:02} {year}"


def _days(year, month, day):
    """Days since 1970 in the Gregorian calendar, by years that begin in March."""
    year -= month <= 2
    era, of_era = divmod(year, 400)
    in_year = (153 * ((month + 9) % 12) + 2) // 5 + day - 1
    return era * 146097 + of_era * 365 + of_era // 4 - of_era // 100 + in_year - 719468


def _date(days):
    era, of_era = divmod(days + 719468, 146097)
    year = (of_era - of_era // 1460 + of_era // 36524 - of_era // 146096) // 365
    in_year = of_era - (365 * year + year // 4 - year // 100)
    month = (5 * in_year + 2) // 153
    day = in_year - (153 * month + 2) // 5 + 1
    month = month + 3 if month < 10 else month - 9
    return year + era * 400 + (month <= 2), month, day


def strftime(format, fields, /):
    return _text(format, _checked(fields, "strftime"))


def _checked(fields, function):
    if not isinstance(fields, tuple):
        raise TypeError("Tuple or struct_time argument required")
    if len(fields) < 9:
        raise TypeError(f"{function}(): illegal time tuple argument")
    year, month, day, hour, minute, second, weekday, in_year, summer = (int(field) for field in fields[:9])
    for name, value, least, most in (
        ("month", month, 0, 12),
        ("day of month", day, 0, 31),
        ("hour", hour, 0, 23),
        ("minute", minute, 0, 59),
        ("seconds", second, 0, 61),
        ("day of year", in_year, 0, 366),
    ):
        if not least <= value <= most:
            raise ValueError(f"{name} out of range")
    if weekday < -1:
        raise ValueError("day of week out of range")
    zone = getattr(fields, "tm_zone", None), getattr(fields, "tm_gmtoff", None)
    return year, month or 1, day or 1, hour, minute, second, weekday % 7, in_year or 1, summer, *zone


def _text(format, fields):
    found = []
    place, end = 0, len(format)
    while place < end:
        character = format[place]
        place += 1
        if character != "%":
            found.append(character)
            continue
        start = place
        flags = width = ""
        while place < end and format[place] in _FLAGS:
            flags += format[place]
            place += 1
        while place < end and format[place] in "0123456789":
            width += format[place]
            place += 1
        if place < end and format[place] in "EO":
            place += 1
        directive = format[place : place + 1]
        place += 1
        text = _one(directive, fields, flags)
        if text is None:
            found.append("%" + format[start:place])
        else:
            found.append(_shaped(text, directive, flags, width))
    return "".join(found)


def _shaped(text, directive, flags, width):
    if "^" in flags and directive != "P":
        text = text.upper()
    elif "#" in flags and directive in "aAbBhpZ":
        text = text.lower() if directive in "pZ" else text.upper()
    if width:
        zeros = "0" in flags or directive in "CdgGHIjmMSuUVwWyY" and not set(flags) & {"_", "-"}
        return text.rjust(min(int(width), 1024), "0" if zeros else " ")
    return text


def _number(value, digits, flags, pad="0"):
    if "-" in flags:
        return str(value)
    if "_" in flags:
        pad = " "
    elif "0" in flags:
        pad = "0"
    sign, value = ("-", -value) if value < 0 else ("", value)
    return sign + str(value).rjust(digits - len(sign), pad)


def _one(directive, fields, flags):
    year, month, day, hour, minute, second, weekday, in_year, _, zone, offset = fields
    # Of the week, from Sunday.
    sunday = (weekday + 1) % 7
    hour_of_twelve = (hour + 11) % 12 + 1
    numbers = {
        "d": (day, 2), "H": (hour, 2), "I": (hour_of_twelve, 2), "j": (in_year, 3), "m": (month, 2), "M": (minute, 2), "S": (second, 2),
        "y": (year % 100, 2), "C": (year // 100, 2), "U": ((in_year - 1 + 7 - sunday) // 7, 2), "W": ((in_year - 1 + 7 - weekday) // 7, 2),
        "u": (weekday + 1, 1), "w": (sunday, 1), "Y": (year, 1),
    }  # fmt: skip
    if directive in numbers:
        return _number(*numbers[directive], flags)
    if directive in ("e", "k", "l"):
        value = {"e": day, "k": hour, "l": hour_of_twelve}[directive]
        return _number(value, 2, flags, " ")
    if directive in ("G", "g", "V"):
        week, of_year = _week(year, weekday, in_year)
        return _number(*{"G": (of_year, 1), "g": (of_year % 100, 2), "V": (week, 2)}[directive], flags)
    texts = {
        "a": lambda: _DAYS[weekday][:3], "A": lambda: _DAYS[weekday], "b": lambda: _MONTHS[month - 1][:3], "B": lambda: _MONTHS[month - 1],
        "h": lambda: _MONTHS[month - 1][:3], "n": lambda: "\n", "t": lambda: "\t", "%": lambda: "%",
        "p": lambda: "PM" if hour >= 12 else "AM", "P": lambda: "pm" if hour >= 12 else "am",
        "c": lambda: _text("%a %b %e %H:%M:%S %Y", fields), "D": lambda: _text("%m/%d/%y", fields), "x": lambda: _text("%m/%d/%y", fields),
        "F": lambda: _text("%Y-%m-%d", fields), "r": lambda: _text("%I:%M:%S %p", fields), "R": lambda: _text("%H:%M", fields),
        "T": lambda: _text("%H:%M:%S", fields), "X": lambda: _text("%H:%M:%S", fields), "s": lambda: _since(fields),
        "z": lambda: _offset(offset), "Z": lambda: zone if zone is not None else _zone(fields[8]),
    }  # fmt: skip
    return texts[directive]() if directive in texts else None


def _week(year, weekday, in_year):
    """Week and year of ISO 8601."""
    week = (in_year - weekday + 9) // 7
    if week < 1:
        return _weeks(year - 1), year - 1
    if week > _weeks(year):
        return 1, year + 1
    return week, year


def _weeks(year):
    def last(year):
        return (year + year // 4 - year // 100 + year // 400) % 7

    return 53 if last(year) == 4 or last(year - 1) == 3 else 52


def _since(fields):
    return str(int(time.mktime((*fields[:8], -1))))


def _zone(summer):
    return time.tzname[1 if summer > 0 else 0]


def _offset(offset):
    if offset is None:
        return "+0000"
    minutes = abs(offset) // 60
    return f"{'-' if offset < 0 else '+'}{minutes // 60:02}{minutes % 60:02}"
