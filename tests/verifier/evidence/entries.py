"""Entries with their audit paths, and the sealed time series that one of them names."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Iterator, Optional

from . import merkle
from .canonical import read_canonical, tagged_digest, write
from .encoding import from_base64
from .note import read_checkpoint
from .refusal import require

if TYPE_CHECKING:
    from .bundle import Bundle


def readable_entries(bundle: Bundle) -> Iterator[dict[str, Any]]:
    """Entries of the batch by position."""
    for listed in bundle.content["entries"]:
        value = read_canonical(listed["canonical"])
        if isinstance(value, dict) and isinstance(value.get("detail"), dict):
            yield value


def hashes(listed: list[str]) -> list[bytes]:
    """Hashes of a proof."""
    found = [from_base64(text) for text in listed]
    require(all(len(hash_) == 32 for hash_ in found), "a hash of a proof is not 32 bytes")
    return found


def entries(bundle: Bundle) -> tuple[int, str]:
    manifest, listed = bundle.manifest, bundle.content["entries"]
    require(all(a["position"] < b["position"] for a, b in zip(listed, listed[1:])), "the entries' positions do not rise")
    require(len(bundle.content["checkpoints"]) > 0, "there is no checkpoint for the proofs to lead to")
    head = read_checkpoint(bundle.content["checkpoints"][-1]["note"])
    for entry in listed:
        place = f"entry {entry['position']}"
        value = read_canonical(entry["canonical"])
        require(isinstance(value, dict) and value.get("format") == "EBRLEAF/1" and isinstance(value.get("detail"), dict), f"{place} is no EBRLEAF/1")
        require(value.get("siteId") == manifest["siteId"] and value.get("batchId") == manifest["batchId"], f"{place} is of another site or batch")
        leaf = merkle.leaf_hash(entry["canonical"])
        require(merkle.included(leaf, entry["position"], head.size, hashes(entry["proof"]), head.root), f"the audit path of {place} does not lead to the checkpoint's root")
    return len(listed), f"entries with an audit path each to the root of {head.size} leaves"


def _sealed(bundle: Bundle) -> Optional[dict[str, Any]]:
    """What the last `segments.sealed` of the batch says."""
    last = None
    for entry in readable_entries(bundle):
        if entry.get("event") == "segments.sealed" and entry.get("batchId") == bundle.manifest["batchId"]:
            last = entry["detail"]
    return last


def segments(bundle: Bundle) -> tuple[int, str]:
    listed = bundle.content["segments"]
    keys = [(segment["tag"].encode("utf-16-be"), segment["day"]) for segment in listed]
    require(all(a < b for a, b in zip(keys, keys[1:])), "the segments are not in order of tag and day, or one is there twice")
    for segment in listed:
        place = f"segment {segment['tag']} of {segment['day']}"
        require(tagged_digest("EBRSEG/1", segment["text"]) == segment["digest"], f"{place} has another digest")
        readings = read_canonical(segment["text"])
        require(isinstance(readings, list) and len(readings) == segment["readings"], f"{place} has not the number of readings it states")
    sealed = _sealed(bundle)
    if sealed is None:
        require(not listed, "no entry has sealed these segments")
        return 0, "segments: none sealed, none there"
    triples = [[segment["tag"], segment["day"], segment["digest"]] for segment in listed]
    require(tagged_digest("EBRSEG/1", write(triples)) == sealed.get("listDigest"), "the list of segments is not the one that was sealed")
    readings_total = sum(segment["readings"] for segment in listed)
    require(sealed.get("segments") == len(listed) and sealed.get("readings") == readings_total, "more or fewer segments or readings are there than were sealed")
    return len(listed), f"segments with {readings_total} readings, as their sealing entry lists them"
