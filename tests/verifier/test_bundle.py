"""The checks of a bundle, on bundles of the generator's own."""
import json
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from evidence.bundle import NAMES, verify
from evidence.canonical import write
from evidence.register import fingerprint
from generate import bundle

programme = str(Path(__file__).with_name("verify.py"))


def failing(value):
    return [check.name for check in verify(write(value).encode()).checks if not check.holds]


class Bundles(unittest.TestCase):
    def test_of_the_generator_hold_by_every_check(self):
        for seed in range(1, 25):
            report = verify(bundle(seed).encode())
            self.assertEqual([check.name for check in report.checks if check.holds], list(NAMES), [check for check in report.checks if not check.holds])
            self.assertTrue(report.verified)
            self.assertFalse(report.trusted)
            self.assertTrue(all(check.count > 0 for check in report.checks if check.name not in ("segments", "documents", "files", "related")))

    def test_are_trusted_by_their_fingerprint_and_refused_by_another(self):
        text = bundle(3)
        trust = fingerprint(json.loads(text)["content"]["keys"])
        self.assertTrue(verify(text.encode(), trust).trusted)
        refused = verify(text.encode(), "0" * 64)
        self.assertEqual(([check.name for check in refused.checks if not check.holds], refused.trusted), (["seal"], False))

    def test_say_nothing_but_container_when_their_bytes_are_others(self):
        text = bundle(4)
        for changed in (text + "\n", "\ufeff" + text, text[:-1], text.replace('"copy":1', '"copy":1.0'), text.replace('"copy":1', '"copy":true'), text.replace('"copy":1,', '"copy":1,"copy":1,'), text.replace('"copy":1,', ""), ""):
            report = verify(changed.encode())
            self.assertEqual([check.name for check in report.checks], ["container"])
            self.assertFalse(report.verified)

    def test_fail_by_the_check_whose_part_was_changed(self):
        changes = {
            "container": lambda b: b["manifest"]["counts"].update(keys=99), "seal": lambda b: b["manifest"].update(siteName="Elsewhere"), "record": lambda b: b["manifest"].update(recordDigest="0" * 64),
            "signatures": lambda b: b["content"]["signatures"].pop(), "entries": lambda b: b["content"]["entries"][0]["proof"].append(b["content"]["entries"][0]["proof"][0]),
            "checkpoints": lambda b: b["manifest"].update(filter="all"), "times": lambda b: b["manifest"].update(exportedAt="2026-03-01T09:00:00.000Z"),
        }
        for name, change in changes.items():
            value = json.loads(bundle(5))
            change(value)
            self.assertIn(name, failing(value))

    def test_of_the_second_form_fail_by_the_part_that_was_changed(self):
        seed = next(seed for seed in range(1, 99) if len(json.loads(bundle(seed))["content"].get("files", [])) > 0 and len(json.loads(bundle(seed))["content"]["documents"]) > 1)
        changes = {
            "documents": lambda c: c["documents"].pop(), "files": lambda c: c["files"].pop(), "related": lambda c: c["related"][0]["entries"].pop(0), "container": lambda c: c.pop("files"),
        }
        for name, change in changes.items():
            value = json.loads(bundle(seed))
            change(value["content"])
            self.assertIn(name, failing(value))

    def test_answer_by_exit_code(self):
        with tempfile.TemporaryDirectory() as made:
            self.answers(Path(made))

    def answers(self, directory):
        (directory / "good.json").write_text(bundle(6), "utf-8")
        (directory / "bad.json").write_text(bundle(6).replace("Basel", "Bssel"), "utf-8")
        for arguments, code in ((["good.json"], 0), (["bad.json"], 1), (["good.json", "bad.json"], 1), (["none.json"], 2)):
            self.assertEqual(subprocess.run([sys.executable, programme, *arguments], cwd=directory, capture_output=True).returncode, code, arguments)
        said = subprocess.run([sys.executable, programme, "--json", "good.json"], cwd=directory, capture_output=True, text=True).stdout
        self.assertEqual(sorted(json.loads(said)), ["checks", "fingerprint", "trusted", "verified"])
        shown = subprocess.run([sys.executable, programme, "good.json"], cwd=directory, capture_output=True, encoding="utf-8").stdout
        self.assertEqual(len(re.findall("^ok [a-z]+: [0-9]+ ", shown, re.MULTILINE)), 11)
        self.assertTrue(shown.endswith("\nVERIFIED\n"))


if __name__ == "__main__":
    unittest.main()
