"""What the standards publish, and what they forbid."""
import base64
import hashlib
import unittest

from evidence import ed25519, merkle, note, p256, rsa
from evidence.canonical import number_text, parse, read_canonical
from evidence.encoding import from_base64, from_base64url, milliseconds
from evidence.refusal import Refused


class Ed25519(unittest.TestCase):
    # RFC 8032 7.1, tests 1 to 3: seed, public key, message, signature.
    vectors = (
        ("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60", "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "", "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"),
        ("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb", "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72", "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"),
        ("c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7", "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82", "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"),
    )

    def test_signs_and_verifies_the_vectors_of_rfc_8032(self):
        for seed, public, message, signature in (map(bytes.fromhex, vector) for vector in self.vectors):
            self.assertEqual(ed25519.public_of(seed), public)
            self.assertEqual(ed25519.sign(seed, message), signature)
            self.assertTrue(ed25519.verify(public, message, signature))
            self.assertFalse(ed25519.verify(public, message + b"x", signature))

    def test_takes_one_writing_of_a_signature_only(self):
        _, public, message, signature = map(bytes.fromhex, self.vectors[2])
        s = int.from_bytes(signature[32:], "little")
        self.assertFalse(ed25519.verify(public, message, signature[:32] + (s + ed25519.ORDER).to_bytes(32, "little")))
        self.assertFalse(ed25519.verify(public, message, signature[:31] + bytes([signature[31] ^ 0x80]) + signature[32:]))
        self.assertFalse(ed25519.verify(public, message, signature + b"\0"))

    def test_refuses_keys_under_which_one_signature_fits_many_texts(self):
        # Of order 1, 2, 4 and 8; and a y that is not below p.
        for key in ("01" + "00" * 31, "ec" + "ff" * 30 + "7f", "00" * 32, "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05", "ee" + "ff" * 30 + "7f"):
            self.assertIsNone(ed25519.public_key(bytes.fromhex(key)))

    def test_uses_the_table_of_a_key_to_the_same_end(self):
        seed = hashlib.sha256(b"table").digest()
        public = ed25519.public_of(seed)
        for n in range(6):
            message = bytes([n])
            signature = ed25519.sign(seed, message)
            self.assertTrue(ed25519.verify(public, message, signature))
            self.assertFalse(ed25519.verify(public, message, signature[:40] + bytes([signature[40] ^ 1]) + signature[41:]))


class P256(unittest.TestCase):
    secret = 0xC9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721

    def test_signs_and_verifies_the_vector_of_rfc_6979(self):
        x, y = p256.public_of(self.secret)
        self.assertEqual(x, 0x60FED4BA255A9D31C961EB74C6356D68C049B8923B61FA6CE669622E60F29FB6)
        signature = p256.sign(self.secret, b"sample")
        self.assertIn("efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716", signature.hex())
        self.assertIn("f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8", signature.hex())
        self.assertTrue(p256.verify(x, y, b"sample", signature))
        self.assertFalse(p256.verify(x, y, b"sampl", signature))

    def test_refuses_other_encodings_of_a_signature(self):
        x, y = p256.public_of(self.secret)
        signature = p256.sign(self.secret, b"sample")
        for changed in (signature + b"\0", signature[:-1], b"\x30\x81" + signature[1:], signature.replace(b"\x02\x21\x00", b"\x02\x22\x00\x00", 1), b"\x30\x06\x02\x01\x00\x02\x01\x00", b""):
            self.assertFalse(p256.verify(x, y, b"sample", changed), changed.hex())

    def test_refuses_a_point_off_the_curve(self):
        x, y = p256.public_of(self.secret)
        self.assertFalse(p256.verify(x, y + 1, b"sample", p256.sign(self.secret, b"sample")))


class Rsa(unittest.TestCase):
    # A modulus of 2,048 bits with its private exponent, made for this test.
    n = int(
        "b778c854e3a4b7c96e2f7935021d137e0617f67a3c03cbab9422b18231a871bc28963086f522040cdd1dac7bf6257cb222064be05347c403abf1213e48219dfaacb53c8766513d447504863b919bad9ed3517822915521e2370b880383b1ec61"
        "af72822e92ce890c289a7ebdafff9fc7751021cc115d20485da17e7d07b8468d7ac8578a3298d6336edfddf6b0936c61cdd94e412a79754012e744ec5ecc700eb424298f10404980ebb6af4b6592fb220a9aa8aef21077c07cb0ebb256775dd7"
        "e3748312dc92de82951ef14bd2168371ce7493bd44730a051b6d6e15280120cc8b9581b85babfc5cb319e5e063e0901076ba74f13a3037ab3a6a4bf11014fa11", 16)
    d = int(
        "3b01604454d603b987734322f6240dc1c909e9de13f1108e84dcc783dc9e94bd73bc21ad35a713f0632888f1710f4b542ab725ade67abd228528ce8d2e3b898836052f8b482fb6698eccbeb2e7b84e9536d70bb0ea569bc819f5de6f6aea4ce0"
        "79c174f6af8636f32f17c8cd0e8e427fae395af53b5c5ce6891e4804c3f7d2d05fc1b17eb00e29305517a5b36dda967eb63a6202278608cc001e988053a01dd47acfe99668bf00808295f177ec49dbddbbe63c55835b753ba5becd8f76219e84"
        "309b937af078d7f4ec9e352e85115880bb5ad597b1fd44e4088c8f227b951056240ad362783245631aef3a3d563d5aa98524d48ccf59368344568e89f1220bc5", 16)

    def signature(self, message, padding=b"\x00"):
        info = bytes.fromhex("3031300d060960864801650304020105000420") + hashlib.sha256(message).digest()
        block = b"\x00\x01" + b"\xff" * (256 - len(info) - 3) + padding + info
        return pow(int.from_bytes(block, "big"), self.d, self.n).to_bytes(256, "big")

    def test_verifies_pkcs1_with_sha256(self):
        self.assertTrue(rsa.verify_pkcs1(self.n, 65537, b"sample", self.signature(b"sample")))
        self.assertFalse(rsa.verify_pkcs1(self.n, 65537, b"other", self.signature(b"sample")))

    def test_refuses_other_padding_lengths_and_small_moduli(self):
        self.assertFalse(rsa.verify_pkcs1(self.n, 65537, b"sample", self.signature(b"sample", b"\x01")))
        self.assertFalse(rsa.verify_pkcs1(self.n, 65537, b"sample", b"\0" + self.signature(b"sample")))
        self.assertFalse(rsa.verify_pkcs1(self.n >> 1025, 65537, b"sample", self.signature(b"sample")[129:]))
        raised = (int.from_bytes(self.signature(b"sample"), "big") + self.n)
        self.assertFalse(raised < 1 << 2048 and rsa.verify_pkcs1(self.n, 65537, b"sample", raised.to_bytes(256, "big")))


class MerkleTree(unittest.TestCase):
    # The leaves and roots of the reference tests of certificate-transparency.
    inputs = ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
    roots = (
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d", "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125", "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7", "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4", "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c", "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    )
    leaves = [hashlib.sha256(b"\x00" + bytes.fromhex(text)).digest() for text in inputs]

    def test_has_the_published_roots(self):
        self.assertEqual(merkle.root([]).hex(), hashlib.sha256(b"").hexdigest())
        for size, root in enumerate(self.roots, 1):
            self.assertEqual(merkle.root(self.leaves[:size]).hex(), root)

    def test_takes_each_audit_path_for_its_own_leaf_place_and_tree_only(self):
        for size in range(1, 9):
            head = merkle.root(self.leaves[:size])
            for at in range(size):
                path = merkle.audit_path(self.leaves[:size], at)
                for leaf_at in range(size):
                    for claimed in range(size + 2):
                        self.assertEqual(merkle.included(self.leaves[leaf_at], claimed, size, path, head), leaf_at == claimed == at)
                self.assertFalse(merkle.included(self.leaves[at], at, size, [*path, head], head))
                self.assertFalse(path != [] and merkle.included(self.leaves[at], at, size, path[:-1], head))

    def test_takes_each_consistency_proof_for_its_own_trees_only(self):
        for size in range(2, 9):
            for old in range(1, size):
                path, head, old_root = merkle.consistency_path(self.leaves[:size], old), merkle.root(self.leaves[:size]), merkle.root(self.leaves[:old])
                self.assertTrue(merkle.consistent(old, old_root, size, head, path))
                self.assertFalse(merkle.consistent(old, head, size, head, path))
                self.assertFalse(merkle.consistent(old, old_root, size, old_root, path))
                self.assertFalse(merkle.consistent(old, old_root, size, head, path[:-1]))
                self.assertFalse(merkle.consistent(old, old_root, size, head, [*path, head]))
        self.assertFalse(merkle.consistent(8, merkle.root(self.leaves), 8, merkle.root(self.leaves), []))


class SignedNote(unittest.TestCase):
    def test_verifies_the_note_of_golang_x_mod(self):
        # Key and note of the package's documentation: PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW.
        key = base64.b64decode("ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")[1:]
        self.assertEqual(note.key_hash("PeterNeumann", note.ED25519, key).hex(), "c74f20a3")
        text = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
        signature = base64.b64decode("x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=")
        self.assertEqual(signature[:4].hex(), "c74f20a3")
        self.assertTrue(ed25519.verify(key, text.encode(), signature[4:]))

    checkpoint = (
        "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
        "— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
        "— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n"
    )

    def test_reads_the_checkpoint_of_the_specification(self):
        found = note.read_checkpoint(self.checkpoint)
        self.assertEqual((found.origin, found.size, len(found.root), len(found.lines)), ("example.com/behind-the-sofa", 20852163, 32, 2))
        self.assertEqual(note.cosignature_time(found.lines[1]), 1679315147)

    def test_refuses_other_forms(self):
        for old, new in (("20852163", "020852163"), ("20852163", "0"), ("20852163", "-1"), ("\n\n", "\n"), ("\n\n", "\nextension\n\n"), ("— w", "- w"), ("w1 ", "w1  "), ("\n\n", "\r\n\n"), ("q2I=\n", "q2I\n"), ("q2I=\n", "q2J=\n"), ("+qnA==\n", "+qnA=="), ("w1", "w+1"), ("witness.example.com/w1", "")):
            with self.assertRaises(Refused, msg=f"{old!r} as {new!r}"):
                note.read_checkpoint(self.checkpoint.replace(old, new))


class CanonicalText(unittest.TestCase):
    def test_writes_numbers_as_ecmascript_does(self):
        # RFC 8785 appendix B.
        numbers = {
            0.0: "0", -0.0: "0", 5e-324: "5e-324", -5e-324: "-5e-324", 1.7976931348623157e308: "1.7976931348623157e+308", 9007199254740992.0: "9007199254740992", 295147905179352830000.0: "295147905179352830000",
            1e22: "1e+22", 1e23: "1e+23", 9.999999999999997e22: "9.999999999999997e+22", 1e21: "1e+21", 999999999999999700000.0: "999999999999999700000", 999999999999999900000.0: "999999999999999900000",
            9.999999999999997e-7: "9.999999999999997e-7", 0.000001: "0.000001", 333333333.3333332: "333333333.3333332", -0.0000033333333333333333: "-0.0000033333333333333333", 1424953923781206.2: "1424953923781206.2", 4.5: "4.5", 1e30: "1e+30", 0.002: "0.002",
        }
        for value, text in numbers.items():
            self.assertEqual(number_text(value), text)

    def test_takes_canonical_texts_only(self):
        for text in ('{"1":"One","\u0080":"Control","ö":"o","€":"Euro","😀":"Smile","\ufb33":"Dalet"}', '["\\u001f\\b\\t\\n\\f\\r\\"\\\\/\u007f\u2028"]', "[1e+21,-1.5,9007199254740991]", '{"":{}}', "null"):
            self.assertEqual(parse(text)[1], True, text)
        for text in ('{"b":1,"a":2}', "[1.0]", "[1e5]", "[-0]", '["\\u0041"]', '["\\/"]', " 1", "1\n", "[01]", "[9007199254740993]", '{"\ufb33":1,"😀":2}', '["\\u001F"]', "{'a':1}", "[NaN]", "[1e400]", '{"a":1,"a":1}', '["\\ud800"]', "[" * 65 + "]" * 65, "[" * 100_000):
            with self.assertRaises(Refused, msg=text[:40]):
                read_canonical(text)
        read_canonical("[" * 64 + "]" * 64)


class Encoding(unittest.TestCase):
    def test_takes_one_writing_of_bytes_only(self):
        self.assertEqual(from_base64("AAE="), b"\0\x01")
        self.assertEqual(from_base64url("__8"), b"\xff\xff")
        for text in ("AAE", "AAF=", "AAE==", "A A=", "AA-_", "AAE=\n", "Ä==="):
            self.assertRaises(Refused, from_base64, text)
        for text in ("__9", "__8=", "++8", "_", "Ä"):
            self.assertRaises(Refused, from_base64url, text)

    def test_takes_times_that_exist_only(self):
        self.assertEqual(milliseconds("1970-01-01T00:00:00.000Z"), 0)
        self.assertEqual(milliseconds("2024-02-29T23:59:59.999Z"), 1_709_251_199_999)
        for text in ("2026-02-29T00:00:00.000Z", "2026-13-01T00:00:00.000Z", "2026-01-01T24:00:00.000Z", "2026-01-01T00:00:60.000Z", "2026-01-01T00:00:00Z", "2026-01-01T00:00:00.000+00:00", "1969-12-31T23:59:59.999Z", "2026-01-01T00:00:00.000Z\n", "２026-01-01T00:00:00.000Z"):
            self.assertRaises(Refused, milliseconds, text)


if __name__ == "__main__":
    unittest.main()
