#!/usr/bin/env python3
"""Checks evidence bundles and sealed PDFs, written a second time from docs/evidence-format.md alone.

    python3 verify.py <bundle or pdf> … [--trust <file or fingerprint>] [--json]
    python3 verify.py --serve

With --serve, cases come on standard input as two parts each, a part being its length in bytes (4, big-endian) and that many bytes: the trusted
fingerprint (may be empty), then the file. Each is answered by one line of JSON; the programme ends with its input.
"""
from __future__ import annotations

import argparse
import json
import re
import sys
import traceback
from pathlib import Path
from typing import BinaryIO, Optional

from evidence.bundle import Report, verify
from evidence.pdf import is_pdf, verify_pdf
from evidence.refusal import Refused


def verify_file(data: bytes, trust: Optional[str]) -> Report:
    return verify_pdf(data, trust) if is_pdf(data) else verify(data, trust)


def as_json(report: Report) -> dict:
    return {"verified": report.verified, "checks": [check._asdict() for check in report.checks], "fingerprint": report.fingerprint, "trusted": report.trusted}


def trusted_fingerprint(said: str) -> str:
    """The fingerprint itself, or the first run of exactly 64 hexadecimal digits of a file."""
    if re.fullmatch("[0-9a-f]{64}", said):
        return said
    found = re.search("(?<![0-9A-Fa-f])[0-9A-Fa-f]{64}(?![0-9A-Fa-f])", Path(said).read_text("utf-8"))
    if not found:
        raise Refused(f"{said} holds no fingerprint of 64 hexadecimal digits")
    return found.group().lower()


def _part(stream: BinaryIO) -> Optional[bytes]:
    head = stream.read(4)
    return stream.read(int.from_bytes(head, "big")) if len(head) == 4 else None


def serve() -> None:
    """Answers cases until the input ends. A fault of the verifier itself is answered as such, so that it is never taken for a refusal."""
    while True:
        trust, data = _part(sys.stdin.buffer), _part(sys.stdin.buffer)
        if trust is None or data is None:
            return
        try:
            answer = as_json(verify_file(data, trust.decode("ascii") or None))
        except Exception:  # noqa: BLE001
            answer = {"verified": False, "checks": [], "fingerprint": "", "trusted": False, "fault": traceback.format_exc()}
        print(json.dumps(answer, ensure_ascii=True), flush=True)


def show(name: str, report: Report) -> None:
    print(name)
    for check in report.checks:
        print(f"{'ok' if check.holds else 'FAILED'} {check.name}: {check.count} {check.finding}")
    print(f"fingerprint of the register: {report.fingerprint} ({'trusted' if report.trusted else 'not compared with a trusted one'})")
    print("VERIFIED" if report.verified else "NOT VERIFIED")


def main() -> int:
    parser = argparse.ArgumentParser(description="Checks evidence bundles (EBRBUNDLE/1) and sealed PDFs.")
    parser.add_argument("files", nargs="*", metavar="bundle or pdf")
    parser.add_argument("--trust", metavar="file or fingerprint")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--serve", action="store_true")
    said = parser.parse_args()
    if said.serve:
        serve()
        return 0
    if not said.files:
        parser.error("name at least one bundle or PDF")
    try:
        trust = trusted_fingerprint(said.trust) if said.trust else None
        reports = [(name, verify_file(Path(name).read_bytes(), trust)) for name in said.files]
    except (Refused, OSError) as refused:
        print(refused, file=sys.stderr)
        return 2
    for name, report in reports:
        if said.json:
            print(json.dumps(as_json(report), ensure_ascii=False))
        else:
            show(name, report)
    return 0 if all(report.verified for _, report in reports) else 1


if __name__ == "__main__":
    sys.exit(main())
