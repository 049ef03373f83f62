"""Attached files: their bytes against their digests, and all of them against the record."""
from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from .encoding import from_base64
from .record import record_of, rows_of
from .refusal import require

if TYPE_CHECKING:
    from .bundle import Bundle


def files(bundle: Bundle) -> tuple[int, str]:
    if "files" not in bundle.content:
        return 0, "files: EBRBUNDLE/1 holds none"
    listed = bundle.content["files"]
    require(all(a["digest"] < b["digest"] for a, b in zip(listed, listed[1:])), "the files are not in order of their digests, or one is there twice")
    for file in listed:
        content = from_base64(file["content"])
        require(hashlib.sha256(content).hexdigest() == file["digest"], f"the bytes of file {file['digest']} have another digest")
        require(len(content) == file["size"], f"file {file['digest']} has not the {file['size']} bytes it states")
    sizes = {file["digest"]: file["size"] for file in listed}
    attached = rows_of(record_of(bundle), "attachments")
    for row in attached:
        digest, size = row.get("digest"), row.get("size")
        require(isinstance(digest, str) and type(size) is int and sizes.get(digest) == size, "a file the record names is not there, or of another size")
    require(sizes.keys() == {row["digest"] for row in attached}, "a file is there that the record does not name")
    return len(listed), f"files with {sum(sizes.values())} bytes, each by the digest the record names"
