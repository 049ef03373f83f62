"""Strict readings of base64, base64url and times: one text for one value."""
from __future__ import annotations

import base64
import binascii
import calendar
import datetime
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
    """Milliseconds since 1970 of a time as the format writes it; one before that, and a day or hour that does not exist, is refused."""
    found = _TIME.match(text)
    if not found:
        raise Refused(f"{text!r} is no time in UTC with milliseconds")
    year, month, day, hour, minute, second, fraction = map(int, found.groups())
    if not (year >= 1970 and 1 <= month <= 12 and hour < 24 and minute < 60 and second < 60):
        raise Refused(f"{text} does not exist")
    if not 1 <= day <= calendar.monthrange(year, month)[1]:
        raise Refused(f"{text} does not exist")
    date = datetime.date(year, month, day).toordinal() - datetime.date(1970, 1, 1).toordinal()
    return ((date * 24 + hour) * 60 + minute) * 60_000 + second * 1000 + fraction
