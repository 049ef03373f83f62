"""Entries with their audit paths, and the sealed time series that one of them names."""
from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Optional

from . import merkle
from .canonical import read_canonical, tagged_digest, write
from .encoding import from_base64, milliseconds
from .note import Checkpoint, read_checkpoint
from .refusal import Refused, require

if TYPE_CHECKING:
    from .bundle import Bundle

_TEXTS = ("actorId", "actorName", "client", "event", "id", "kind", "reason", "request", "role", "siteId", "subjectId", "subjectType", "zone")
_MEMBERS = {*_TEXTS, "at", "authorisedBy", "batchId", "critical", "detail", "format"}
_DECIMAL = re.compile(r"-?[0-9]+(\.[0-9]+)?(e[+-][0-9]+)?\Z")
_DAY_LENGTH = 86_400_000


@lru_cache(maxsize=4096)
def read_entry(text: str) -> dict[str, Any]:
    """An entry of the audit trail. Callers must not change it."""
    entry = read_canonical(text)
    require(isinstance(entry, dict) and entry.keys() == _MEMBERS and entry["format"] == "EBRLEAF/1", "an entry is no EBRLEAF/1")
    require(all(isinstance(entry[name], str) for name in _TEXTS) and isinstance(entry["detail"], dict), "an entry holds something of another kind")
    require(isinstance(entry["critical"], bool) and isinstance(entry["authorisedBy"], (str, type(None))) and isinstance(entry["batchId"], (str, type(None))) and isinstance(entry["at"], str), "an entry holds something of another kind")
    milliseconds(entry["at"])
    return entry


def readable_entries(bundle: Bundle) -> list[dict[str, Any]]:
    """Entries of the batch that have the right form, as they are listed."""
    return readable(bundle.content["entries"])


def readable(proved: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Entries of the right form, as they are listed."""
    found = []
    for listed in proved:
        try:
            found.append(read_entry(listed["canonical"]))
        except Refused:
            continue  # reported by `entries`; it counts for no other check
    return found


def prove(proved: dict[str, Any], head: Checkpoint, place: str) -> None:
    """Refuses an entry whose audit path does not lead to the root of the head."""
    path = [from_base64(hash_) for hash_ in proved["proof"]]
    require(merkle.included(merkle.leaf_hash(proved["canonical"]), proved["position"], head.size, path, head.root), f"the audit path of {place} does not lead to the checkpoint's root")


def entries(bundle: Bundle) -> tuple[int, str]:
    manifest, listed = bundle.manifest, bundle.content["entries"]
    require(len(listed) > 0 and len(bundle.content["checkpoints"]) > 0, "there is no entry, or no checkpoint for the proofs to lead to")
    require(all(a["position"] < b["position"] for a, b in zip(listed, listed[1:])), "the entries' positions do not rise")
    head = read_checkpoint(bundle.content["checkpoints"][-1]["note"])
    ids = set()
    for proved in listed:
        place, entry = f"entry {proved['position']}", read_entry(proved["canonical"])
        ids.add(entry["id"])
        require(entry["siteId"] == manifest["siteId"] and entry["batchId"] == manifest["batchId"], f"{place} is of another site or batch")
        prove(proved, head, place)
    require(len(ids) == len(listed), "an entry is there twice")
    return len(listed), f"entries with an audit path each to the root of {head.size} leaves"


@lru_cache(maxsize=256)
def _readings(text: str, day: str) -> int:
    """Number of readings of a segment, each of the right form, rising within the day."""
    readings, begin, last = read_canonical(text), milliseconds(f"{day}T00:00:00.000Z"), -1
    require(isinstance(readings, list), "a segment is no list of readings")
    for reading in readings:
        require(isinstance(reading, dict) and reading.keys() == {"at", "outOfRange", "quality", "value"} and isinstance(reading["at"], str), "a reading has other members")
        require(isinstance(reading["outOfRange"], bool) and reading["quality"] in ("good", "uncertain", "bad"), "a reading is of no known quality")
        require(isinstance(reading["value"], str) and _DECIMAL.match(reading["value"]) is not None, "a reading's value is no decimal")
        at = milliseconds(reading["at"])
        require(last < at and begin <= at < begin + _DAY_LENGTH, "a reading is out of order or of another day")
        last = at
    return len(readings)


def _sealed(bundle: Bundle) -> Optional[dict[str, Any]]:
    """What the last `segments.sealed` of the batch says."""
    told = [entry for entry in readable_entries(bundle) if entry["event"] == "segments.sealed" and entry["batchId"] == bundle.manifest["batchId"]]
    return told[-1]["detail"] if told else None


def _lists(bundle: Bundle) -> list[str]:
    """The lists of all segments that an entry may have sealed: with their units, or, where they are of one unit, as lists once were without."""
    listed = bundle.content["segments"]
    named = write([[segment["unitId"], segment["tag"], segment["day"], segment["digest"]] for segment in listed])
    unnamed = write([[segment["tag"], segment["day"], segment["digest"]] for segment in listed])
    if bundle.format == "EBRBUNDLE/1":
        return [unnamed]
    return [named, unnamed] if len({segment["unitId"] for segment in listed}) == 1 else [named]


def segments(bundle: Bundle) -> tuple[int, str]:
    listed, units = bundle.content["segments"], bundle.format != "EBRBUNDLE/1"
    keys = [((segment["unitId"] if units else "").encode("utf-16-be"), segment["tag"].encode("utf-16-be"), segment["day"]) for segment in listed]
    require(all(a < b for a, b in zip(keys, keys[1:])), "the segments are not in order of unit, tag and day, or one is there twice")
    for segment in listed:
        place = f"segment {segment['tag']} of {segment['unitId']}, {segment['day']}"
        require(tagged_digest("EBRSEG/1", segment["text"]) == segment["digest"], f"{place} has another digest")
        require(segment["readings"] > 0 and _readings(segment["text"], segment["day"]) == segment["readings"], f"{place} has not the number of readings it states")
    sealed = _sealed(bundle)
    require((sealed is None) == (not listed), "segments are there that no entry has sealed, or an entry has sealed segments that are not there")
    require(sealed is None or sealed.get("listDigest") in [tagged_digest("EBRSEG/1", text) for text in _lists(bundle)], "the list of segments is not the one that was sealed")
    return len(listed), f"segments with {sum(segment['readings'] for segment in listed)} readings, as their sealing entry lists them"
