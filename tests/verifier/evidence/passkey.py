"""A passkey's assertion (Web Authentication Level 3, 7.2) over the digest of a statement, checked without any server."""
from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from typing import NamedTuple, Union

from . import ed25519, p256, rsa
from .canonical import read_json
from .encoding import from_base64url, to_base64url
from .refusal import Refused, require

USER_PRESENT, USER_VERIFIED, CREDENTIAL_DATA, EXTENSION_DATA = 0x01, 0x04, 0x40, 0x80
_ORIGIN = re.compile(r"https?://([a-z0-9.-]+)(?::[0-9]{1,5})?\Z")
_INTEGER, _NEGATIVE, _BYTES, _MAP = 0, 1, 2, 5


class Passkey(NamedTuple):
    """What the attestation of a signature has to name of the passkey that gave it."""
    credentialId: str
    origin: str
    publicKeyDigest: str


def _head(data: bytes, at: int) -> tuple[int, int, int]:
    """Kind and argument of a CBOR item (RFC 8949 3), in its shortest form and below 65,536, and the place after its head."""
    require(at < len(data), "a public key is cut off")
    kind, argument, at = data[at] >> 5, data[at] & 31, at + 1
    require(argument < 26, "a public key holds something of no definite or of too great a length")
    if argument >= 24:
        size = argument - 23
        require(at + size <= len(data), "a public key is cut off")
        argument, at = int.from_bytes(data[at:at + size], "big"), at + size
        require(argument >= (24 if size == 1 else 256), "a public key is not in its shortest form")
    return kind, argument, at


def _item(data: bytes, at: int) -> tuple[Union[int, bytes], int]:
    kind, argument, at = _head(data, at)
    if kind == _BYTES:
        require(at + argument <= len(data), "a public key is cut off")
        return data[at:at + argument], at + argument
    require(kind in (_INTEGER, _NEGATIVE), "a public key holds more than integers and byte strings")
    return (argument if kind == _INTEGER else -1 - argument), at


def _cose_key(data: bytes) -> dict:
    kind, size, at = _head(data, 0)
    require(kind == _MAP, "a public key is no COSE key")
    key: dict = {}
    for _ in range(size):
        name, at = _item(data, at)
        require(isinstance(name, int) and name not in key, "a public key names something twice, or by bytes")
        key[name], at = _item(data, at)
    require(at == len(data), "something follows a public key")
    return key


def _signed(key: dict, message: bytes, signature: bytes) -> bool:
    kind, algorithm, first, second, third = (key.get(label) for label in (1, 3, -1, -2, -3))
    if (kind, algorithm, first) == (2, -7, 1) and isinstance(second, bytes) and isinstance(third, bytes) and len(second) == len(third) == 32:
        return p256.verify(int.from_bytes(second, "big"), int.from_bytes(third, "big"), message, signature)
    if (kind, algorithm, first) == (1, -8, 6) and isinstance(second, bytes):
        return ed25519.verify(second, message, signature)
    # Of an RSA key, label -1 holds the modulus and -2 the exponent (RFC 8230 4).
    if (kind, algorithm) == (3, -257) and isinstance(first, bytes) and isinstance(second, bytes):
        return rsa.verify_pkcs1(int.from_bytes(first, "big"), int.from_bytes(second, "big"), message, signature)
    raise Refused("a passkey is of another algorithm than ES256, EdDSA, RS256")


def _origin(client: bytes, digest: str) -> tuple[str, str]:
    """Origin and host of a browser's answer to the challenge that is this digest."""
    try:
        said = read_json(client.decode("utf-8"))
    except UnicodeDecodeError as cause:
        raise Refused("what the browser signed is not UTF-8") from cause
    require(isinstance(said, dict) and said.get("type") == "webauthn.get", "a passkey's answer is not to a challenge")
    require(said.get("challenge") == to_base64url(bytes.fromhex(digest)), "a passkey answered another challenge than the statement's digest")
    found = _ORIGIN.match(said["origin"]) if isinstance(said.get("origin"), str) else None
    require(found is not None and said.get("crossOrigin") is not True and "topOrigin" not in said, "a passkey was used within another site")
    assert found is not None
    return found.group(), found.group(1)


@lru_cache(maxsize=4096)
def check_assertion(credential_id: str, public_key: str, authenticator_data: str, client_data: str, signature: str, digest: str) -> Passkey:
    """The passkey of an assertion by a present, verified person over exactly this digest; anything else is refused."""
    authenticator, client, cose = from_base64url(authenticator_data), from_base64url(client_data), from_base64url(public_key)
    origin, host = _origin(client, digest)
    require(len(authenticator) >= 37, "a passkey's answer is cut off")
    flags = authenticator[32]
    require(len(authenticator) == 37 or flags & (CREDENTIAL_DATA | EXTENSION_DATA) != 0, "a passkey's answer is too long")
    require(authenticator[:32] == hashlib.sha256(host.encode("ascii")).digest(), "a passkey was used on another site than its own")
    require(flags & USER_PRESENT != 0 and flags & USER_VERIFIED != 0, "a passkey did not verify its user")
    message = authenticator + hashlib.sha256(client).digest()
    require(_signed(_cose_key(cose), message, from_base64url(signature)), "a passkey's signature does not hold")
    return Passkey(credential_id, origin, hashlib.sha256(cose).hexdigest())
