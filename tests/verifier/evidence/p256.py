"""ECDSA over P-256 with SHA-256 (FIPS 186-5), signatures in DER; signing for the generator of test bundles (RFC 6979)."""
from __future__ import annotations

import hashlib
import hmac
from functools import lru_cache
from typing import Optional

from . import der
from .refusal import Refused

P = 2**256 - 2**224 + 2**192 + 2**96 - 1
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_B = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
BASE = (0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296, 0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5)
# Jacobian coordinates: x = X/Z², y = Y/Z³; Z = 0 is the point at infinity.
_ZERO = (1, 1, 0)


def on_curve(x: int, y: int) -> bool:
    return x < P and y < P and (y * y - x * x * x + 3 * x - _B) % P == 0


def _double(p: tuple) -> tuple:
    x, y, z = p
    if z == 0 or y == 0:
        return _ZERO
    delta, gamma = z * z % P, y * y % P
    beta = x * gamma % P
    alpha = 3 * (x - delta) * (x + delta) % P
    x3 = (alpha * alpha - 8 * beta) % P
    return x3, (alpha * (4 * beta - x3) - 8 * gamma * gamma) % P, 2 * y * z % P


def _add(p: tuple, q: tuple) -> tuple:
    if p[2] == 0 or q[2] == 0:
        return q if p[2] == 0 else p
    x1, y1, z1 = p
    x2, y2, z2 = q
    zz1, zz2 = z1 * z1 % P, z2 * z2 % P
    u1, u2 = x1 * zz2 % P, x2 * zz1 % P
    s1, s2 = y1 * zz2 * z2 % P, y2 * zz1 * z1 % P
    if u1 == u2:
        return _double(p) if s1 == s2 else _ZERO
    h, r = u2 - u1, s2 - s1
    hh = h * h % P
    hhh, v = h * hh % P, u1 * hh % P
    x3 = (r * r - hhh - 2 * v) % P
    return x3, (r * (v - x3) - s1 * hhh) % P, z1 * z2 * h % P


def _two_times(a: int, p: tuple, b: int, q: tuple) -> tuple:
    """a·p + b·q, bit by bit over both scalars at once (Straus)."""
    choices = (None, p, q, _add(p, q))
    result = _ZERO
    for bit in range(255, -1, -1):
        result = _double(result)
        choice = choices[(a >> bit & 1) | (b >> bit & 1) << 1]
        if choice:
            result = _add(result, choice)
    return result


def _affine_x(p: tuple) -> Optional[int]:
    return None if p[2] == 0 else p[0] * pow(p[2], -2, P) % P


@lru_cache(maxsize=4096)
def verify(x: int, y: int, message: bytes, signature: bytes) -> bool:
    """Does the DER signature hold under the point?"""
    try:
        parts = der.children(der.one(signature, der.SEQUENCE))
        r, s = (der.positive_integer(part) for part in parts)
    except (Refused, ValueError):
        return False
    if not (0 < r < ORDER and 0 < s < ORDER and on_curve(x, y)):
        return False
    e = int.from_bytes(hashlib.sha256(message).digest(), "big")
    w = pow(s, -1, ORDER)
    found = _affine_x(_two_times(e * w % ORDER, (*BASE, 1), r * w % ORDER, (x, y, 1)))
    return found is not None and found % ORDER == r


def public_of(secret: int) -> tuple[int, int]:
    x, y, z = _two_times(secret, (*BASE, 1), 0, _ZERO)
    return x * pow(z, -2, P) % P, y * pow(z, -3, P) % P


def sign(secret: int, message: bytes) -> bytes:
    """DER signature with the deterministic nonce of RFC 6979 3.2. For test bundles only."""
    digest = hashlib.sha256(message).digest()
    e = int.from_bytes(digest, "big")
    seed = secret.to_bytes(32, "big") + (e % ORDER).to_bytes(32, "big")
    v, k = b"\x01" * 32, b"\x00" * 32
    for mark in (b"\x00", b"\x01"):
        k = hmac.new(k, v + mark + seed, hashlib.sha256).digest()
        v = hmac.new(k, v, hashlib.sha256).digest()
    while True:
        v = hmac.new(k, v, hashlib.sha256).digest()
        nonce = int.from_bytes(v, "big")
        if 0 < nonce < ORDER:
            r = public_of(nonce)[0] % ORDER
            s = pow(nonce, -1, ORDER) * (e + r * secret) % ORDER
            if r and s:
                return der.sequence(der.integer(r), der.integer(s))
        k = hmac.new(k, v + b"\x00", hashlib.sha256).digest()
        v = hmac.new(k, v, hashlib.sha256).digest()
