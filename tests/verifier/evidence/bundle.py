"""What is checked of a bundle, in the order of docs/evidence-format.md. Nothing here reads files, clocks or networks."""
from __future__ import annotations

from typing import Callable, NamedTuple, Optional

from . import ed25519, shape
from .canonical import parse, read_canonical, tagged_digest, write_plain
from .checkpoints import checkpoints, times
from .documents import documents
from .encoding import from_base64, milliseconds
from .entries import entries, segments
from .files import files
from .refusal import Refused, require
from .register import Register
from .related import related
from .signatures import signatures

NAMES = ("container", "seal", "record", "documents", "files", "segments", "signatures", "entries", "related", "checkpoints", "times")


class Check(NamedTuple):
    name: str
    count: int
    holds: bool
    finding: str


class Report(NamedTuple):
    checks: tuple
    fingerprint: str
    trusted: bool

    @property
    def verified(self) -> bool:
        """Everything holds, and there was something to hold: entries with their proofs, and checkpoints."""
        counted = {check.name: check.count for check in self.checks}
        return all(check.holds for check in self.checks) and counted.get("entries", 0) > 0 and counted.get("checkpoints", 0) > 0


class Bundle(NamedTuple):
    """A bundle of the right shape, and what its bytes showed."""
    format: str
    manifest: dict
    content: dict
    seal: dict
    register: Register

    @property
    def exported_at(self) -> int:
        return milliseconds(self.manifest["exportedAt"])


def read(data: bytes) -> Bundle:
    """Takes a file apart. Refuses other bytes than a writer of RFC 8785 makes, and another shape than the bundle's."""
    try:
        value, canonical = parse(data.decode("utf-8"))
    except UnicodeDecodeError as cause:
        raise Refused("the file is not UTF-8") from cause
    require(canonical, "the file's bytes are not those a writer of RFC 8785 makes of its content")
    shape.bundle(value, "bundle")
    return Bundle(value["format"], value["manifest"], value["content"], value["seal"], Register(value["content"]["keys"]))


def container(bundle: Bundle) -> tuple[int, str]:
    content, counts = bundle.content, bundle.manifest["counts"]
    found = {name: len(content[name]) for name in ("entries", "signatures", "segments", "checkpoints", "keys")}
    about = sum(len(group["entries"]) for group in content.get("related", []))
    found.update(readings=sum(segment["readings"] for segment in content["segments"]), proofs=len(content["entries"]) + about)
    if "related" in content:
        found.update(documents=len(content["documents"]), files=len(content["files"]), related=about)
    wrong = [name for name in sorted(found) if found[name] != counts[name]]
    require(counts["entries"] > 0 and counts["checkpoints"] > 0, "there is no entry or no checkpoint")
    require(not wrong, "; ".join(f"{counts[name]} {name} are stated and {found[name]} are there" for name in wrong))
    require(tagged_digest("EBRBUN/1", write_plain(content)) == bundle.manifest["contentDigest"], "the content has another digest than the manifest states")
    return 1, "file in canonical form, with the counts and the content digest the manifest states"


def seal(bundle: Bundle, trust: Optional[str]) -> tuple[int, str]:
    register = bundle.register
    require(register.fault is None, str(register.fault))
    key = next((key for key in register.signing("attestation") if key.id == bundle.seal["keyId"]), None)
    require(key is not None, "the register has no attestation key of the seal's id")
    assert key is not None
    require(key.valid_at(bundle.exported_at), "the key of the seal was not valid when the bundle was exported")
    message = f"EBRSEAL/1\n{write_plain(bundle.manifest)}".encode("utf-8")
    require(ed25519.verify(key.public, message, from_base64(bundle.seal["signature"])), "the seal's signature does not hold")
    require(trust is None or trust == register.fingerprint, f"the register is not the trusted one: its fingerprint is {register.fingerprint}")
    vouched = "of the trusted register" if trust else f"and nothing vouches for the keys but this file: compare the fingerprint {register.fingerprint}"
    return 1, f"seal by key {key.id}, valid at the export, {vouched}"


def record(bundle: Bundle) -> tuple[int, str]:
    text, manifest = bundle.content["record"], bundle.manifest
    require(tagged_digest("EBRREC/1", text) == manifest["recordDigest"], "the record has another digest than the manifest states")
    value = read_canonical(text)
    batch = value.get("batch") if isinstance(value, dict) else None
    require(isinstance(batch, dict) and value.get("format") == "EBRREC/1", "the record is no EBRREC/1")
    assert isinstance(batch, dict)
    require(batch.get("id") == manifest["batchId"] and batch.get("siteId") == manifest["siteId"], "the record is of another batch or site than the manifest")
    return 1, "record with the digest, batch and site the manifest states"


def _carried_out(name: str, check: Callable[[], tuple[int, str]]) -> Check:
    try:
        count, finding = check()
        return Check(name, count, True, finding)
    except Refused as refused:
        return Check(name, 0, False, str(refused))


def verify(data: bytes, trust: Optional[str] = None) -> Report:
    """All checks of one bundle. `trust`: fingerprint of the register that is trusted, if one is."""
    try:
        bundle = read(data)
    except Refused as refused:
        return Report((Check("container", 0, False, str(refused)),), "", False)
    made = (container, lambda b: seal(b, trust), record, documents, files, segments, signatures, entries, related, checkpoints, times)
    checks = tuple(_carried_out(name, lambda check=check: check(bundle)) for name, check in zip(NAMES, made))  # type: ignore[misc]
    return Report(checks, bundle.register.fingerprint, trust is not None and trust == bundle.register.fingerprint)
