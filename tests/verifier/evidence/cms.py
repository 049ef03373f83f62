"""A detached CMS signature (RFC 5652) by RSA with SHA-256, as PDF seals hold it (PAdES, EN 319 142-1)."""
from __future__ import annotations

import hashlib
from typing import NamedTuple

from . import der, rsa
from .refusal import Refused, require

DATA, SIGNED_DATA = "1.2.840.113549.1.7.1", "1.2.840.113549.1.7.2"
CONTENT_TYPE, MESSAGE_DIGEST, SIGNING_CERTIFICATE = "1.2.840.113549.1.9.3", "1.2.840.113549.1.9.4", "1.2.840.113549.1.9.16.2.47"
RSA, RSA_PSS, RSA_SHA256, MGF1, SHA256 = "1.2.840.113549.1.1.1", "1.2.840.113549.1.1.10", "1.2.840.113549.1.1.11", "1.2.840.113549.1.1.8", "2.16.840.1.101.3.4.2.1"
_OPTIONAL_0, _OPTIONAL_1, _OPTIONAL_2 = 0xA0, 0xA1, 0xA2


class Signer(NamedTuple):
    certificate: bytes
    #: Was the certificate itself signed with (ESS signing-certificate-v2), as PAdES asks?
    certificate_signed: bool


class _Certificate(NamedTuple):
    whole: bytes
    issuer: bytes
    serial: int
    modulus: int
    exponent: int


def _algorithm(element: der.Element) -> tuple[str, list]:
    parts = der.children(element)
    require(len(parts) > 0, "an algorithm of the PDF's seal has no name")
    return der.object_id(parts[0]), parts[1:]


def _certificate(whole: bytes) -> _Certificate:
    parts = der.children(der.children(der.one(whole, der.SEQUENCE))[0])
    if parts[0].tag == _OPTIONAL_0:
        parts = parts[1:]
    require(len(parts) >= 6, "the certificate of the seal is cut off")
    serial, _, issuer, _, _, public = parts[:6]
    algorithm, key = der.children(public)[:2]
    require(_algorithm(algorithm)[0] in (RSA, RSA_PSS), "the certificate of the seal is not of an RSA key")
    modulus, exponent = map(der.positive_integer, der.children(der.one(der.octets_of_bit_string(key), der.SEQUENCE)))
    return _Certificate(whole, issuer.whole, int.from_bytes(serial.content, "big", signed=True), modulus, exponent)


def _attributes(element: der.Element) -> dict[str, der.Element]:
    found: dict[str, der.Element] = {}
    for attribute in der.children(element):
        name, values = der.children(attribute)
        kind, inner = der.object_id(name), der.children(values)
        require(kind not in found and values.tag == der.SET and len(inner) == 1, "an attribute of the PDF's seal is not there once")
        found[kind] = inner[0]
    return found


def _names_certificate(attribute: der.Element, certificate: bytes) -> bool:
    """ESSCertIDv2 of the first certificate: its hash, SHA-256 unless another algorithm is named (RFC 5035)."""
    first = der.children(der.children(der.children(attribute)[0])[0])
    if first[0].tag == der.SEQUENCE:
        require(_algorithm(first[0])[0] == SHA256, "the PDF's seal names its certificate by another digest than SHA-256")
        first = first[1:]
    return first[0].tag == der.OCTET_STRING and first[0].content == hashlib.sha256(certificate).digest()


def _salt_size(parameters: list) -> int:
    """Salt length of RSASSA-PSS-params, whose hash and mask must be SHA-256 (RFC 4055 3.1)."""
    require(len(parameters) == 1, "the PDF's seal does not say how it is padded")
    said = {element.tag: der.children(element)[0] for element in der.children(parameters[0])}
    require({_OPTIONAL_0, _OPTIONAL_1, _OPTIONAL_2} <= said.keys(), "the PDF's seal is padded with another digest than SHA-256")
    mask, mask_digest = _algorithm(said[_OPTIONAL_1])
    require(_algorithm(said[_OPTIONAL_0])[0] == SHA256 and mask == MGF1 and _algorithm(mask_digest[0])[0] == SHA256, "the PDF's seal is padded with another digest than SHA-256")
    return der.positive_integer(said[_OPTIONAL_2])


def _signed(certificate: _Certificate, algorithm: der.Element, message: bytes, signature: bytes) -> bool:
    kind, parameters = _algorithm(algorithm)
    if kind in (RSA, RSA_SHA256):
        return rsa.verify_pkcs1(certificate.modulus, certificate.exponent, message, signature)
    require(kind == RSA_PSS, "the PDF's seal is not signed by RSA with SHA-256")
    return rsa.verify_pss(certificate.modulus, certificate.exponent, message, signature, _salt_size(parameters))


def _signed_data(data: bytes) -> tuple[list[bytes], list]:
    """Certificates and the parts of the one signer's information."""
    kind, content = der.children(der.one(data, der.SEQUENCE))
    require(der.object_id(kind) == SIGNED_DATA and content.tag == _OPTIONAL_0, "the PDF's seal is no signed data")
    parts = der.children(der.one(content.content, der.SEQUENCE))
    inner = der.children(parts[2])
    require(der.object_id(inner[0]) == DATA and len(inner) == 1, "the PDF's seal is not detached")
    certificates = [certificate.whole for part in parts[3:] if part.tag == _OPTIONAL_0 for certificate in der.children(part)]
    signers = der.children(parts[-1])
    require(parts[-1].tag == der.SET and len(signers) == 1, "the PDF's seal has not one signer")
    return certificates, der.children(signers[0])


def verify_detached(data: bytes, digest: bytes) -> Signer:
    """The signer of bytes with this SHA-256, or a refusal. `data`: the DER alone."""
    try:
        return _verify(data, digest)
    except (ValueError, IndexError) as cause:
        raise Refused("the PDF's seal is no CMS signature") from cause


def _verify(data: bytes, digest: bytes) -> Signer:
    certificates, parts = _signed_data(data)
    require(len(parts) >= 6 and parts[1].tag == der.SEQUENCE and parts[3].tag == _OPTIONAL_0, "the PDF's seal has another form")
    issuer, serial = der.children(parts[1])
    signers = [c for c in map(_certificate, certificates) if c.issuer == issuer.whole and c.serial == int.from_bytes(serial.content, "big", signed=True)]
    require(len(signers) == 1, "the PDF's seal does not hold the certificate of its signer")
    require(_algorithm(parts[2])[0] == SHA256, "the PDF's seal digests with something else than SHA-256")
    attributes = _attributes(parts[3])
    require(CONTENT_TYPE in attributes and der.object_id(attributes[CONTENT_TYPE]) == DATA, "the PDF's seal is not over data")
    require(MESSAGE_DIGEST in attributes and attributes[MESSAGE_DIGEST].content == digest, "the PDF was changed after it was sealed")
    named = SIGNING_CERTIFICATE in attributes
    require(not named or _names_certificate(attributes[SIGNING_CERTIFICATE], signers[0].whole), "the PDF's seal names another certificate")
    message = der.encode(der.SET, parts[3].content)
    require(parts[5].tag == der.OCTET_STRING and _signed(signers[0], parts[4], message, parts[5].content), "the signature of the PDF's seal does not hold")
    return Signer(signers[0].whole, named)
