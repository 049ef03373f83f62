"""Entries about what a batch used, each in its owner's ledger."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .checkpoints import cosignatures_of, witnessed
from .documents import ENTERPRISE
from .entries import prove, read_entry, readable, readable_entries
from .note import read_checkpoint
from .record import record_of, rows_of
from .refusal import require

if TYPE_CHECKING:
    from .bundle import Bundle


def _group(bundle: Bundle, group: dict[str, Any]) -> None:
    owner, site = group["owner"], bundle.manifest["siteId"]
    require(owner in (site, ENTERPRISE) and len(group["entries"]) > 0, "entries are there of an owner who has none in such a file")
    head = read_checkpoint(group["note"])
    require(head.size >= 1, f"the checkpoint of {owner} covers nothing")
    witnessed(bundle, cosignatures_of(bundle, head, owner), owner)
    require(owner != site or (bundle.content["checkpoints"] and group["note"] == bundle.content["checkpoints"][-1]["note"]), "the checkpoint of the site is another than the last one here")
    require(all(a["position"] < b["position"] for a, b in zip(group["entries"], group["entries"][1:])), f"the positions of {owner} do not rise")
    for proved in group["entries"]:
        place, entry = f"entry {proved['position']} of {owner}", read_entry(proved["canonical"])
        require(entry["siteId"] == owner and entry["batchId"] != bundle.manifest["batchId"], f"{place} is of another ledger, or of the batch itself")
        prove(proved, head, place)


def _used(bundle: Bundle) -> list[tuple[str, Any]]:
    """Rows the record names as used, by table and id."""
    record = record_of(bundle)
    materials, equipment = rows_of(record, "materials"), rows_of(record, "equipment")
    containers = [use["containerId"] for use in materials if use.get("containerId") is not None]
    return [("lots", use.get("lotId")) for use in materials] + [("containers", id_) for id_ in containers] + [("units", use.get("unitId")) for use in (record["batch"], *equipment)]


def related(bundle: Bundle) -> tuple[int, str]:
    if "related" not in bundle.content:
        return 0, "entries about what was used: EBRBUNDLE/1 holds none"
    groups = bundle.content["related"]
    owners = [group["owner"].encode("utf-16-be") for group in groups]
    require(all(a < b for a, b in zip(owners, owners[1:])), "the owners are not in order, or one is there twice")
    for group in groups:
        _group(bundle, group)
    ids = [entry["id"] for group in groups for entry in readable(group["entries"])] + [entry["id"] for entry in readable_entries(bundle)]
    require(len(set(ids)) == len(ids), "an entry is there twice")
    own = [entry for group in groups if group["owner"] == bundle.manifest["siteId"] for entry in readable(group["entries"])]
    told = {(entry["subjectType"], entry["subjectId"]) for entry in own if entry["event"] in ("row.created", "row.changed")}
    for table, id_ in _used(bundle):
        require(isinstance(id_, str) and (table, id_) in told, f"nothing here tells of {table} {id_}, which the record names")
    return sum(len(group["entries"]) for group in groups), "entries about what was used, each with an audit path to its owner's checkpoint"
