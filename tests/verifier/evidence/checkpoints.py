"""Signed heads of the ledger, their witnesses, and the times of everything that was signed."""
from __future__ import annotations

from typing import TYPE_CHECKING, Iterator, Optional

from . import merkle
from .encoding import from_base64, milliseconds
from .entries import readable, readable_entries
from .note import Checkpoint, SignatureLine, cosignature_time, cosigned_by, read_checkpoint, signed_by
from .refusal import Refused, require

if TYPE_CHECKING:
    from .bundle import Bundle
    from .register import Key

#: How much later than the export a clock elsewhere may have been, milliseconds.
TOLERANCE = 300_000


def _log_key(bundle: Bundle, checkpoint: Checkpoint, line: SignatureLine, owner: str) -> Optional[Key]:
    """The owner's ledger key that signed the line."""
    keys = (key for key in bundle.register.signing("ledger") if key.owner == owner and key.name == checkpoint.origin == line.name)
    return next((key for key in keys if signed_by(checkpoint, line, key.public)), None)


def _cosigner(bundle: Bundle, checkpoint: Checkpoint, line: SignatureLine, owner: str) -> Optional[Key]:
    """Another owner's ledger key that co-signed by the line while it was valid."""
    if len(line.signature) != 72:
        return None
    second = cosignature_time(line) * 1000
    keys = (key for key in bundle.register.signing("ledger") if key.owner != owner and key.name == line.name)
    valid = (key for key in keys if key.valid_at(second) or key.valid_at(second + 999))
    return next((key for key in valid if cosigned_by(checkpoint, line, key.public)), None)


def cosignatures_of(bundle: Bundle, checkpoint: Checkpoint, owner: str) -> int:
    """Number of co-signatures of a checkpoint the owner's log itself has signed once; a line that is neither is refused."""
    place = f"the checkpoint of {checkpoint.size} leaves"
    own = [_log_key(bundle, checkpoint, line, owner) for line in checkpoint.lines]
    require(sum(key is not None for key in own) == 1, f"{place} is not signed once by a ledger key of {owner}")
    others = [_cosigner(bundle, checkpoint, line, owner) for line, key in zip(checkpoint.lines, own) if key is None]
    require(None not in others, f"{place} has a line that is no co-signature by another owner's ledger key")
    require(len({key.id for key in others if key}) == len(others), f"{place} is co-signed twice by one key")
    return len(others)


def witnessed(bundle: Bundle, cosignatures: int, owner: str) -> None:
    """Refuses a head nobody co-signed where somebody could have."""
    witnesses = [key for key in bundle.register.signing("ledger") if key.owner != owner and key.valid_at(bundle.exported_at)]
    require(not witnesses or cosignatures > 0, f"the last checkpoint of {owner} has no co-signature, though there is another owner's ledger key")


def checkpoints(bundle: Bundle) -> tuple[int, str]:
    notes = [read_checkpoint(listed["note"]) for listed in bundle.content["checkpoints"]]
    require(1 <= len(notes) <= 2, "there are not one or two checkpoints")
    first, last, path = notes[0], notes[-1], [from_base64(hash_) for hash_ in bundle.content["consistency"]]
    site = bundle.manifest["siteId"]
    cosignatures = [cosignatures_of(bundle, checkpoint, site) for checkpoint in notes]
    witnessed(bundle, cosignatures[-1], site)
    if len(notes) == 1:
        require(not path, "a consistency proof is there for one checkpoint")
    else:
        require(first.origin == last.origin and merkle.consistent(first.size, first.root, last.size, last.root, path), "the first checkpoint is not the beginning of the last")
    require(bundle.manifest["filter"] == f"batch = {bundle.manifest['batchId']}, ledger positions 0 to {last.size - 1}", "the filter names another batch or other positions")
    return len(notes), f"checkpoints of {last.origin}, the last over {last.size} leaves, with {sum(cosignatures)} co-signatures"


def _cosigning_times(bundle: Bundle) -> Iterator[tuple[str, int]]:
    notes = [(listed["note"], bundle.manifest["siteId"]) for listed in bundle.content["checkpoints"]] + [(group["note"], group["owner"]) for group in bundle.content.get("related", [])]
    for note, owner in notes:
        try:
            checkpoint = read_checkpoint(note)
        except Refused:
            continue  # reported by `checkpoints` or `related`
        for line in checkpoint.lines:
            if _cosigner(bundle, checkpoint, line, owner):
                yield f"a co-signature by {line.name}", cosignature_time(line) * 1000


def times(bundle: Bundle) -> tuple[int, str]:
    signatures = bundle.content["signatures"] + [signature for document in bundle.content.get("documents", []) for signature in document["signatures"]]
    by_portal = [(f"signature {signature['ordinal']}", milliseconds(signature["signedAt"])) for signature in signatures]
    by_portal += [(f"a segment of {segment['tag']}", milliseconds(f"{segment['day']}T00:00:00.000Z")) for segment in bundle.content["segments"]]
    found = readable_entries(bundle) + [entry for group in bundle.content.get("related", []) for entry in readable(group["entries"])]
    elsewhere = [(f"entry {entry['id']}", milliseconds(entry["at"])) for entry in found] + list(_cosigning_times(bundle))
    for what, at in by_portal:
        require(at <= bundle.exported_at, f"{what} is later than the export")
    for what, at in elsewhere:
        require(at <= bundle.exported_at + TOLERANCE, f"{what} is more than 5 minutes later than the export")
    return len(by_portal) + len(elsewhere), "times of signatures, segments, entries and co-signatures, none after the export"
