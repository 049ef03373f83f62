"""A passkey's assertion (Web Authentication Level 3, 7.2) over the digest of a statement, checked without any server."""
from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from typing import Any

from . import ed25519, p256, rsa
from .canonical import parse
from .encoding import from_base64url, to_base64url
from .refusal import Refused, require

USER_PRESENT, USER_VERIFIED = 0x01, 0x04
_ORIGIN = re.compile(r"(https|http)://([a-z0-9.-]+|\[[0-9a-f:]+\])(:[0-9]{1,5})?\Z", re.ASCII)


def _cbor(data: bytes, at: int, depth: int = 0) -> tuple[Any, int]:
    """One item of the part of CBOR a COSE key uses: integers, byte and text strings, maps (RFC 8949), lengths in shortest form."""
    require(at < len(data) and depth < 4, "a public key is cut off")
    kind, size, at = data[at] >> 5, data[at] & 31, at + 1
    require(size < 28, "a public key holds something of no definite length")
    if size >= 24:
        extra = 1 << (size - 24)
        require(at + extra <= len(data), "a public key is cut off")
        size, at = int.from_bytes(data[at:at + extra], "big"), at + extra
        require(size >= (24 if extra == 1 else 1 << (4 * extra)), "a public key is not in CTAP2's canonical form")
    if kind in (0, 1):
        return (size if kind == 0 else -1 - size), at
    if kind in (2, 3):
        require(at + size <= len(data), "a public key is cut off")
        return data[at:at + size], at + size
    require(kind == 5 and size <= 16, "a public key holds something a COSE key does not")
    found: dict = {}
    for _ in range(size):
        name, at = _cbor(data, at, depth + 1)
        require(name not in found, "a public key names something twice")
        found[name], at = _cbor(data, at, depth + 1)
    return found, at


def _cose_key(data: bytes) -> dict:
    key, end = _cbor(data, 0)
    require(isinstance(key, dict) and end == len(data), "a public key is no COSE key")
    return key


def _signed(key: dict, message: bytes, signature: bytes) -> bool:
    kind, algorithm, curve, x, y = (key.get(label) for label in (1, 3, -1, -2, -3))
    if (kind, algorithm, curve) == (2, -7, 1) and isinstance(x, bytes) and isinstance(y, bytes) and len(x) == len(y) == 32:
        return p256.verify(int.from_bytes(x, "big"), int.from_bytes(y, "big"), message, signature)
    if (kind, algorithm, curve) == (1, -8, 6) and isinstance(x, bytes):
        return ed25519.verify(x, message, signature)
    # Of an RSA key, label -1 holds the modulus and -2 the exponent (RFC 8230 4).
    if (kind, algorithm) == (3, -257) and isinstance(curve, bytes) and isinstance(x, bytes):
        return rsa.verify_pkcs1(int.from_bytes(curve, "big"), int.from_bytes(x, "big"), message, signature)
    raise Refused("a passkey is of another algorithm than ES256, EdDSA, RS256")


def _relying_party_fits(origin: str, hashed: bytes) -> bool:
    """Is the hashed name the origin's host or a parent domain of it, and the origin one a browser gives passkeys to?"""
    found = _ORIGIN.match(origin)
    if not found or (found.group(1) == "http" and found.group(2) != "localhost"):
        return False
    labels = found.group(2).split(".")
    return any(hashlib.sha256(".".join(labels[i:]).encode()).digest() == hashed for i in range(len(labels)))


@lru_cache(maxsize=4096)
def check_assertion(credential_id: str, public_key: str, authenticator_data: str, client_data: str, signature: str, digest: str) -> None:
    """Refuses an assertion that does not prove a present, verified person over exactly this digest."""
    require(len(from_base64url(credential_id)) > 0, "a passkey has no name")
    authenticator, client = from_base64url(authenticator_data), from_base64url(client_data)
    try:
        said, _ = parse(client.decode("utf-8"))
    except UnicodeDecodeError as cause:
        raise Refused("what the browser signed is not UTF-8") from cause
    require(isinstance(said, dict) and said.get("type") == "webauthn.get", "a passkey's answer is not to a challenge")
    require(said.get("challenge") == to_base64url(bytes.fromhex(digest)), "a passkey answered another challenge than the statement's digest")
    origin = said.get("origin")
    require(len(authenticator) >= 37, "a passkey's answer is cut off")
    require(isinstance(origin, str) and said.get("crossOrigin", False) is False and _relying_party_fits(origin, authenticator[:32]), "a passkey was used on another site than its own")
    require(authenticator[32] & USER_PRESENT != 0 and authenticator[32] & USER_VERIFIED != 0, "a passkey did not verify its user")
    message = authenticator + hashlib.sha256(client).digest()
    require(_signed(_cose_key(from_base64url(public_key)), message, from_base64url(signature)), "a passkey's signature does not hold")
