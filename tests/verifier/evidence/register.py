"""The register of keys a bundle carries: who may vouch for what, and when."""
from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import Any, Iterator, NamedTuple, Optional

from .canonical import write
from .encoding import from_base64, milliseconds


class Key(NamedTuple):
    id: str
    owner: str
    purpose: str
    name: str
    algorithm: str
    public: bytes
    valid_from: int
    valid_to: Optional[int]

    def valid_at(self, at: int) -> bool:
        """Is the time, milliseconds since 1970, within the validity, both ends included?"""
        return self.valid_from <= at and self.not_ended_at(at)

    def not_ended_at(self, at: int) -> bool:
        return self.valid_to is None or at <= self.valid_to


@lru_cache(maxsize=1024)
def _public_bytes(text: str) -> bytes:
    return from_base64(text)


class Register:
    def __init__(self, listed: list[dict[str, Any]]) -> None:
        self.fingerprint = fingerprint(listed)
        self.fault: Optional[str] = None
        self.keys: list[Key] = []
        for entry in listed:
            self._take(entry)
        if self.fault is None and any(a.id >= b.id for a, b in zip(self.keys, self.keys[1:])):
            self.fault = "the keys are not in order of their ids, or one is listed twice"

    def _take(self, entry: dict[str, Any]) -> None:
        """A key whose id or length does not fit is a fault of the register, which `seal` reports; the other checks judge for themselves."""
        public = _public_bytes(entry["publicKey"])
        if hashlib.sha256(public).hexdigest()[:16] != entry["id"]:
            self.fault = self.fault or f"{entry['id']} is not the id of its key's bytes"
        if entry["algorithm"] == "Ed25519" and len(public) != 32:
            self.fault = self.fault or f"key {entry['id']} is not 32 bytes"
        valid_to = None if entry["validTo"] is None else milliseconds(entry["validTo"])
        self.keys.append(Key(entry["id"], entry["owner"], entry["purpose"], entry["name"], entry["algorithm"], public, milliseconds(entry["validFrom"]), valid_to))

    def signing(self, purpose: str) -> Iterator[Key]:
        """Ed25519 keys of a purpose."""
        return (key for key in self.keys if key.purpose == purpose and key.algorithm == "Ed25519")

    def seals(self) -> Iterator[Key]:
        """Certificates that seal documents."""
        return (key for key in self.keys if key.purpose == "seal" and key.algorithm == "RSA-3072")


def fingerprint(listed: list[dict[str, Any]]) -> str:
    """SHA-256 over RFC 8785 of the [id, publicKey] pairs by id, lower-case hex."""
    pairs = sorted([key["id"], key["publicKey"]] for key in listed)
    return hashlib.sha256(write(pairs).encode("utf-8")).hexdigest()
