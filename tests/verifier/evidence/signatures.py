"""Signatures: what was signed, in what order, who attested it, and the entries that tell of it."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Optional

from .canonical import parse, read_canonical, tagged_digest
from .encoding import milliseconds
from .entries import readable_entries
from .jws import read_attestation
from .passkey import check_assertion
from .refusal import Refused, require

if TYPE_CHECKING:
    from .bundle import Bundle

SIGNING_EVENTS = ("record.signed", "signature.withdrawn")


def _statement(bundle: Bundle, listed: dict[str, Any], before: Optional[str]) -> dict[str, Any]:
    place = f"signature {listed['ordinal']}"
    require(tagged_digest("EBRSIG/1", listed["statement"]) == listed["digest"], f"{place} has another digest than its statement")
    said = read_canonical(listed["statement"])
    require(isinstance(said, dict) and said.get("format") == "EBRSIG/1" and said.get("recordType") == "batch", f"{place} holds no statement on a batch")
    require(said.get("recordId") == bundle.manifest["batchId"] and said.get("site") == bundle.manifest["siteId"], f"{place} was given on another record")
    require("previousDigest" in said and said["previousDigest"] == before, f"{place} does not follow the one before it")
    return said


def _attested(bundle: Bundle, listed: dict[str, Any]) -> None:
    place = f"signature {listed['ordinal']}"
    attestation = read_attestation(listed["attestation"])
    same = all(attestation.payload.get(name) == listed[name] for name in ("digest", "signedAt", "method"))
    require(same, f"the attestation of {place} says another digest, time or method")
    at = milliseconds(listed["signedAt"])
    keys = [key for key in bundle.register.of("attestation") if key.valid_at(at)]
    require(any(attestation.holds(key.public) for key in keys), f"no attestation key valid at the time attests {place}")


def _proved(listed: dict[str, Any]) -> None:
    assertion = listed["assertion"]
    require((assertion is not None) == (listed["method"] == "passkey"), f"signature {listed['ordinal']} has a passkey's answer and another method, or none and that method")
    if assertion is not None:
        check_assertion(assertion["credentialId"], assertion["publicKey"], assertion["authenticatorData"], assertion["clientDataJson"], assertion["signature"], listed["digest"])


def _told(listed: dict[str, Any], entry: dict[str, Any]) -> bool:
    """Is this the entry of the signature's act?"""
    detail, withdraws = entry["detail"], listed["withdraws"]
    event = "record.signed" if withdraws is None else "signature.withdrawn"
    wanted = {"ordinal": listed["ordinal"], "signatureDigest": listed["digest"], "method": listed["method"]}
    if withdraws is not None:
        wanted["withdraws"] = withdraws
    return entry.get("event") == event and all(type(detail.get(name)) is type(value) and detail[name] == value for name, value in wanted.items())


def _created(listed: dict[str, Any], entry: dict[str, Any]) -> bool:
    """Is this the entry of the row that holds the signature?"""
    if entry.get("event") != "row.created" or entry.get("subjectType") != "signatures" or not isinstance(entry["detail"].get("new"), str):
        return False
    try:
        row, _ = parse(entry["detail"]["new"])
    except Refused:
        return False
    return isinstance(row, dict) and row.get("digest") == listed["digest"] and row.get("ordinal") == listed["ordinal"]


def signatures(bundle: Bundle) -> tuple[int, str]:
    listed, batch = bundle.content["signatures"], bundle.manifest["batchId"]
    require([signature["ordinal"] for signature in listed] == list(range(1, len(listed) + 1)), "the signatures are not 1, 2, 3 … without a gap")
    told = [entry for entry in readable_entries(bundle) if entry.get("batchId") == batch]
    acts = [entry for entry in told if entry.get("event") in SIGNING_EVENTS]
    before, covering, matched = None, 0, 0
    for signature in listed:
        said = _statement(bundle, signature, before)
        before = signature["digest"]
        require(signature["withdraws"] is None or signature["withdraws"] < signature["ordinal"], f"signature {signature['ordinal']} withdraws none before it")
        _attested(bundle, signature)
        _proved(signature)
        story = signature["method"] == "story"
        entries = sum(1 for entry in (told if story else acts) if (_created if story else _told)(signature, entry))
        require(entries == 1, f"signature {signature['ordinal']} has {entries} entries that tell of it, not one")
        matched += 0 if story else 1
        covering += said.get("recordDigest") == bundle.manifest["recordDigest"]
    require(len(acts) == matched, "an entry tells of a signature that is not there")
    return len(listed), f"signatures, chained and attested; {covering} of them cover the record as exported"
