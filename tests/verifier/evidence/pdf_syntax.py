"""Objects of a PDF file (ISO 32000-1, 7.2 and 7.3): what stands at a place of the file as Python values."""
from __future__ import annotations

import re
from typing import Any, NamedTuple

from .refusal import Refused, require

_SPACE = re.compile(rb"(?:[\x00\t\n\f\r ]|%[^\r\n]*)*")
_NUMBER = re.compile(rb"[+-]?(?:\d+\.?\d*|\.\d+)")
_REFERENCE = re.compile(rb"(\d+)[\x00\t\n\f\r ]+(\d+)[\x00\t\n\f\r ]+R(?![^\x00\t\n\f\r ()<>\[\]{}/%])")
_NAME = re.compile(rb"/([^\x00\t\n\f\r ()<>\[\]{}/%]*)")
_HEX = re.compile(rb"<([0-9A-Fa-f\x00\t\n\f\r ]*)>")
_STREAM = re.compile(rb"stream(?:\r\n|\n)")
_ESCAPES = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
_STRING_PART = re.compile(rb"\\([0-7]{1,3}|\r\n|[\x00-\xff])|[()]|[^\\()]+")
DEEPEST = 64


class Name(str):
    """A PDF name, without its slash."""


class Reference(NamedTuple):
    number: int
    generation: int


class Stream(NamedTuple):
    entries: dict
    #: As it stands in the file, filters not yet undone.
    raw: bytes


def skip_space(data: bytes, at: int) -> int:
    found = _SPACE.match(data, at)
    return found.end() if found else at


def _string(data: bytes, at: int) -> tuple[bytes, int]:
    depth, parts = 1, []
    while depth:
        found = _STRING_PART.match(data, at)
        if not found:
            raise Refused("a string of the PDF has no end")
        part, at = found.group(), found.end()
        if part in (b"(", b")"):
            depth += 1 if part == b"(" else -1
            parts.append(part if depth else b"")
        elif part[:1] == b"\\":
            said = found.group(1)
            parts.append(bytes([int(said, 8) & 255]) if said[:1].isdigit() and said[:1] < b"8" else b"" if said in (b"\n", b"\r", b"\r\n") else _ESCAPES.get(said, said))
        else:
            parts.append(part)
    return b"".join(parts), at


def _name(found: re.Match) -> Name:
    return Name(re.sub(rb"#([0-9A-Fa-f]{2})", lambda m: bytes([int(m.group(1), 16)]), found.group(1)).decode("latin-1"))


def _array(data: bytes, at: int, depth: int) -> tuple[list, int]:
    items: list = []
    at = skip_space(data, at)
    while data[at:at + 1] != b"]":
        item, at = value_at(data, at, depth + 1)
        items.append(item)
        at = skip_space(data, at)
    return items, at + 1


def _dictionary(data: bytes, at: int, depth: int) -> tuple[dict, int]:
    entries: dict = {}
    at = skip_space(data, at)
    while data[at:at + 2] != b">>":
        found = _NAME.match(data, at)
        if not found:
            raise Refused("a dictionary of the PDF is damaged")
        name = _name(found)
        require(name not in entries, f"a dictionary of the PDF names {name} twice")
        entries[name], at = value_at(data, found.end(), depth + 1)
        at = skip_space(data, at)
    return entries, at + 2


def value_at(data: bytes, at: int, depth: int = 0) -> tuple[Any, int]:
    """The value that begins at the place (white space before it is skipped) and the place after it."""
    require(depth < DEEPEST, "the PDF is nested too deeply")
    at = skip_space(data, at)
    if data.startswith(b"<<", at):
        return _dictionary(data, at + 2, depth)
    if data.startswith(b"[", at):
        return _array(data, at + 1, depth)
    if data.startswith(b"(", at):
        return _string(data, at + 1)
    for word, value in ((b"true", True), (b"false", False), (b"null", None)):
        if data.startswith(word, at):
            return value, at + len(word)
    for pattern, read in ((_NAME, _name), (_HEX, _hex), (_REFERENCE, _reference), (_NUMBER, _number)):
        found = pattern.match(data, at)
        if found:
            return read(found), found.end()
    raise Refused("something in the PDF is no PDF object")


def _hex(found: re.Match) -> bytes:
    digits = re.sub(rb"[^0-9A-Fa-f]", b"", found.group(1))
    return bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode())


def _reference(found: re.Match) -> Reference:
    return Reference(int(found.group(1)), int(found.group(2)))


def _number(found: re.Match) -> Any:
    return float(found.group()) if b"." in found.group() else int(found.group())


def stream_start(data: bytes, at: int) -> int:
    """Where the bytes of a stream begin after its dictionary; -1 where none follows."""
    found = _STREAM.match(data, skip_space(data, at))
    return found.end() if found else -1
