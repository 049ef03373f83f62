"""A detached CMS signature (RFC 5652) by RSA with SHA-256, as PDF seals hold it (PAdES, EN 319 142-1)."""
from __future__ import annotations

import hashlib
from typing import NamedTuple

from . import der, rsa
from .refusal import Refused, require

DATA, SIGNED_DATA = "1.2.840.113549.1.7.1", "1.2.840.113549.1.7.2"
CONTENT_TYPE, MESSAGE_DIGEST, SIGNING_CERTIFICATE = "1.2.840.113549.1.9.3", "1.2.840.113549.1.9.4", "1.2.840.113549.1.9.16.2.47"
RSA, RSA_SHA256, SHA256 = "1.2.840.113549.1.1.1", "1.2.840.113549.1.1.11", "2.16.840.1.101.3.4.2.1"
_CONTEXT_0 = 0xA0
_VERSION_1 = b"\x01"


class Signer(NamedTuple):
    certificate: bytes
    #: Was the certificate itself signed with (ESS signing-certificate-v2), as PAdES asks?
    certificate_signed: bool


class _Certificate(NamedTuple):
    #: Issuer and serial number as they are encoded.
    issuer: bytes
    serial: bytes
    modulus: int
    exponent: int


def _algorithm(element: der.Element) -> str:
    """Name of an algorithm that has no parameters, or NULL for them."""
    parts = der.children(element)
    require(element.tag == der.SEQUENCE and (len(parts) == 1 or parts[1].whole == b"\x05\x00" and len(parts) == 2), "an algorithm of the PDF's seal has parameters")
    return der.object_id(parts[0])


def _certificate(whole: bytes) -> _Certificate:
    parts = der.children(der.children(der.one(whole, der.SEQUENCE))[0])
    if parts[0].tag == _CONTEXT_0:
        parts = parts[1:]
    require(len(parts) >= 6, "the certificate of the seal is cut off")
    serial, _, issuer, _, _, public = parts[:6]
    algorithm, key = der.children(public)[:2]
    require(_algorithm(algorithm) == RSA, "the certificate of the seal is not of an RSA key")
    modulus, exponent = map(der.positive_integer, der.children(der.one(der.octets_of_bit_string(key), der.SEQUENCE)))
    return _Certificate(issuer.whole, serial.whole, modulus, exponent)


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
        require(_algorithm(first[0]) == SHA256, "the PDF's seal names its certificate by another digest than SHA-256")
        first = first[1:]
    return first[0].tag == der.OCTET_STRING and first[0].content == hashlib.sha256(certificate).digest()


def _signed_data(data: bytes) -> tuple[bytes, list[der.Element]]:
    """The one certificate, and the parts of the one signer's information. Nothing may be there that no signature covers and no register names."""
    kind, content = der.children(der.one(data, der.SEQUENCE))
    require(der.object_id(kind) == SIGNED_DATA and content.tag == _CONTEXT_0, "the PDF's seal is no signed data")
    parts = der.children(der.one(content.content, der.SEQUENCE))
    require([part.tag for part in parts] == [der.INTEGER, der.SET, der.SEQUENCE, _CONTEXT_0, der.SET] and parts[0].content == _VERSION_1, "the PDF's seal has another form")
    digests, inner, certificates, signers = (der.children(part) for part in parts[1:])
    require([_algorithm(digest) for digest in digests] == [SHA256], "the PDF's seal digests with something else than SHA-256")
    require(der.object_id(inner[0]) == DATA and len(inner) == 1, "the PDF's seal is not detached")
    require(len(certificates) == 1 and len(signers) == 1, "the PDF's seal has not one signer with one certificate")
    return certificates[0].whole, der.children(der.one(signers[0].whole, der.SEQUENCE))


def verify_detached(data: bytes, digest: bytes) -> Signer:
    """The signer of bytes with this SHA-256, or a refusal. `data`: the DER alone."""
    try:
        return _verify(data, digest)
    except (ValueError, IndexError) as cause:
        raise Refused("the PDF's seal is no CMS signature") from cause


def _verify(data: bytes, digest: bytes) -> Signer:
    whole, parts = _signed_data(data)
    require([part.tag for part in parts] == [der.INTEGER, der.SEQUENCE, der.SEQUENCE, _CONTEXT_0, der.SEQUENCE, der.OCTET_STRING] and parts[0].content == _VERSION_1, "the signer of the PDF's seal is described in another form")
    certificate, (issuer, serial) = _certificate(whole), der.children(parts[1])
    require(issuer.whole == certificate.issuer and serial.whole == certificate.serial, "the PDF's seal does not hold the certificate of its signer")
    require(_algorithm(parts[2]) == SHA256 and _algorithm(parts[4]) in (RSA, RSA_SHA256), "the PDF's seal is not by RSA with SHA-256")
    attributes = _attributes(parts[3])
    require(CONTENT_TYPE in attributes and der.object_id(attributes[CONTENT_TYPE]) == DATA, "the PDF's seal is not over data")
    require(MESSAGE_DIGEST in attributes and attributes[MESSAGE_DIGEST].whole == der.encode(der.OCTET_STRING, digest), "the PDF was changed after it was sealed")
    named = SIGNING_CERTIFICATE in attributes
    require(not named or _names_certificate(attributes[SIGNING_CERTIFICATE], whole), "the PDF's seal names another certificate")
    # What is signed is the attributes as a SET, whatever tag they stand under (RFC 5652 5.4).
    message = der.encode(der.SET, parts[3].content)
    require(rsa.verify_pkcs1(certificate.modulus, certificate.exponent, message, parts[5].content), "the signature of the PDF's seal does not hold")
    return Signer(whole, named)
