"""Judges that no one here wrote: pdfsig with NSS, openssl and pkilint. And the parts of a signed file they need."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from asn1crypto import cms
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils
from PIL import Image, ImageDraw

from core.ports_documents import AgreementHeader, AuthorityKeys, IssuedCertificate, PkiUrls
from media.documents.authority import issue_customer_certificate, new_serial

FIRM = "样张期货有限公司"
URLS = PkiUrls.under("https://desk.example.com")
TEMPLATE = """本说明书由 {{客户姓名}} 阅读。（样张）

## 第一条　提示

**注意：**期货交易采用保证金方式，亏损可能超过投入的本金。

1. 您的客户号为 {{客户号}}。
   1. 请妥善保管。
2. 您有疑问时，请先询问。

| 项目 | 内容 |
|:--|--:|
| 姓名 | {{客户姓名}} |
"""


class Device:
    """A customer's browser as far as signatures go: a P-256 key that signs as WebCrypto does."""

    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.spki = spki_of(self.key.public_key())

    def sign(self, message: bytes) -> bytes:
        r, s = utils.decode_dss_signature(self.key.sign(message, ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    def certificate(self, authority: AuthorityKeys, now: datetime, name: str = "样张三") -> IssuedCertificate:
        return issue_customer_certificate(authority, self.spki, name, "C2026000001", new_serial(), now, URLS)


def spki_of(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def header(now: datetime, name: str = "样张三", code: str = "FXSM") -> AgreementHeader:
    return AgreementHeader(code, "2026.3", "1320261120000177", FIRM, name, now)


def signature_picture() -> bytes:
    """A drawn signature as JPEG, 900 by 300 px."""
    image = Image.new("RGB", (900, 300), "white")
    ImageDraw.Draw(image).line([(60, 210), (300, 60), (520, 240), (840, 80)], fill="black", width=12)
    out = io.BytesIO()
    image.save(out, "JPEG")
    return out.getvalue()


def run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(each) for each in command], capture_output=True, text=True, timeout=60, check=False)


@dataclass(frozen=True)
class Verdict:
    """What pdfsig says of one signature."""

    signer: str
    signature: str
    certificate: str
    total: bool

    @property
    def good(self) -> bool:
        return self.signature == "Signature is Valid." and self.certificate == "Certificate is Trusted."


def trust_store(root_der: bytes, folder: Path) -> Path:
    """An NSS database in `folder` that trusts only this root."""
    folder.mkdir()
    (folder / "root.cer").write_bytes(root_der)
    for arguments in (("-N", "--empty-password"), ("-A", "-n", "root", "-t", ",C,C", "-i", folder / "root.cer")):
        done = run("certutil", "-d", f"sql:{folder}", *arguments)
        assert done.returncode == 0, done.stderr
    return folder


def pdfsig(file: Path, store: Path) -> list[Verdict]:
    """pdfsig's verdicts in the order of the file; it checks certificates at the real time."""
    return [_verdict(each) for each in run("pdfsig", "-nssdir", store, file).stdout.split("Signature #")[1:]]


def _verdict(block: str) -> Verdict:
    def value(label: str) -> str:
        """Empty where pdfsig is silent: it does not look at the certificate of a broken signature."""
        found = re.search(rf"- {label}: (.*)", block)
        return found[1] if found else ""

    return Verdict(
        value("Signer Certificate Common Name"),
        value("Signature Validation"),
        value("Certificate Validation"),
        "- Total document signed" in block,
    )


@dataclass(frozen=True)
class Embedded:
    """One signature taken out of a file without pyHanko: its CMS, what it signs, where its hole is."""

    cms: bytes
    signed: bytes
    hole: tuple[int, int]


def embedded(pdf: bytes) -> list[Embedded]:
    found = []
    for match in re.finditer(rb"/ByteRange\s*\[\s*(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s*\]", pdf):
        first, length, second, rest = map(int, match.groups())
        raw = bytes.fromhex(pdf[length + 1 : second - 1].decode("ascii"))
        size = 4 + int.from_bytes(raw[2:4], "big")  # a sequence with two length bytes
        found.append(Embedded(raw[:size], pdf[first:length] + pdf[second : second + rest], (length, second)))
    return found


def openssl_verifies(signature: Embedded, root_der: bytes, folder: Path) -> str:
    """Empty when openssl accepts the CMS (chain to the root) and the timestamp over it, else what it says."""
    root = x509.load_der_x509_certificate(root_der).public_bytes(serialization.Encoding.PEM)
    signer = cms.ContentInfo.load(signature.cms)["content"]["signer_infos"][0]
    token = signer["unsigned_attrs"][0]["values"][0].dump()
    files = {
        "root.pem": root,
        "cms": signature.cms,
        "data": signature.signed,
        "token": token,
        "value": signer["signature"].native,
    }
    for name, content in files.items():
        (folder / name).write_bytes(content)
    at = {name: folder / name for name in files}
    trust = ("-CAfile", at["root.pem"])
    content = ("-inform", "DER", "-in", at["cms"], "-content", at["data"], "-binary", "-out", "/dev/null")
    checks = (
        run("openssl", "cms", "-verify", *content, *trust, "-purpose", "smimesign"),
        run("openssl", "ts", "-verify", "-token_in", "-in", at["token"], "-data", at["value"], *trust),
    )
    return "".join(each.stdout + each.stderr for each in checks if each.returncode)


_PKILINT = """
import contextlib, io, json, sys
from pkilint.bin import lint_pkix_cert, lint_pkix_signer_signee_cert_chain
found = []
for files in json.loads(sys.argv[1]):
    judge = lint_pkix_cert if len(files) == 1 else lint_pkix_signer_signee_cert_chain
    with contextlib.redirect_stdout(io.StringIO()) as said:
        code = judge.main(["lint", "-s", "NOTICE", *files])
    found.append(said.getvalue().strip() + (f" exit {code}" if code else ""))
print(json.dumps(found))
"""


def pkilint(cases: list[tuple[bytes, ...]], folder: Path) -> list[str]:
    """pkilint's findings from NOTICE up about certificates (one DER) or pairs (issuer and subject); "" for none."""
    names = [[_pem(der, folder / f"{at}-{n}.pem") for n, der in enumerate(case)] for at, case in enumerate(cases)]
    done = run(sys.executable, "-W", "ignore", "-c", _PKILINT, json.dumps(names))
    assert done.returncode == 0, done.stderr
    found: list[str] = json.loads(done.stdout)
    return found


def _pem(der: bytes, path: Path) -> str:
    path.write_bytes(x509.load_der_x509_certificate(der).public_bytes(serialization.Encoding.PEM))
    return str(path)
