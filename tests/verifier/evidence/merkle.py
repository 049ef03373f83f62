"""Merkle tree of RFC 6962 section 2.1: hashes, and the verification of proofs as RFC 9162 2.1.3.2 and 2.1.4.2 spell it out."""
from __future__ import annotations

import hashlib
from typing import Sequence

LEAF_TAG = b"EBRLEAF/1\n"


def leaf_hash(text: str) -> bytes:
    """Hash of the leaf of an entry's canonical text."""
    return hashlib.sha256(b"\x00" + LEAF_TAG + text.encode("utf-8")).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def root(leaves: Sequence[bytes]) -> bytes:
    """Root over leaf hashes. For test bundles."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1 << (len(leaves) - 1).bit_length() - 1
    return node_hash(root(leaves[:split]), root(leaves[split:]))


def included(leaf: bytes, position: int, size: int, path: Sequence[bytes], head: bytes) -> bool:
    """Does the audit path lead from the leaf at `position` (from 0) to the root of the tree of `size` leaves?"""
    if not 0 <= position < size:
        return False
    at, last, found = position, size - 1, leaf
    for hash_beside in path:
        if last == 0:
            return False
        if at & 1 or at == last:
            found = node_hash(hash_beside, found)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            found = node_hash(found, hash_beside)
        at, last = at >> 1, last >> 1
    return last == 0 and found == head


def consistent(old_size: int, old_root: bytes, size: int, head: bytes, path: Sequence[bytes]) -> bool:
    """Is the tree of `old_size` leaves (at least one, fewer than `size`) the beginning of the one of `size` leaves?"""
    if not 0 < old_size < size:
        return False
    whole = old_size & (old_size - 1) == 0
    hashes = [old_root, *path] if whole else list(path)
    if not hashes:
        return False
    at, last = old_size - 1, size - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    old_found = found = hashes[0]
    for beside in hashes[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            old_found, found = node_hash(beside, old_found), node_hash(beside, found)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            found = node_hash(found, beside)
        at, last = at >> 1, last >> 1
    return last == 0 and old_found == old_root and found == head


def audit_path(leaves: Sequence[bytes], position: int) -> list[bytes]:
    """RFC 6962 2.1.1. For test bundles."""
    if len(leaves) <= 1:
        return []
    split = 1 << (len(leaves) - 1).bit_length() - 1
    if position < split:
        return [*audit_path(leaves[:split], position), root(leaves[split:])]
    return [*audit_path(leaves[split:], position - split), root(leaves[:split])]


def consistency_path(leaves: Sequence[bytes], old_size: int, whole: bool = True) -> list[bytes]:
    """RFC 6962 2.1.2. For test bundles."""
    if old_size == len(leaves):
        return [] if whole else [root(leaves)]
    split = 1 << (len(leaves) - 1).bit_length() - 1
    if old_size <= split:
        return [*consistency_path(leaves[:split], old_size, whole), root(leaves[split:])]
    return [*consistency_path(leaves[split:], old_size - split, False), root(leaves[:split])]
