"""JSON texts in RFC 8785 form: a text is canonical when writing its parsed value again gives the same characters."""
from __future__ import annotations

import hashlib
import json
import re
from functools import lru_cache
from typing import Any

from .refusal import Refused

LARGEST_INTEGER = 2**53 - 1
DEEPEST = 64
_PLAIN = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True, allow_nan=False)
_QUOTE = json.JSONEncoder(ensure_ascii=False)
#: Strings, so that brackets in them are passed over, and brackets.
_MARKS = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{}]', re.DOTALL)


def number_text(value: float) -> str:
    """A double as ECMAScript writes it (RFC 8785 3.2.2.3)."""
    if value == 0:
        return "0"
    if value != value or value in (float("inf"), float("-inf")):
        raise Refused("a number is out of range")
    # repr gives the shortest digits that read back the same, which is what ECMAScript asks for; only the layout differs.
    mantissa, _, exponent = repr(abs(value)).partition("e")
    whole, _, fraction = mantissa.partition(".")
    fraction = "" if fraction == "0" else fraction
    digits = (whole + fraction).lstrip("0")
    point = len(whole) + int(exponent or 0) - (len(whole + fraction) - len(digits))
    digits = digits.rstrip("0")
    sign = "-" if value < 0 else ""
    if len(digits) <= point <= 21:
        return sign + digits + "0" * (point - len(digits))
    if 0 < point <= 21:
        return f"{sign}{digits[:point]}.{digits[point:]}"
    if -6 < point <= 0:
        return f"{sign}0.{'0' * -point}{digits}"
    tail = f".{digits[1:]}" if len(digits) > 1 else ""
    return f"{sign}{digits[0]}{tail}e{'+' if point > 0 else '-'}{abs(point - 1)}"


def write(value: Any) -> str:
    """RFC 8785 text of a parsed value: names in order of their UTF-16 code units."""
    if value is None or isinstance(value, (bool, str)):
        return _QUOTE.encode(value)
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return number_text(value)
    if isinstance(value, list):
        return f"[{','.join(map(write, value))}]"
    names = sorted(value, key=lambda name: name.encode("utf-16-be", "surrogatepass"))
    return "{" + ",".join(f"{_QUOTE.encode(name)}:{write(value[name])}" for name in names) + "}"


def write_plain(value: Any) -> str:
    """The same, quickly, for values whose names are ASCII and whose numbers are integers."""
    return _PLAIN.encode(value)


def _depth(text: str) -> int:
    """How deep the arrays and objects of a JSON text lie in one another."""
    deepest = depth = 0
    for mark in _MARKS.findall(text):
        depth += (mark in "[{") - (mark in "]}")
        deepest = max(deepest, depth)
    return deepest


def _no_constant(text: str) -> Any:
    raise Refused(f"{text} is not JSON")


class _Reader:
    """Reads one JSON text strictly and notes whether the plain encoder writes it as RFC 8785 does."""

    def __init__(self) -> None:
        self.plain = True
        self.decoder = json.JSONDecoder(object_pairs_hook=self.members, parse_int=self.integer, parse_float=self.double, parse_constant=_no_constant)

    def members(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) != len(pairs):
            raise Refused("a name is repeated in an object")
        self.plain = self.plain and all(name.isascii() for name in found)
        return found

    def integer(self, text: str) -> Any:
        if len(text) < 17 and abs(int(text)) <= LARGEST_INTEGER:
            return int(text)
        return self.double(text)

    def double(self, text: str) -> float:
        self.plain = False
        return float(text)


def parse(text: str) -> tuple[Any, bool]:
    """The value of a JSON text, and whether the text is the canonical one of that value and at most 64 deep."""
    reader = _Reader()
    try:
        value = reader.decoder.decode(text)
        written = write_plain(value) if reader.plain else write(value)
        written.encode("utf-8")
    except Refused:
        raise
    except UnicodeEncodeError as cause:
        raise Refused("a text holds half a surrogate pair") from cause
    except (ValueError, RecursionError) as cause:
        raise Refused(f"not JSON: {cause}") from cause
    return value, written == text and (text.count("[") + text.count("{") <= DEEPEST or _depth(text) <= DEEPEST)


_LAX = json.JSONDecoder(parse_int=float, parse_float=float, parse_constant=_no_constant)


def read_json(text: str) -> Any:
    """The value of a JSON text others wrote, as ECMAScript reads it: of a repeated name the last counts, numbers are doubles."""
    try:
        return _LAX.decode(text)
    except (ValueError, RecursionError) as cause:
        raise Refused(f"not JSON: {cause}") from cause


@lru_cache(maxsize=4096)
def read_canonical(text: str) -> Any:
    """The value of a canonical text; callers must not change it. Anything else is refused."""
    value, canonical = parse(text)
    if not canonical:
        raise Refused("the text is not in RFC 8785 form, or too deep")
    return value


def tagged_digest(tag: str, text: str) -> str:
    """SHA-256 over the tag, a line feed and the text, lower-case hex."""
    return hashlib.sha256(f"{tag}\n{text}".encode("utf-8")).hexdigest()
