"""Signed notes, checkpoints and co-signatures (C2SP signed-note, tlog-checkpoint, tlog-cosignature)."""
from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from typing import NamedTuple

from . import ed25519
from .canonical import LARGEST_INTEGER
from .encoding import from_base64
from .refusal import require

ED25519, COSIGNATURE = 0x01, 0x04
_SIZE = re.compile(r"[1-9][0-9]{0,15}\Z", re.ASCII)
_LINE = re.compile("— ([^ ]+) ([A-Za-z0-9+/=]+)\\Z")
_CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f]")


class SignatureLine(NamedTuple):
    name: str
    key_hash: bytes
    signature: bytes


class Checkpoint(NamedTuple):
    #: What is signed, final line feed included.
    text: str
    origin: str
    size: int
    root: bytes
    lines: tuple


def key_hash(name: str, kind: int, public_key: bytes) -> bytes:
    """The four bytes that name a key in a signature line."""
    return hashlib.sha256(name.encode("utf-8") + b"\n" + bytes([kind]) + public_key).digest()[:4]


def _signature_line(line: str) -> SignatureLine:
    found = _LINE.match(line)
    require(found is not None and "+" not in found.group(1) and not any(c.isspace() for c in found.group(1)), "a signature line of a checkpoint has another form")
    data = from_base64(found.group(2))
    require(len(data) > 4, "a signature line of a checkpoint is too short")
    return SignatureLine(found.group(1), data[:4], data[4:])


@lru_cache(maxsize=4096)
def read_checkpoint(note: str) -> Checkpoint:
    """A checkpoint of exactly origin, size and root, with its signature lines."""
    require(note.endswith("\n") and not _CONTROL.search(note), "a checkpoint is not a signed note")
    text, blank, signatures = note.rpartition("\n\n")
    require(bool(blank), "a checkpoint has no signature")
    body = text.split("\n")
    require(len(body) == 3 and body[0] != "", "a checkpoint has not exactly origin, size and root")
    require(_SIZE.match(body[1]) is not None and int(body[1]) <= LARGEST_INTEGER, "a checkpoint's size is no number above 0")
    root = from_base64(body[2])
    require(len(root) == 32, "a checkpoint's root is not 32 bytes")
    lines = tuple(_signature_line(line) for line in signatures[:-1].split("\n"))
    return Checkpoint(text + "\n", body[0], int(body[1]), root, lines)


def signed_by(checkpoint: Checkpoint, line: SignatureLine, public_key: bytes) -> bool:
    """Is the line the log's own signature by this key?"""
    return line.key_hash == key_hash(line.name, ED25519, public_key) and ed25519.verify(public_key, checkpoint.text.encode("utf-8"), line.signature)


def cosignature_time(line: SignatureLine) -> int:
    """Seconds since 1970 a co-signature line states."""
    require(len(line.signature) == 72, "a co-signature is not 72 bytes")
    return int.from_bytes(line.signature[:8], "big")


def cosigned_by(checkpoint: Checkpoint, line: SignatureLine, public_key: bytes) -> bool:
    """Is the line a co-signature ("cosignature/v1") by this key?"""
    if line.key_hash != key_hash(line.name, COSIGNATURE, public_key):
        return False
    message = f"cosignature/v1\ntime {cosignature_time(line)}\n{checkpoint.text}".encode("utf-8")
    return ed25519.verify(public_key, message, line.signature[8:])
