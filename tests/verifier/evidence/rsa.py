"""RSA signatures with SHA-256: RSASSA-PKCS1-v1_5 (RFC 8017 8.2)."""
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
