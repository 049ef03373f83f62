"""What a batch was made by: the frozen master and overlay, and the configurations that weighed its exceptions."""
from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple, Optional

from .canonical import read_canonical, read_json, tagged_digest
from .entries import readable
from .record import record_of, rows_of
from .refusal import Refused, require
from .signatures import Signed, chained, created, is_row, same

if TYPE_CHECKING:
    from .bundle import Bundle

ENTERPRISE = "enterprise"
_FORMATS = {"master": ("EBRMBR/1", "EBRMBR/2"), "overlay": ("EBROVL/1",), "exception-configuration": ("EBREXC/1",)}
_CONFIGURATION = re.compile(r"exceptions v([1-9][0-9]{0,5})\Z")


class Named(NamedTuple):
    """A document as its text says what it is: id, the row that holds it, whose it is."""
    id: str
    table: str
    row: str
    owner: str


def _is_version(value: Any) -> bool:
    return type(value) is int and 1 <= value <= 999_999


def _named(document: dict[str, Any], said: dict[str, Any]) -> Optional[Named]:
    version = said.get("version")
    if document["kind"] == "master":
        master = said.get("id")
        return Named(f"{master} v{version}", "master_batch_records", f"{master}/{version}", ENTERPRISE) if isinstance(master, str) and _is_version(version) else None
    if document["kind"] == "overlay":
        site, master, over = said.get("siteId"), said.get("masterId"), said.get("masterVersion")
        if not (isinstance(site, str) and isinstance(master, str) and _is_version(over) and _is_version(version)):
            return None
        return Named(f"{site} {master} v{over} overlay {version}", "site_overlays", f"{master}/{over}/{version}", site)
    found = _CONFIGURATION.match(document["id"])
    return Named(document["id"], "exception_configurations", found.group(1), ENTERPRISE) if found else None


def _read(document: dict[str, Any]) -> tuple[dict[str, Any], Named]:
    said = read_canonical(document["text"])
    require(isinstance(said, dict) and said.get("format") in _FORMATS[document["kind"]], f"{document['id']} is no document of its kind")
    require(tagged_digest(said["format"], document["text"]) == document["digest"], f"{document['id']} has another digest than its text")
    named = _named(document, said)
    require(named is not None and named.id == document["id"], f"{document['id']} is the text of something else")
    assert named is not None
    return said, named


def _held(entry: dict[str, Any]) -> Any:
    """The row an entry tells of, as it became."""
    try:
        return read_json(entry["detail"]["new"]) if isinstance(entry["detail"].get("new"), str) else None
    except Refused:
        return None


def _told(bundle: Bundle, document: dict[str, Any], named: Named) -> None:
    about = [entry for group in bundle.content["related"] if group["owner"] == named.owner for entry in readable(group["entries"])]
    rows = [entry for entry in about if entry["event"] in ("row.created", "row.changed") and entry["subjectType"] == named.table and entry["subjectId"] == named.row]
    held = _held(rows[-1]) if rows else None
    require(isinstance(held, dict) and held.get("digest") == document["digest"], f"{document['id']} is not what the audit trail says of it")
    chained(bundle, document["signatures"], Signed(document["kind"], named.id, named.owner))
    signed = [entry for entry in about if is_row(entry)]
    for signature in document["signatures"]:
        require(sum(created(named.id, signature, entry) for entry in signed) == 1, f"signature {signature['ordinal']} on {document['id']} has not one entry of its row")


def _frozen(kind: str, own: list[tuple[dict[str, Any], dict[str, Any]]], batch: dict[str, Any]) -> None:
    """The one document of a kind is there when its digest was frozen into the batch, and is that one."""
    digest = batch.get("masterDigest" if kind == "master" else "overlayDigest")
    if digest is None:
        require(not own, f"the batch was issued without the {kind} that is there")
        return
    require(len(own) == 1 and own[0][0]["digest"] == digest, f"the {kind} is not the one that was frozen into the batch")
    names = (("id", "masterId"), ("version", "masterVersion")) if kind == "master" else (("masterId", "masterId"), ("masterVersion", "masterVersion"), ("version", "overlayVersion"))
    require(all(same(own[0][1].get(said), batch.get(wanted)) for said, wanted in names), f"the {kind} is of another version than the one that was frozen into the batch")


def _weighed(ids: list[str], record: dict[str, Any]) -> None:
    versions = [row["configurationVersion"] for row in rows_of(record, "exceptions") if row.get("configurationVersion") is not None]
    require(all(_is_version(version) for version in versions), "the record does not say which configuration weighed its exceptions")
    require(set(ids) == {f"exceptions v{version}" for version in versions}, "the configurations are not those that weighed the exceptions of the record")


def documents(bundle: Bundle) -> tuple[int, str]:
    if "documents" not in bundle.content:
        return 0, "documents: EBRBUNDLE/1 holds none"
    listed, record = bundle.content["documents"], record_of(bundle)
    keys = [(document["kind"], document["id"].encode("utf-16-be")) for document in listed]
    require(all(a < b for a, b in zip(keys, keys[1:])), "the documents are not in order of kind and id, or one is there twice")
    read = [(document, *_read(document)) for document in listed]
    for document, said, named in read:
        require(document["kind"] != "overlay" or said["siteId"] == bundle.manifest["siteId"], "the overlay is of another site")
        _told(bundle, document, named)
    for kind in ("master", "overlay"):
        _frozen(kind, [(document, said) for document, said, _ in read if document["kind"] == kind], record["batch"])
    _weighed([document["id"] for document in listed if document["kind"] == "exception-configuration"], record)
    signed = sum(len(document["signatures"]) for document in listed)
    told = [entry for group in bundle.content["related"] for entry in readable(group["entries"]) if is_row(entry)]
    require(len(told) == signed, "an entry tells of a signature on a document that is not there")
    return len(listed), f"documents by the digests the batch froze, with {signed} signatures"
