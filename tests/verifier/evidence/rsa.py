"""RSA signatures with SHA-256 (RFC 8017): PKCS #1 v1.5 and PSS."""
from __future__ import annotations

import hashlib

_SHA256_INFO = bytes.fromhex("3031300d060960864801650304020105000420")
#: Shorter moduli than this prove nothing.
SHORTEST_MODULUS = 2048


def _opened(n: int, e: int, signature: bytes) -> bytes:
    """The encoded message: signature^e mod n in as many bytes as the modulus has; empty where the signature is no number below n."""
    size = (n.bit_length() + 7) // 8
    value = int.from_bytes(signature, "big")
    if n.bit_length() < SHORTEST_MODULUS or e < 3 or e % 2 == 0 or len(signature) != size or value >= n:
        return b""
    return pow(value, e, n).to_bytes(size, "big")


def verify_pkcs1(n: int, e: int, message: bytes, signature: bytes) -> bool:
    """RSASSA-PKCS1-v1_5: the encoded message is built and compared as a whole (RFC 8017 8.2.2)."""
    found = _opened(n, e, signature)
    info = _SHA256_INFO + hashlib.sha256(message).digest()
    return bool(found) and found == b"\x00\x01" + b"\xff" * (len(found) - len(info) - 3) + b"\x00" + info


def _mask(seed: bytes, size: int) -> bytes:
    blocks = (hashlib.sha256(seed + n.to_bytes(4, "big")).digest() for n in range(-(-size // 32)))
    return b"".join(blocks)[:size]


def verify_pss(n: int, e: int, message: bytes, signature: bytes, salt_size: int) -> bool:
    """RSASSA-PSS with MGF1 over SHA-256 (RFC 8017 9.1.2)."""
    bits = n.bit_length() - 1
    found = _opened(n, e, signature)
    if bits % 8 == 0 and found:
        if found[0] != 0:
            return False
        found = found[1:]
    if len(found) < 34 + salt_size or found[-1] != 0xBC:
        return False
    masked, h = found[:-33], found[-33:-1]
    unused = 8 * len(found) - bits
    if masked[0] >> (8 - unused):
        return False
    data = bytearray(a ^ b for a, b in zip(masked, _mask(h, len(masked))))
    data[0] &= 0xFF >> unused
    padding, salt = bytes(data[:len(data) - salt_size]), bytes(data[len(data) - salt_size:])
    if padding != b"\x00" * (len(padding) - 1) + b"\x01":
        return False
    return hashlib.sha256(b"\x00" * 8 + hashlib.sha256(message).digest() + salt).digest() == h
