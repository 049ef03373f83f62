"""A PDF file: its cross-reference chain (ISO 32000-1, 7.5), objects, streams and embedded files."""
from __future__ import annotations

import re
import zlib
from typing import Any, Iterator, Optional

from .pdf_syntax import Reference, Stream, skip_space, stream_start, value_at
from .refusal import Refused, require

_OBJECT = re.compile(rb"(\d+)[\x00\t\n\f\r ]+(\d+)[\x00\t\n\f\r ]+obj")
_SECTION = re.compile(rb"[\x00\t\n\f\r ]*(\d+)[ ]+(\d+)[\x00\t\n\f\r ]*")
_ROW = re.compile(rb"(\d{10}) (\d{5}) ([nf])[\x00\t\n\f\r ]{1,2}")
_START = re.compile(rb"startxref[\x00\t\n\f\r ]+(\d+)[\x00\t\n\f\r ]+%%EOF[\x00\t\n\f\r ]*\Z")
#: No part of a report unpacks to more bytes than this.
LARGEST_STREAM = 1 << 30


class PdfFile:
    def __init__(self, data: bytes) -> None:
        self.data = data
        #: Object number → place in the file, or (number of the object stream, place in it); None for a free one.
        self.places: dict[int, Any] = {}
        self.trailer: dict = {}
        self._kept: dict[int, Any] = {}
        self._read_chain()
        require("Encrypt" not in self.trailer, "the PDF is encrypted")

    def _read_chain(self) -> None:
        found = _START.search(self.data, max(0, len(self.data) - 2048))
        if not found:
            raise Refused("the PDF does not end with the place of its cross-references")
        at: Optional[int] = int(found.group(1))
        seen: set = set()
        while at is not None:
            require(at not in seen and 0 <= at < len(self.data), "the PDF's cross-references go in a circle or out of the file")
            seen.add(at)
            trailer = self._table(at + 4) if self.data.startswith(b"xref", at) else self._reference_stream(at)
            self.trailer = self.trailer or trailer
            if isinstance(trailer.get("XRefStm"), int):
                self._reference_stream(trailer["XRefStm"])
            at = trailer.get("Prev")
            require(at is None or isinstance(at, int), "the PDF's cross-references are damaged")

    def _table(self, at: int) -> dict:
        section = _SECTION.match(self.data, at)
        while section:
            at = section.end()
            for number in range(int(section.group(1)), int(section.group(1)) + int(section.group(2))):
                row = _ROW.match(self.data, at)
                if not row:
                    raise Refused("the PDF's cross-reference table is damaged")
                self.places.setdefault(number, int(row.group(1)) if row.group(3) == b"n" else None)
                at = row.end()
            section = _SECTION.match(self.data, at)
        at = skip_space(self.data, at)
        require(self.data.startswith(b"trailer", at), "the PDF has no trailer")
        trailer, _ = value_at(self.data, at + 7)
        require(isinstance(trailer, dict), "the PDF has no trailer")
        return trailer

    def _reference_stream(self, at: int) -> dict:
        stream = self._object_at(at, None)
        require(isinstance(stream, Stream) and stream.entries.get("Type") == "XRef", "the PDF has no cross-references where it says")
        data, widths, size = self.content(stream), stream.entries["W"], stream.entries["Size"]
        index = stream.entries.get("Index", [0, size])
        require(len(widths) == 3 and len(index) % 2 == 0 and all(type(n) is int and 0 <= n < 1 << 31 for n in [*widths, *index]), "the PDF's cross-references are damaged")
        at = 0
        for first, count in zip(index[::2], index[1::2]):
            require((at + count * sum(widths)) <= len(data), "the PDF's cross-references are cut off")
            for number in range(first, first + count):
                fields = []
                for width in widths:
                    fields.append(int.from_bytes(data[at:at + width], "big"))
                    at += width
                kind = fields[0] if widths[0] else 1
                self.places.setdefault(number, fields[1] if kind == 1 else (fields[1], fields[2]) if kind == 2 else None)
        return stream.entries

    def _object_at(self, at: int, number: Optional[int]) -> Any:
        found = _OBJECT.match(self.data, at)
        if not found or (number is not None and int(found.group(1)) != number):
            raise Refused("an object of the PDF is not where its cross-references say")
        value, at = value_at(self.data, found.end())
        start = stream_start(self.data, at) if isinstance(value, dict) else -1
        if start < 0:
            return value
        length = self.resolved(value.get("Length"))
        require(type(length) is int and 0 <= length <= len(self.data) - start, "a stream of the PDF has no length")
        require(self.data.startswith(b"endstream", skip_space(self.data, start + length)), "a stream of the PDF is longer or shorter than it states")
        return Stream(value, self.data[start:start + length])

    def resolved(self, value: Any) -> Any:
        """The object a reference names; any other value as it is."""
        for _ in range(32):
            if not isinstance(value, Reference):
                return value
            value = self._object(value.number)
        raise Refused("the PDF refers in a circle")

    def _object(self, number: int) -> Any:
        if number not in self._kept:
            place = self.places.get(number)
            self._kept[number] = None
            self._kept[number] = None if place is None else self._packed(*place) if isinstance(place, tuple) else self._object_at(place, number)
        return self._kept[number]

    def _packed(self, container: int, place: int) -> Any:
        stream = self._object(container)
        require(isinstance(stream, Stream) and stream.entries.get("Type") == "ObjStm", "the PDF has no object stream where it says")
        data, at, first = self.content(stream), 0, stream.entries["First"]
        for i in range(place + 1):
            _, at = value_at(data, at)
            offset, at = value_at(data, at)
        return value_at(data, first + offset)[0]

    def content(self, stream: Stream) -> bytes:
        """Bytes of a stream with its filter undone; only Flate (zlib) is known."""
        filters = self.resolved(stream.entries.get("Filter"))
        filters = [filters] if filters is not None and not isinstance(filters, list) else filters or []
        parameters = self.resolved(stream.entries.get("DecodeParms"))
        parameters = self.resolved(parameters[0]) if isinstance(parameters, list) and parameters else parameters
        require(filters in ([], ["FlateDecode"]), "a stream of the PDF is packed in a way this verifier does not know")
        data = _inflated(stream.raw) if filters else stream.raw
        return _unpredicted(data, parameters) if filters and isinstance(parameters, dict) else data

    def root(self) -> dict:
        root = self.resolved(self.trailer.get("Root"))
        require(isinstance(root, dict), "the PDF has no catalogue")
        return root

    def member(self, entries: Any, *names: str) -> Any:
        """What stands under one name after another; None where one is missing."""
        for name in names:
            entries = self.resolved(entries.get(name)) if isinstance(entries, dict) else None
        return entries

    def embedded_files(self) -> Iterator[tuple[str, dict]]:
        """Names and file specifications of the name tree of embedded files."""
        nodes = [self.member(self.root(), "Names", "EmbeddedFiles")]
        for _ in range(10_000):
            if not nodes:
                return
            node = nodes.pop()
            nodes += [self.resolved(kid) for kid in self.member(node, "Kids") or []]
            pairs = self.member(node, "Names") or []
            for specification in map(self.resolved, pairs[1::2]):
                name = self.member(specification, "UF") or self.member(specification, "F")
                if isinstance(name, bytes):
                    yield (name[2:].decode("utf-16-be", "replace") if name[:2] == b"\xfe\xff" else name.decode("latin-1")), specification
        raise Refused("the PDF's embedded files go in a circle")


def _inflated(raw: bytes) -> bytes:
    worker = zlib.decompressobj()
    try:
        data = worker.decompress(raw, LARGEST_STREAM)
    except zlib.error as cause:
        raise Refused("a stream of the PDF cannot be unpacked") from cause
    require(worker.eof, "a stream of the PDF is cut off")
    return data


def _unpredicted(data: bytes, parameters: dict) -> bytes:
    """Undoes PNG prediction (ISO 32000-1, 7.4.4.4) of rows of single bytes."""
    predictor, columns = parameters.get("Predictor", 1), parameters.get("Columns", 1)
    if predictor == 1:
        return data
    require(predictor >= 10 and parameters.get("Colors", 1) == 1 and parameters.get("BitsPerComponent", 8) == 8, "a stream of the PDF is predicted in a way this verifier does not know")
    above, rows = bytearray(columns), []
    for at in range(0, len(data), columns + 1):
        kind, row = data[at], bytearray(data[at + 1:at + 1 + columns])
        require(kind <= 2 and len(row) == columns, "a stream of the PDF is predicted in a way this verifier does not know")
        for i in range(columns):
            row[i] = (row[i] + (0 if kind == 0 else above[i] if kind == 2 else row[i - 1] if i else 0)) & 255
        rows.append(bytes(row))
        above = row
    return b"".join(rows)
