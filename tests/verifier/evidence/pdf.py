"""A sealed PDF that carries its bundle: the bundle is taken out and checked, then the PDF's own seal."""
from __future__ import annotations

import hashlib
from typing import Any, Iterator, Optional

from . import der
from .bundle import Bundle, Check, Report, read, verify
from .cms import verify_detached
from .pdf_file import PdfFile
from .pdf_syntax import Stream
from .refusal import Refused, require

ATTACHMENT = "evidence.json"
_SEALS = ("ETSI.CAdES.detached", "adbe.pkcs7.detached")


def is_pdf(data: bytes) -> bool:
    return data[:5] == b"%PDF-"


def attached_bundle(pdf: PdfFile) -> bytes:
    """Bytes of the one embedded file evidence.json."""
    found = [specification for name, specification in pdf.embedded_files() if name == ATTACHMENT]
    require(len(found) == 1, f"the PDF holds {len(found)} files {ATTACHMENT}, not one")
    stream = pdf.member(found[0], "EF", "UF") or pdf.member(found[0], "EF", "F")
    require(isinstance(stream, Stream), f"the PDF's {ATTACHMENT} has no content")
    return pdf.content(stream)


def _signatures(pdf: PdfFile) -> Iterator[dict]:
    """Signature dictionaries of the form's signature fields."""
    fields = [pdf.resolved(field) for field in pdf.member(pdf.root(), "AcroForm", "Fields") or []]
    for _ in range(10_000):
        if not fields:
            return
        field = fields.pop()
        fields += [pdf.resolved(kid) for kid in pdf.member(field, "Kids") or []]
        value = pdf.member(field, "V")
        if pdf.member(field, "FT") == "Sig" and isinstance(value, dict):
            yield value
    raise Refused("the PDF's form goes in a circle")


def _covers_whole(pdf: PdfFile, signature: dict) -> bool:
    """Are the bytes the signature covers all of the file but the signature itself?"""
    covered, contents, size = signature.get("ByteRange"), signature.get("Contents"), len(pdf.data)
    if not isinstance(covered, list) or len(covered) != 4 or not isinstance(contents, bytes) or not all(type(n) is int for n in covered):
        return False
    start, end, after, rest = covered
    hole = pdf.data[end:after]
    return start == 0 and 0 < end < after and after + rest == size and hole[:1] == b"<" and hole[-1:] == b">" and hole[1:-1] in (contents.hex().encode(), contents.hex().upper().encode())


def _detached_der(contents: bytes) -> bytes:
    """The CMS structure without the zeros that fill its place up."""
    whole = der.first(contents).whole
    require(not any(contents[len(whole):]), "something follows the PDF's seal")
    return whole


def check_seal(pdf: PdfFile, bundle: Bundle) -> tuple[int, str]:
    found = list(_signatures(pdf))
    require(len(found) == 1, f"the PDF has {len(found)} seals, not one")
    signature: dict[str, Any] = found[0]
    require(_covers_whole(pdf, signature), "the seal does not cover the whole PDF")
    require(signature.get("SubFilter") in _SEALS, "the PDF's seal is of an unknown kind")
    _, end, after, _ = signature["ByteRange"]
    digest = hashlib.sha256(pdf.data[:end] + pdf.data[after:]).digest()
    signer = verify_detached(_detached_der(signature["Contents"]), digest)
    require(signer.certificate_signed or signature["SubFilter"] != _SEALS[0], "the PDF's seal does not sign its certificate, as PAdES asks")
    keys = [key for key in bundle.register.seals() if key.public == signer.certificate]
    require(len(keys) == 1, "the PDF's certificate is no seal key of the register")
    require(keys[0].valid_at(bundle.exported_at), "the key of the PDF's seal was not valid at the export")
    return 1, f"seal over the whole PDF by {keys[0].name}"


def verify_pdf(data: bytes, trust: Optional[str]) -> Report:
    try:
        pdf = PdfFile(data)
        attached = attached_bundle(pdf)
    except (Refused, ValueError, KeyError, TypeError, AttributeError, IndexError) as refused:
        report = verify(b"")
        damaged = str(refused) if isinstance(refused, Refused) else "the PDF is damaged"
        return report._replace(checks=(Check("container", 0, False, damaged), *report.checks[1:], Check("pdf", 0, False, damaged)))
    report = verify(attached, trust)
    try:
        count, finding = check_seal(pdf, read(attached))
        sealed = Check("pdf", count, True, finding)
    except (Refused, ValueError, KeyError, TypeError, AttributeError, IndexError) as refused:
        sealed = Check("pdf", 0, False, str(refused) if isinstance(refused, Refused) else "the PDF is damaged")
    return report._replace(checks=(*report.checks, sealed))
