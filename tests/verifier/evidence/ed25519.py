"""Ed25519 of RFC 8032, verification (strict) and, for the generator of test bundles, signing."""
from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import Optional

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
_D2 = 2 * D % P
_ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)
# X, Y, Z, T with x = X/Z, y = Y/Z, xy = T/Z (RFC 8032 5.1.4).
Point = tuple  # of four int
_ZERO: Point = (0, 1, 1, 0)


def _add(p: Point, q: Point) -> Point:
    x1, y1, z1, t1 = p
    x2, y2, z2, t2 = q
    a = (y1 - x1) * (y2 - x2) % P
    b = (y1 + x1) * (y2 + x2) % P
    c = t1 * _D2 % P * t2 % P
    d = 2 * z1 * z2 % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def _double(p: Point) -> Point:
    x, y, z, _ = p
    a = x * x % P
    b = y * y % P
    h = a + b
    e = h - (x + y) * (x + y) % P
    g = a - b
    f = 2 * z * z % P + g
    return e * f % P, g * h % P, f * g % P, e * h % P


def decode(data: bytes) -> Optional[Point]:
    """The point of 32 bytes, or None where they are not the one encoding of a point (RFC 8032 5.1.3)."""
    if len(data) != 32:
        return None
    number = int.from_bytes(data, "little")
    sign, y = number >> 255, number & ((1 << 255) - 1)
    if y >= P:
        return None
    u, v = (y * y - 1) % P, (D * y * y + 1) % P
    x = u * pow(v, 3, P) * pow(u * pow(v, 7, P), (P - 5) // 8, P) % P
    if v * x * x % P != u:
        x = x * _ROOT_OF_MINUS_ONE % P
    if v * x * x % P != u or (x == 0 and sign):
        return None
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


def encode(p: Point) -> bytes:
    x, y, z, _ = p
    inverse = pow(z, P - 2, P)
    x, y = x * inverse % P, y * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def _is_zero(p: Point) -> bool:
    return p[0] % P == 0 and (p[1] - p[2]) % P == 0


class Multiples:
    """digit · 2^(bits·i) · point for every digit and place: a product is then one addition per digit of the scalar."""

    def __init__(self, point: Point, bits: int) -> None:
        self.bits, self.rows = bits, []
        for _ in range(-(-256 // bits)):
            row = [_ZERO, point]
            for _ in range(2, 1 << bits):
                row.append(_add(row[-1], point))
            self.rows.append(row)
            point = _add(row[-1], point)

    def times(self, scalar: int, start: Point = _ZERO) -> Point:
        """start + scalar · point."""
        mask = (1 << self.bits) - 1
        for row in self.rows:
            if scalar & mask:
                start = _add(start, row[scalar & mask])
            scalar >>= self.bits
        return start


_BASE_POINT = decode((4 * pow(5, P - 2, P) % P).to_bytes(32, "little")) or _ZERO
_base: Optional[Multiples] = None


def base_times(scalar: int, start: Point = _ZERO) -> Point:
    """start + scalar · B. The table (32 places of 255 digits) is made at first use."""
    global _base
    _base = _base or Multiples(_BASE_POINT, 8)
    return _base.times(scalar, start)


def _times(point: Point, scalar: int) -> Point:
    """scalar · point in windows of four bits, for a point that is not worth a table."""
    row = [_ZERO, point]
    for _ in range(2, 16):
        row.append(_add(row[-1], point))
    result = _ZERO
    for shift in range(252, -1, -4):
        result = _double(_double(_double(_double(result))))
        if scalar >> shift & 15:
            result = _add(result, row[scalar >> shift & 15])
    return result


class PublicKey:
    """A decoded key; the table of its multiples is made when it is used for the third time."""

    def __init__(self, point: Point) -> None:
        x, y, z, t = point
        self.minus: Point = (-x % P, y, z, -t % P)
        self.uses, self.table = 0, None  # type: ignore[var-annotated]

    def minus_times(self, scalar: int) -> Point:
        self.uses += 1
        if self.uses == 3:
            self.table = Multiples(self.minus, 4)
        return self.table.times(scalar) if self.table else _times(self.minus, scalar)


@lru_cache(maxsize=256)
def public_key(data: bytes) -> Optional[PublicKey]:
    """The key of 32 bytes; None where they encode no point, or one of small order, under which one signature fits many texts."""
    point = decode(data)
    if point is None or _is_zero(_double(_double(_double(point)))):
        return None
    return PublicKey(point)


@lru_cache(maxsize=65536)
def verify(key: bytes, message: bytes, signature: bytes) -> bool:
    """Does the signature hold? S below the order, R compared as bytes, [S]B = R + [k]A."""
    known = public_key(key)
    if known is None or len(signature) != 64:
        return False
    s = int.from_bytes(signature[32:], "little")
    if s >= ORDER:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % ORDER
    return encode(base_times(s, known.minus_times(k))) == signature[:32]


def _expand(seed: bytes) -> tuple[int, bytes]:
    h = hashlib.sha512(seed).digest()
    scalar = int.from_bytes(h[:32], "little") & ((1 << 254) - 8) | (1 << 254)
    return scalar, h[32:]


def public_of(seed: bytes) -> bytes:
    """Public half of a private seed of 32 bytes."""
    return encode(base_times(_expand(seed)[0]))


def sign(seed: bytes, message: bytes) -> bytes:
    """Signature of 64 bytes (RFC 8032 5.1.6). For test bundles only: it takes no care of timing."""
    scalar, prefix = _expand(seed)
    public = public_of(seed)
    r = int.from_bytes(hashlib.sha512(prefix + message).digest(), "little") % ORDER
    commitment = encode(base_times(r))
    k = int.from_bytes(hashlib.sha512(commitment + public + message).digest(), "little") % ORDER
    return commitment + ((r + k * scalar) % ORDER).to_bytes(32, "little")
