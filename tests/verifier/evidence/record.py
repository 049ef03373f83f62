"""The record inside a bundle, as far as other parts are held against it."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .canonical import read_canonical
from .refusal import require

if TYPE_CHECKING:
    from .bundle import Bundle


def record_of(bundle: Bundle) -> dict[str, Any]:
    record = read_canonical(bundle.content["record"])
    require(isinstance(record, dict) and isinstance(record.get("batch"), dict), "the record cannot be read")
    return record


def rows_of(record: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """The objects of one list of the record; none where it is left out."""
    rows = record[name] if name in record else []
    require(isinstance(rows, list) and all(isinstance(row, dict) for row in rows), f"{name} of the record are no list of objects")
    return rows
