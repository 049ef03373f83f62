"""Compact JWS with EdDSA (RFC 7515, RFC 8037): the attestation of a signature."""
from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import Any, NamedTuple

from . import ed25519
from .canonical import read_json
from .encoding import from_base64url, to_base64url
from .refusal import Refused, require


class Attestation(NamedTuple):
    #: Names the key: its id, or its thumbprint of RFC 7638.
    key_name: object
    signed: bytes
    signature: bytes
    payload: dict

    def holds(self, key: bytes) -> bool:
        return ed25519.verify(key, self.signed, self.signature)


@lru_cache(maxsize=256)
def thumbprint(key: bytes) -> str:
    """RFC 7638 thumbprint of an Ed25519 key, base64url."""
    jwk = f'{{"crv":"Ed25519","kty":"OKP","x":"{to_base64url(key)}"}}'
    return to_base64url(hashlib.sha256(jwk.encode("ascii")).digest())


def _object(part: str) -> Any:
    try:
        value = read_json(from_base64url(part).decode("utf-8"))
    except UnicodeDecodeError as cause:
        raise Refused("an attestation is not UTF-8") from cause
    require(isinstance(value, dict), "an attestation holds no object")
    return value


@lru_cache(maxsize=4096)
def read_attestation(text: str) -> Attestation:
    """Takes a compact JWS apart; header `alg` must be EdDSA and nothing in it critical."""
    parts = text.split(".")
    require(len(parts) == 3, "an attestation has not three parts")
    header = _object(parts[0])
    require(header.get("alg") == "EdDSA" and "crit" not in header and "b64" not in header, "an attestation is not signed with EdDSA alone")
    payload, signature = _object(parts[1]), from_base64url(parts[2])
    return Attestation(header.get("kid"), f"{parts[0]}.{parts[1]}".encode("ascii"), signature, payload)
