"""The members a bundle has, no more and no fewer (docs/evidence-format.md)."""
from __future__ import annotations

import re
from typing import Any, Callable

from .canonical import LARGEST_INTEGER
from .encoding import from_base64, from_base64url, milliseconds
from .refusal import require

#: Says nothing, or refuses the value found at a place of the bundle.
Form = Callable[[Any, str], None]

_HEX = re.compile(r"[0-9a-f]{64}\Z")
_KEY_ID = re.compile(r"[0-9a-f]{16}\Z")


def text(value: Any, place: str) -> None:
    require(isinstance(value, str), f"{place} is no text")


def digest(value: Any, place: str) -> None:
    require(isinstance(value, str) and _HEX.match(value) is not None, f"{place} is no digest")


def key_id(value: Any, place: str) -> None:
    require(isinstance(value, str) and _KEY_ID.match(value) is not None, f"{place} is no key id")


def day(value: Any, place: str) -> None:
    text(value, place)
    milliseconds(f"{value}T00:00:00.000Z")


def time(value: Any, place: str) -> None:
    text(value, place)
    milliseconds(value)


def count(value: Any, place: str) -> None:
    require(type(value) is int and 0 <= value <= LARGEST_INTEGER, f"{place} is no number from 0 to 2^53 - 1")


def base64(value: Any, place: str) -> None:
    text(value, place)
    from_base64(value)


def base64url(value: Any, place: str) -> None:
    text(value, place)
    from_base64url(value)


def bytes_in_base64(size: int) -> Form:
    def check(value: Any, place: str) -> None:
        text(value, place)
        require(len(from_base64(value)) == size, f"{place} is not {size} bytes")
    return check


def one_of(*values: str) -> Form:
    return lambda value, place: require(value in values, f"{place} is none of {', '.join(values)}")


def nullable(form: Form) -> Form:
    return lambda value, place: None if value is None else form(value, place)


def list_of(form: Form) -> Form:
    def check(value: Any, place: str) -> None:
        require(isinstance(value, list), f"{place} is no list")
        for i, item in enumerate(value):
            form(item, f"{place}[{i}]")
    return check


def members(**forms: Form) -> Form:
    def check(value: Any, place: str) -> None:
        require(isinstance(value, dict), f"{place} is no object")
        require(value.keys() == forms.keys(), f"{place} lacks or adds {', '.join(sorted(value.keys() ^ forms.keys())[:3])}")
        for name, form in forms.items():
            form(value[name], f"{place}.{name}")
    return check


def _counts(*added: str) -> Form:
    return members(entries=count, signatures=count, segments=count, readings=count, checkpoints=count, keys=count, proofs=count, **{name: count for name in added})


def _manifest(counts: Form) -> Form:
    return members(
        batchId=text, siteId=text, siteName=text, zone=text, exportedAt=time, exportedBy=members(id=text, name=text, role=text), copy=count, reason=text, recordDigest=digest,
        counts=counts, filter=text, contentDigest=digest,
    )


_hash = bytes_in_base64(32)
_assertion = members(credentialId=base64url, publicKey=base64url, authenticatorData=base64url, clientDataJson=base64url, signature=base64url)
_signatures = list_of(members(ordinal=count, statement=text, digest=digest, method=one_of("identity-provider", "passkey", "story"), signedAt=time, attestation=text, assertion=nullable(_assertion), withdraws=nullable(count)))
_entries = list_of(members(position=count, canonical=text, proof=list_of(_hash)))
_content = {
    "record": text,
    "segments": list_of(members(tag=text, unitId=text, day=day, readings=count, digest=digest, text=text)),
    "signatures": _signatures,
    "entries": _entries,
    "checkpoints": list_of(members(note=text)),
    "consistency": list_of(_hash),
    "keys": list_of(members(id=key_id, owner=text, purpose=one_of("attestation", "ledger", "seal"), name=text, algorithm=one_of("Ed25519", "RSA-3072"), publicKey=base64, validFrom=time, validTo=nullable(time))),
}
#: What EBRBUNDLE/2 has beyond EBRBUNDLE/1.
_added = {
    "documents": list_of(members(kind=one_of("exception-configuration", "master", "overlay"), id=text, digest=digest, text=text, signatures=_signatures)),
    "files": list_of(members(digest=digest, size=count, content=base64)),
    "related": list_of(members(owner=text, note=text, entries=_entries)),
}
_seal = members(keyId=key_id, signature=bytes_in_base64(64))
_forms = {
    "EBRBUNDLE/1": members(format=text, manifest=_manifest(_counts()), content=members(**_content), seal=_seal),
    "EBRBUNDLE/2": members(format=text, manifest=_manifest(_counts(*_added)), content=members(**_content, **_added), seal=_seal),
}


def bundle(value: Any, place: str) -> None:
    """The form of a whole bundle, as its format says."""
    require(isinstance(value, dict), f"{place} is no object")
    form = _forms.get(value["format"]) if isinstance(value.get("format"), str) else None
    require(form is not None, f"{place} is of no known format")
    assert form is not None
    form(value, place)
