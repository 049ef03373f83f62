#!/usr/bin/env python3
"""Makes valid bundles by the document alone, so that neither verifier is only ever shown what one writer writes.

    python3 generate.py <directory> [how many] [seed]

Each bundle differs: of either form, with and without segments, witnesses, an earlier checkpoint, keys that were rotated, a withdrawal, signatures of the story.
"""
from __future__ import annotations

import hashlib
import json
import random
import sys
from base64 import b64encode
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, NamedTuple, Optional

from evidence import ed25519, merkle, note, p256
from evidence.canonical import tagged_digest, write
from evidence.encoding import to_base64url
from evidence.jws import thumbprint

SITE, INSTALLATION = "basel", "veribatch-0e1d2c3b"


class Key(NamedTuple):
    seed: bytes
    listed: dict

    @property
    def public(self) -> bytes:
        return ed25519.public_of(self.seed)


def base64(data: bytes) -> str:
    return b64encode(data).decode()


def seconds_of(minutes: int) -> int:
    """Seconds since 1970 of a time so many minutes after 1 March 2026, 08:00 UTC."""
    return 1_772_352_000 + minutes * 60


def time_of(minutes: int) -> str:
    return datetime.fromtimestamp(seconds_of(minutes), timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.000Z")


class Maker:
    """One bundle in the making; chance decides what it holds."""

    def __init__(self, chance: random.Random) -> None:
        self.chance, self.batch = chance, f"BAS-{chance.randrange(1000):03d}-«{chance.choice(['ä', 'µ', '😀', ''])}»"
        self.keys: list[Key] = []
        self.rotated, self.witnessed, self.earlier, self.sealed, self.full = (chance.random() < 0.5 for _ in range(5))
        change = 1250
        self.old = self.key("enterprise", "attestation", -60, change if self.rotated else None)
        self.attestation = self.key("enterprise", "attestation", change, None) if self.rotated else self.old
        self.first_log = self.key(SITE, "ledger", -60, 60 if self.rotated else None)
        self.log_key = self.key(SITE, "ledger", 60, None) if self.rotated else self.first_log
        enterprise = [self.key("enterprise", "ledger", -60, None)] if self.witnessed or self.full else []
        self.enterprise = enterprise[0] if enterprise else None
        self.witnesses = [self.key("raleigh", "ledger", -60, None), *enterprise] if self.witnessed else enterprise
        self.signatures: list[dict] = []
        self.told: list[tuple[str, str, str, dict, int]] = []

    def key(self, owner: str, purpose: str, begins: int, ends: Optional[int]) -> Key:
        seed = self.chance.getrandbits(256).to_bytes(32, "big")
        public = ed25519.public_of(seed)
        name = f"{INSTALLATION}/{owner}" if purpose == "ledger" else f"{INSTALLATION} {purpose}"
        listed = {"id": hashlib.sha256(public).hexdigest()[:16], "owner": owner, "purpose": purpose, "name": name, "algorithm": "Ed25519", "publicKey": base64(public), "validFrom": time_of(begins), "validTo": None if ends is None else time_of(ends)}
        self.keys.append(Key(seed, listed))
        return self.keys[-1]

    def record(self) -> str:
        limits = [self.chance.uniform(-1e3, 1e3), 1e21, 1e-7, -0.5, self.chance.randrange(1 << 53)]
        made = self.made_by() if self.full else {"batch": {}, "rest": {}}
        return write({"format": "EBRREC/1", **made["rest"], "batch": {**made["batch"], "id": self.batch, "siteId": SITE, "unitId": "BR-101", "note": "\u2028\u007f\"\\\b\f\n\r\t\u0001/"}, "steps": [{"limits": limits, "ﬀ": 1, "\U0001f600": 2, "é": None}], "master": None})

    def made_by(self) -> dict:
        """What the record freezes and used, and beside it the documents and files of the bundle."""
        chance, master = self.chance, self.chance.choice(["MBR-1", "MBR-«ä»"])
        version, overlaid, weighed, held = chance.randrange(1, 9), chance.random() < 0.5, chance.sample(range(1, 30), chance.randrange(3)), [chance.getrandbits(8 * n).to_bytes(n, "big") for n in chance.sample(range(0, 40), chance.randrange(3))]
        said = [("master", f"{master} v{version}", {"format": chance.choice(["EBRMBR/1", "EBRMBR/2"]), "id": master, "version": version, "limits": [1e21, -0.5]})]
        said += [("overlay", f"{SITE} {master} v{version} overlay 2", {"format": "EBROVL/1", "siteId": SITE, "masterId": master, "masterVersion": version, "version": 2})] if overlaid else []
        said += [("exception-configuration", f"exceptions v{n}", {"format": "EBREXC/1", "lateAfterMin": n}) for n in weighed]
        self.documents = sorted(({"kind": kind, "id": id_, "text": write(text), "digest": tagged_digest(text["format"], write(text)), "signatures": []} for kind, id_, text in said), key=lambda one: (one["kind"], one["id"].encode("utf-16-be")))
        digests = {one["kind"]: one["digest"] for one in self.documents}
        self.files = sorted(({"digest": hashlib.sha256(file).hexdigest(), "size": len(file), "content": base64(file)} for file in held), key=lambda one: one["digest"])
        self.rows = {"master": ("master_batch_records", f"{master}/{version}"), "overlay": ("site_overlays", f"{master}/{version}/2")}
        frozen = {"masterId": master, "masterVersion": version, "masterDigest": digests["master"], **({"overlayVersion": 2, "overlayDigest": digests["overlay"]} if overlaid else chance.choice([{}, {"overlayVersion": None, "overlayDigest": None}]))}
        materials = [{"lotId": "L-1", "containerId": chance.choice([None, "C-1"])}] if chance.random() < 0.7 else []
        exceptions = [{"id": str(n), "configurationVersion": n} for n in [*weighed, *weighed[:1]]] + [{"id": "old"}]
        rest = {"materials": materials, "equipment": [{"unitId": "CF-1"}], "exceptions": exceptions, "attachments": [{"digest": file["digest"], "size": file["size"], "name": "«»"} for file in self.files]}
        return {"batch": frozen, "rest": {name: rows for name, rows in rest.items() if rows}}

    def related(self) -> dict[str, list[tuple]]:
        """Entries about what the record names, by owner."""
        told: dict[str, list[tuple]] = {SITE: [("row.created", table, id_, {"new": "{}"}, 1) for table, id_ in (("units", "BR-101"), ("units", "CF-1"), ("lots", "L-1"), ("containers", "C-1"), ("calibrations", "x"))], "enterprise": []}
        for document in self.documents:
            table, id_ = self.rows.get(document["kind"], ("exception_configurations", document["id"][12:]))
            owner = SITE if document["kind"] == "overlay" else "enterprise"
            row = json.dumps({"digest": document["digest"], "text": document["text"]})
            told[owner] += [("row.created", table, id_, {"new": json.dumps({"digest": "0"})}, 1), ("row.changed", table, id_, {"new": row}, 2)]
            if document["kind"] != "exception-configuration" and self.chance.random() < 0.7:
                signature = self.signature({"recordType": document["kind"], "recordId": document["id"], "site": owner, "recordDigest": document["digest"]}, [], self.chance.choice(["story", "identity-provider", "passkey"]), "master_approved", 900)
                document["signatures"].append(signature)
                told[owner].append(("row.created", "signatures", f"{document['id']}/1", {"new": json.dumps({"digest": signature["digest"]})}, 3))
        return told

    def segment(self, tag: str, day: str, unit: str = "BR-101") -> dict:
        step = 86_400 // self.chance.randrange(1, 30)
        readings = [{"at": f"{day}T{s // 3600:02d}:{s // 60 % 60:02d}:{s % 60:02d}.000Z", "outOfRange": s % 7 == 0, "quality": self.chance.choice(["good", "uncertain", "bad"]), "value": self.chance.choice(["37", "-0.5", "3.7e+21", "1e-7"])} for s in range(0, 86_400, step)]
        text = write(readings)
        return {"tag": tag, "unitId": unit, "day": day, "readings": len(readings), "digest": tagged_digest("EBRSEG/1", text), "text": text}

    def segments(self) -> list[dict]:
        if not self.sealed:
            return []
        # U+FB01 comes after U+1F600 by UTF-16 code units and before it by code points.
        found = [self.segment(tag, day) for tag in ("pH", "temperature", "\U0001f600", "ﬁ") for day in ("2026-03-01", "2026-03-02")]
        several = self.full and self.chance.random() < 0.5
        found += [self.segment("pH", "2026-03-01", "CF-1")] if several else []
        named = several or (self.full and self.chance.random() < 0.5)  # a list of one unit may be one from before units stood in it
        listed = tagged_digest("EBRSEG/1", write([[*([s["unitId"]] if named else []), s["tag"], s["day"], s["digest"]] for s in found]))
        for _ in range(2):  # sealed twice: the last entry counts
            self.told.append(("segments.sealed", "batch", self.batch, {"segments": len(found), "readings": sum(s["readings"] for s in found), "listDigest": listed}, 1050))
        return found

    def passkey(self, digest: str) -> tuple[dict, dict]:
        secret = self.chance.getrandbits(255) % (p256.ORDER - 1) + 1
        x, y = p256.public_of(secret)
        cose = bytes.fromhex("a5010203262001215820") + x.to_bytes(32, "big") + bytes.fromhex("225820") + y.to_bytes(32, "big")
        host, port = self.chance.choice([("portal.example", ""), ("localhost", ":3000")])
        origin = f"{'https' if not port else 'http'}://{host}{port}"
        client = json.dumps({"type": "webauthn.get", "challenge": to_base64url(bytes.fromhex(digest)), "origin": origin}).encode()
        authenticator = hashlib.sha256(host.encode()).digest() + bytes([0x05 | self.chance.choice([0, 0x18])]) + bytes(4)
        signature = p256.sign(secret, authenticator + hashlib.sha256(client).digest())
        parts = {"credentialId": cose[-16:], "publicKey": cose, "authenticatorData": authenticator, "clientDataJson": client, "signature": signature}
        assertion = {name: to_base64url(part) for name, part in parts.items()}
        return assertion, {"credentialId": assertion["credentialId"], "origin": origin, "publicKeyDigest": hashlib.sha256(cose).hexdigest()}

    def signature(self, on: dict, others: list[dict], method: str, meaning: str, minutes: int, withdraws: Optional[int] = None) -> dict:
        """A signature on a record after the others on it."""
        said = {"format": "EBRSIG/1", **on, "previousDigest": others[-1]["digest"] if others else None, "meaning": meaning, "printedName": "Z. Ünal", "nonce": "n"}
        statement = write(said if withdraws is None else {**said, "withdraws": withdraws})
        digest = tagged_digest("EBRSIG/1", statement)
        assertion, evidence = self.passkey(digest) if method == "passkey" else (None, {"acr": "password"})
        key = self.attestation if minutes >= 1250 else self.old
        named = thumbprint(key.public) if method == "story" else key.listed["id"]
        signed_at = time_of(minutes)
        attestation = jws({"alg": "EdDSA", "kid": named}, {"digest": digest, "signedAt": signed_at, "method": method, "evidence": evidence}, key)
        return {"ordinal": len(others) + 1, "statement": statement, "digest": digest, "method": method, "signedAt": signed_at, "attestation": attestation, "assertion": assertion, "withdraws": withdraws}

    def sign(self, method: str, meaning: str, minutes: int, withdraws: Optional[int] = None) -> None:
        ordinal = len(self.signatures) + 1
        self.signatures.append(self.signature({"recordType": "batch", "recordId": self.batch, "site": SITE, "recordDigest": self.digest}, self.signatures, method, meaning, minutes, withdraws))
        digest = self.signatures[-1]["digest"]
        self.told.append(("row.created", "signatures", f"{self.batch}/{ordinal}", {"fields": "digest", "old": None, "new": json.dumps({"digest": digest, "ordinal": ordinal})}, minutes))
        if method != "story":
            act = {"signatureDigest": digest, "ordinal": ordinal, "method": method, **({"meaning": meaning} if withdraws is None else {"withdraws": withdraws})}
            self.told.append(("record.signed" if withdraws is None else "signature.withdrawn", "batch", self.batch, act, minutes))

    def entry(self, event: str, subject_type: str, subject: str, detail: dict, minutes: int, owner: str = SITE, other: bool = False) -> str:
        return write({
            "format": "EBRLEAF/1", "id": str(self.chance.getrandbits(64)), "at": time_of(minutes), "zone": "Europe/Zurich", "siteId": owner, "batchId": self.chance.choice([None, "", "BAS-0"]) if other else self.batch, "actorId": "p", "actorName": "Z. Ünal", "role": "qa-manager", "authorisedBy": self.chance.choice([None, "q"]),
            "client": "", "request": "", "kind": "act", "event": event, "subjectType": subject_type, "subjectId": subject, "reason": "", "critical": self.chance.random() < 0.5, "detail": detail,
        })

    def checkpoint(self, leaves: list[bytes], by: Key, minutes: int) -> dict:
        text = f"{by.listed['name']}\n{len(leaves)}\n{base64(merkle.root(leaves))}\n"
        lines = [line(by, note.ED25519, ed25519.sign(by.seed, text.encode()))]
        for witness in ([self.log_key] if by is self.enterprise else self.witnesses):
            at = seconds_of(minutes) + self.chance.randrange(60)
            lines.append(line(witness, note.COSIGNATURE, at.to_bytes(8, "big") + ed25519.sign(witness.seed, f"cosignature/v1\ntime {at}\n{text}".encode())))
        return {"note": text + "\n" + "".join(lines)}

    def content(self) -> dict[str, Any]:
        record = self.record()
        self.digest = tagged_digest("EBRREC/1", record)
        segments = self.segments()
        if self.chance.random() < 0.5:
            self.sign("story", "production_reviewed", self.chance.choice([-9000, 1100]))
        self.sign("identity-provider", "audit_trail_reviewed", 1200)
        self.sign("passkey", "approved_for_release", 1250)
        if self.chance.random() < 0.5:
            self.sign("identity-provider", "withdrawn", 1300, self.chance.randrange(1, len(self.signatures) + 1))
        texts = [self.entry(*told) for told in self.told]
        about = self.related() if self.full else {SITE: [], "enterprise": []}
        used = [self.entry(*told, other=True) for told in about[SITE]]
        leaves, positions = self.log([*texts, *used])
        first = self.chance.randrange(1, len(leaves)) if self.earlier else len(leaves)
        notes = [self.checkpoint(leaves[:first], self.first_log, 30)] if first < len(leaves) else []
        last = self.checkpoint(leaves, self.log_key, 2990)
        return {
            "record": record, "segments": sorted(segments, key=lambda s: (s["unitId"].encode("utf-16-be"), s["tag"].encode("utf-16-be"), s["day"])), "signatures": self.signatures,
            "entries": proved(texts, positions, leaves),
            "checkpoints": [*notes, last], "consistency": [base64(hash_) for hash_ in merkle.consistency_path(leaves, first)] if notes else [],
            "keys": sorted((key.listed for key in self.keys), key=lambda listed: listed["id"]),
            **({"documents": self.documents, "files": self.files, "related": [{"owner": SITE, **last, "entries": proved(used, positions[len(texts):], leaves)}, *self.of_enterprise(about["enterprise"])]} if self.full else {}),
        }

    def of_enterprise(self, told: list[tuple]) -> list[dict]:
        texts = [self.entry(*one, owner="enterprise", other=True) for one in told]
        leaves, positions = self.log(texts)
        assert self.enterprise is not None
        return [{"owner": "enterprise", **self.checkpoint(leaves, self.enterprise, 2990), "entries": proved(texts, positions, leaves)}] if texts else []

    def log(self, texts: list[str]) -> tuple[list[bytes], list[int]]:
        """The texts as leaves among those of others, and their positions."""
        foreign = lambda: [self.chance.getrandbits(256).to_bytes(32, "big") for _ in range(self.chance.randrange(4))]
        leaves, positions = foreign(), []
        for text in texts:
            positions.append(len(leaves))
            leaves += [merkle.leaf_hash(text), *foreign()]
        return leaves, positions

    def bundle(self) -> str:
        content = self.content()
        counts = {name: len(content[name]) for name in ("entries", "signatures", "segments", "checkpoints", "keys")}
        about = sum(len(group["entries"]) for group in content.get("related", []))
        counts.update(readings=sum(s["readings"] for s in content["segments"]), proofs=len(content["entries"]) + about, **({"documents": len(content["documents"]), "files": len(content["files"]), "related": about} if self.full else {}))
        size = int(content["checkpoints"][-1]["note"].split("\n")[1])
        manifest = {
            "batchId": self.batch, "siteId": SITE, "siteName": "Basel", "zone": "Europe/Zurich", "exportedAt": time_of(3000), "exportedBy": {"id": "p", "name": "A. Auditor", "role": "auditor"}, "copy": 1, "reason": "",
            "recordDigest": self.digest, "counts": counts, "filter": f"batch = {self.batch}, ledger positions 0 to {size - 1}", "contentDigest": tagged_digest("EBRBUN/1", write(content)),
        }
        seal = ed25519.sign(self.attestation.seed, f"EBRSEAL/1\n{write(manifest)}".encode())
        return write({"format": "EBRBUNDLE/2" if self.full else "EBRBUNDLE/1", "manifest": manifest, "content": content, "seal": {"keyId": self.attestation.listed["id"], "signature": base64(seal)}})


def proved(texts: list[str], positions: list[int], leaves: list[bytes]) -> list[dict]:
    return [{"position": at, "canonical": text, "proof": [base64(hash_) for hash_ in merkle.audit_path(leaves, at)]} for at, text in zip(positions, texts)]


def line(key: Key, kind: int, signature: bytes) -> str:
    return f"— {key.listed['name']} {base64(note.key_hash(key.listed['name'], kind, key.public) + signature)}\n"


def jws(header: dict, payload: dict, key: Key) -> str:
    signed = ".".join(to_base64url(json.dumps(part).encode()) for part in (header, payload))
    return f"{signed}.{to_base64url(ed25519.sign(key.seed, signed.encode()))}"


def bundle(seed: int) -> str:
    """A valid bundle; the same for the same seed."""
    return Maker(random.Random(seed)).bundle()


if __name__ == "__main__":
    directory, number, first = Path(sys.argv[1]), int(sys.argv[2] if len(sys.argv) > 2 else 1), int(sys.argv[3] if len(sys.argv) > 3 else 1)
    directory.mkdir(parents=True, exist_ok=True)
    for n in range(first, first + number):
        (directory / f"generated-{n:04d}.json").write_text(bundle(n), "utf-8")
    print(f"{number} bundles in {directory}")
