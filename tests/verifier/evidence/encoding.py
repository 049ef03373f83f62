"""Strict readings of base64, base64url and times: one text for one value."""
from __future__ import annotations

import base64
import binascii
import calendar
import re

from .refusal import Refused

_TIME = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)\.(\d{3})Z\Z", re.ASCII)


def from_base64(text: str) -> bytes:
    """RFC 4648 section 4, padded, spare bits zero."""
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except (UnicodeEncodeError, binascii.Error, ValueError) as cause:
        raise Refused("not base64") from cause
    if base64.b64encode(data).decode() != text:
        raise Refused("base64 in another than its canonical form")
    return data


def from_base64url(text: str) -> bytes:
    """RFC 4648 section 5 without padding, spare bits zero."""
    try:
        data = base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
    except (UnicodeEncodeError, binascii.Error, ValueError) as cause:
        raise Refused("not base64url") from cause
    if to_base64url(data) != text:
        raise Refused("base64url in another than its canonical form")
    return data


def to_base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def milliseconds(text: str) -> int:
    """Milliseconds since 1970 of a time as the format writes it; a day or hour that does not exist is refused."""
    found = _TIME.match(text)
    if not found:
        raise Refused(f"{text!r} is no time in UTC with milliseconds")
    year, month, day, hour, minute, second, fraction = map(int, found.groups())
    if not (1 <= month <= 12 and hour < 24 and minute < 60 and second < 60):
        raise Refused(f"{text} does not exist")
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    if not 1 <= day <= (29 if month == 2 and leap else calendar.mdays[month]):
        raise Refused(f"{text} does not exist")
    return ((_days(year, month, day) * 24 + hour) * 60 + minute) * 60_000 + second * 1000 + fraction


def _days(year: int, month: int, day: int) -> int:
    """Days since 1970-01-01 in the Gregorian calendar, year 0 included."""
    year -= month <= 2
    era = year // 400
    of_era = year - era * 400
    of_year = (153 * (month + (-3 if month > 2 else 9)) + 2) // 5 + day - 1
    return era * 146_097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719_468
