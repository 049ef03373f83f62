"""Signatures: what was signed, in what order, who attested it, and the entries that tell of it."""
from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple, Optional

from .canonical import read_canonical, read_json, tagged_digest
from .encoding import milliseconds
from .entries import readable_entries
from .jws import Attestation, read_attestation, thumbprint
from .passkey import check_assertion
from .refusal import Refused, require

if TYPE_CHECKING:
    from .bundle import Bundle
    from .register import Key

SIGNING_EVENTS = ("record.signed", "signature.withdrawn")
_DIGEST = re.compile(r"[0-9a-f]{64}\Z")


class Signed(NamedTuple):
    """What a signature is on: kind and id of the record, and whose it is."""
    kind: str
    id: str
    owner: str


def same(said: Any, wanted: Any) -> bool:
    """Equal, and of one type: True is not 1."""
    return type(said) is type(wanted) and said == wanted


def _statement(of: Signed, listed: dict[str, Any], before: Optional[str]) -> dict[str, Any]:
    place = f"signature {listed['ordinal']}"
    require(tagged_digest("EBRSIG/1", listed["statement"]) == listed["digest"], f"{place} has another digest than its statement")
    said = read_canonical(listed["statement"])
    require(isinstance(said, dict) and said.get("format") == "EBRSIG/1" and said.get("recordType") == of.kind, f"{place} holds no statement on a {of.kind}")
    require(said.get("recordId") == of.id and said.get("site") == of.owner, f"{place} was given on another record")
    require(isinstance(said.get("recordDigest"), str) and _DIGEST.match(said["recordDigest"]) is not None, f"{place} names no record digest")
    require("previousDigest" in said and said["previousDigest"] == before, f"{place} does not follow the one before it")
    require(("withdraws" in said) == (said.get("meaning") == "withdrawn") and same(said.get("withdraws"), listed["withdraws"]), f"{place} withdraws another signature than it states")
    require(listed["withdraws"] is None or 1 <= listed["withdraws"] < listed["ordinal"], f"{place} withdraws none before it")
    return said


def _vouches(key: Key, attestation: Attestation, story: bool, at: int) -> bool:
    """Is this the key the attestation names, and was it valid then? Its beginning is not asked of what is older than the register."""
    old = attestation.key_name == thumbprint(key.public)
    return (old or attestation.key_name == key.id) and (key.not_ended_at(at) if old or story else key.valid_at(at))


def _attested(bundle: Bundle, listed: dict[str, Any]) -> dict[str, Any]:
    """What the attestation of a signature says."""
    place = f"signature {listed['ordinal']}"
    attestation, at = read_attestation(listed["attestation"]), milliseconds(listed["signedAt"])
    require(all(attestation.payload.get(name) == listed[name] for name in ("digest", "signedAt", "method")), f"the attestation of {place} says another digest, time or method")
    keys = [key for key in bundle.register.signing("attestation") if _vouches(key, attestation, listed["method"] == "story", at)]
    require(any(attestation.holds(key.public) for key in keys), f"no attestation key valid at the time attests {place}")
    return attestation.payload


def _proved(listed: dict[str, Any], payload: dict[str, Any]) -> None:
    assertion, place = listed["assertion"], f"signature {listed['ordinal']}"
    require((assertion is not None) == (listed["method"] == "passkey"), f"{place} has a passkey's answer and another method, or none and that method")
    if assertion is None:
        return
    passkey = check_assertion(assertion["credentialId"], assertion["publicKey"], assertion["authenticatorData"], assertion["clientDataJson"], assertion["signature"], listed["digest"])
    evidence = payload.get("evidence")
    require(isinstance(evidence, dict) and all(evidence.get(name) == value for name, value in passkey._asdict().items()), f"the attestation of {place} names another passkey or origin")


def _told(listed: dict[str, Any], meaning: Any, entry: dict[str, Any]) -> bool:
    """Is this the entry of the signature's act?"""
    wanted = {"signatureDigest": listed["digest"], "ordinal": listed["ordinal"], "method": listed["method"]}
    wanted.update({"meaning": meaning} if listed["withdraws"] is None else {"withdraws": listed["withdraws"]})
    event = SIGNING_EVENTS[0 if listed["withdraws"] is None else 1]
    return entry["event"] == event and all(same(entry["detail"].get(name), value) for name, value in wanted.items())


def is_row(entry: dict[str, Any]) -> bool:
    return entry["event"] == "row.created" and entry["subjectType"] == "signatures"


def created(record_id: str, listed: dict[str, Any], entry: dict[str, Any]) -> bool:
    """Is this the entry of the row that holds the signature?"""
    subject = f"{record_id}/{listed['ordinal']}"
    if entry["subjectId"] != subject or not isinstance(entry["detail"].get("new"), str):
        return False
    try:
        row = read_json(entry["detail"]["new"])
    except Refused:
        return False
    return isinstance(row, dict) and row.get("digest") == listed["digest"]


def chained(bundle: Bundle, listed: list[dict[str, Any]], of: Signed) -> list[dict[str, Any]]:
    """What the signatures on one record state, each in its place, attested and proved."""
    before, stated = None, []
    for place, signature in enumerate(listed, 1):
        require(signature["ordinal"] == place, "the signatures are not 1, 2, 3 … without a gap")
        stated.append(_statement(of, signature, before))
        before = signature["digest"]
        _proved(signature, _attested(bundle, signature))
    return stated


def signatures(bundle: Bundle) -> tuple[int, str]:
    listed, entries = bundle.content["signatures"], readable_entries(bundle)
    batch = bundle.manifest["batchId"]
    acts, rows, covering = [entry for entry in entries if entry["event"] in SIGNING_EVENTS], [entry for entry in entries if is_row(entry)], 0
    for signature, said in zip(listed, chained(bundle, listed, Signed("batch", batch, bundle.manifest["siteId"]))):
        place = signature["ordinal"]
        made = [entry for entry in rows if created(batch, signature, entry)]
        require(len(made) == 1, f"signature {place} has {len(made)} entries of its row, not one")
        told = [entry for entry in acts if _told(signature, said.get("meaning"), entry)]
        wanted = 0 if signature["method"] == "story" else 1
        require(len(told) == wanted, f"signature {place} has {len(told)} entries of its act, not {wanted}")
        acts = [entry for entry in acts if entry not in told]
        rows = [entry for entry in rows if entry not in made]
        covering += said["recordDigest"] == bundle.manifest["recordDigest"]
    require(not acts and not rows, "an entry tells of a signature that is not there")
    return len(listed), f"signatures, chained and attested; {covering} of them cover the record as exported"
