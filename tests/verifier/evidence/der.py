"""Distinguished encoding rules (X.690), as much of them as signatures, certificates and CMS need."""
from __future__ import annotations

from typing import NamedTuple

from .refusal import Refused, require

INTEGER, BIT_STRING, OCTET_STRING, NULL, OBJECT_ID, SEQUENCE, SET = 0x02, 0x03, 0x04, 0x05, 0x06, 0x30, 0x31


class Element(NamedTuple):
    tag: int
    content: bytes
    #: The element with its tag and length, as it stands in the file.
    whole: bytes


def _read(data: bytes, at: int) -> tuple[Element, int]:
    require(at + 2 <= len(data), "an ASN.1 element is cut off")
    tag, length, start = data[at], data[at + 1], at + 2
    require(tag & 0x1F != 0x1F, "an ASN.1 tag of several bytes")
    if length >= 0x80:
        size = length & 0x7F
        require(1 <= size <= 4 and start + size <= len(data), "an ASN.1 length is not definite")
        length = int.from_bytes(data[start:start + size], "big")
        require(length >= 0x80 and length >> (8 * (size - 1)) > 0, "an ASN.1 length is longer than it need be")
        start += size
    end = start + length
    require(end <= len(data), "an ASN.1 element is cut off")
    return Element(tag, data[start:end], data[at:end]), end


def first(data: bytes) -> Element:
    """The element at the start; what follows it is not looked at."""
    return _read(data, 0)[0]


def one(data: bytes, tag: int) -> Element:
    """The one element that fills the data."""
    element, end = _read(data, 0)
    require(end == len(data) and element.tag == tag, "not the ASN.1 element expected")
    return element


def children(element: Element) -> list[Element]:
    found, at = [], 0
    while at < len(element.content):
        child, at = _read(element.content, at)
        found.append(child)
    return found


def positive_integer(element: Element) -> int:
    """A non-negative integer in its shortest form."""
    data = element.content
    require(element.tag == INTEGER and len(data) > 0 and data[0] < 0x80, "not a positive ASN.1 integer")
    require(len(data) == 1 or data[0] > 0 or data[1] >= 0x80, "an ASN.1 integer is longer than it need be")
    return int.from_bytes(data, "big")


def object_id(element: Element) -> str:
    require(element.tag == OBJECT_ID and len(element.content) > 0, "not an ASN.1 object identifier")
    numbers, value = [], 0
    for byte in element.content:
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            numbers.append(value)
            value = 0
    head = min(numbers[0] // 40, 2)
    return ".".join(map(str, [head, numbers[0] - 40 * head, *numbers[1:]]))


def octets_of_bit_string(element: Element) -> bytes:
    if element.tag != BIT_STRING or element.content[:1] != b"\x00":
        raise Refused("not an ASN.1 bit string of whole bytes")
    return element.content[1:]


def encode(tag: int, content: bytes) -> bytes:
    size = len(content)
    length = bytes([size]) if size < 0x80 else bytes([0x80 | (size.bit_length() + 7) // 8]) + size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag]) + length + content


def integer(value: int) -> bytes:
    return encode(INTEGER, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def sequence(*parts: bytes) -> bytes:
    return encode(SEQUENCE, b"".join(parts))
