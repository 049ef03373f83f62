"""Signed heads of the ledger, their witnesses, and the times of everything that was signed."""
from __future__ import annotations

from typing import TYPE_CHECKING, Iterator

from . import merkle
from .encoding import milliseconds
from .entries import hashes
from .note import Checkpoint, SignatureLine, cosignature_time, cosigned_by, read_checkpoint, signed_by
from .refusal import require

if TYPE_CHECKING:
    from .bundle import Bundle

#: How far a co-signer's clock may be ahead of the exporting portal's, milliseconds.
TOLERANCE = 300_000


def _signed_by_log(bundle: Bundle, checkpoint: Checkpoint, line: SignatureLine) -> bool:
    keys = (key for key in bundle.register.of("ledger") if key.owner == bundle.manifest["siteId"] and key.name == checkpoint.origin and key.valid_from <= bundle.exported_at)
    return line.name == checkpoint.origin and any(signed_by(checkpoint, line, key.public) for key in keys)


def _cosigned(bundle: Bundle, checkpoint: Checkpoint, line: SignatureLine) -> bool:
    at = cosignature_time(line) * 1000
    keys = (key for key in bundle.register.of("ledger") if key.owner != bundle.manifest["siteId"] and key.name == line.name and key.valid_at(at))
    return any(cosigned_by(checkpoint, line, key.public) for key in keys)


def _lines(bundle: Bundle, checkpoint: Checkpoint) -> tuple[int, int]:
    """Number of the log's signatures and of co-signatures; a line that is neither is refused."""
    own = sum(1 for line in checkpoint.lines if _signed_by_log(bundle, checkpoint, line))
    others = [line for line in checkpoint.lines if not _signed_by_log(bundle, checkpoint, line)]
    place = f"the checkpoint of {checkpoint.size} leaves"
    require(own > 0, f"{place} is not signed by a ledger key of the site")
    for line in others:
        require(_cosigned(bundle, checkpoint, line), f"a line by {line.name} of {place} is no co-signature by another owner's ledger key")
    require(len({line[:2] for line in checkpoint.lines}) == len(checkpoint.lines), f"{place} is signed twice by one key")
    return own, len(others)


def checkpoints(bundle: Bundle) -> tuple[int, str]:
    notes = [read_checkpoint(listed["note"]) for listed in bundle.content["checkpoints"]]
    require(1 <= len(notes) <= 2, "there are not one or two checkpoints")
    first, last = notes[0], notes[-1]
    witnesses = [_lines(bundle, checkpoint)[1] for checkpoint in notes]
    others = [key for key in bundle.register.of("ledger") if key.owner != bundle.manifest["siteId"] and key.valid_from <= bundle.exported_at]
    require(not others or witnesses[-1] > 0, "the last checkpoint has no co-signature, though there is another owner's ledger key")
    path = hashes(bundle.content["consistency"])
    if len(notes) == 1:
        require(not path, "a consistency proof is there for one checkpoint")
    else:
        require(first.origin == last.origin and merkle.consistent(first.size, first.root, last.size, last.root, path), "the first checkpoint is not the beginning of the last")
    return len(notes), f"checkpoints of {last.origin}, the last over {last.size} leaves, with {sum(witnesses)} co-signatures"


def _signing_times(bundle: Bundle) -> Iterator[tuple[str, int, int]]:
    """What was signed, when, and how much later than the export it may be; milliseconds."""
    for signature in bundle.content["signatures"]:
        yield f"signature {signature['ordinal']}", milliseconds(signature["signedAt"]), 0
    for listed in bundle.content["checkpoints"]:
        checkpoint = read_checkpoint(listed["note"])
        for line in checkpoint.lines:
            if line.name != checkpoint.origin:
                yield f"the co-signature by {line.name}", cosignature_time(line) * 1000, TOLERANCE


def times(bundle: Bundle) -> tuple[int, str]:
    compared = 0
    for what, at, tolerance in _signing_times(bundle):
        require(at <= bundle.exported_at + tolerance, f"{what} is later than the export")
        compared += 1
    return compared, "times of signatures and co-signatures, none after the export"
