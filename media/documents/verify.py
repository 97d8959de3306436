"""Checking a signed file against the firm's root, for the verify page and as a last look after sealing.

Certificates are judged at the time of the signature's timestamp, so a file stays good after they expired. Whether one
was revoked before that time is not asked yet: there are no revocation answers in the file to ask.
"""

from __future__ import annotations

import asyncio
import io
from datetime import datetime

from asn1crypto import x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko.sign.validation.generic_cms import collect_timing_info
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from core.ports_documents import DocumentCheck, SignatureCheck

_UNREADABLE = "文件无法读取，不是完整的 PDF 文件。"
_HARMLESS = (ModificationLevel.NONE, ModificationLevel.LTA_UPDATES, ModificationLevel.FORM_FILLING)
"""What may follow a signature: nothing, validation data, or another signature."""


def verify_document(pdf: bytes, root_der: bytes, now: datetime) -> DocumentCheck:
    """Every signature of a file and what is wrong with it. Never raises for the content of the file.

    `root_der` is the only certificate trusted; `now` judges the timestamp certificate. Do not call it on an
    event loop.
    """
    root = x509.Certificate.load(root_der)
    try:
        checks = asyncio.run(_check_all(pdf, root, now))
    except Exception:  # noqa: BLE001 - a hostile file breaks the parser in ways nobody listed
        return DocumentCheck((), (_UNREADABLE,))
    if not checks:
        return DocumentCheck((), ("文件里没有电子签名。",))
    return DocumentCheck(checks, tuple(problem for each in checks for problem in _problems(each)))


async def _check_all(pdf: bytes, root: x509.Certificate, now: datetime) -> tuple[SignatureCheck, ...]:
    signatures = PdfFileReader(io.BytesIO(pdf)).embedded_regular_signatures
    return tuple([await _check(each, root, now) for each in signatures])


async def _check(signature: EmbeddedPdfSignature, root: x509.Certificate, now: datetime) -> SignatureCheck:
    time = await _trusted_time(signature, root, now)
    context = _context(root, time or now)
    status = await async_validate_pdf_signature(signature, context, _context(root, now))
    covered = status.coverage in (SignatureCoverageLevel.ENTIRE_FILE, SignatureCoverageLevel.ENTIRE_REVISION)
    certificate = signature.signer_cert
    return SignatureCheck(
        signer=str(certificate.subject.native.get("common_name", "")),
        serial=f"{certificate.serial_number:x}",
        intact=status.intact and status.valid,
        trusted=status.trusted,
        time=time,
        covers_whole=covered and status.modification_level in _HARMLESS,
    )


async def _trusted_time(signature: EmbeddedPdfSignature, root: x509.Certificate, now: datetime) -> datetime | None:
    """The time of the signature's timestamp where that holds and leads to the root, else None."""
    timing = await collect_timing_info(
        signature.signer_info, _context(root, now), lambda _algorithm: signature.compute_digest()
    )
    stamp = timing.get("timestamp_validity")
    if stamp is None or not (stamp.intact and stamp.valid and stamp.trusted):
        return None
    time: datetime = stamp.timestamp
    return time


def _context(root: x509.Certificate, moment: datetime) -> ValidationContext:
    return ValidationContext(trust_roots=[root], allow_fetching=False, moment=moment)


def _problems(check: SignatureCheck) -> list[str]:
    found = []
    if not check.intact:
        found.append(f"“{check.signer}”的签名无效：签名后的内容被改动过。")
    if not check.trusted:
        found.append(f"“{check.signer}”的证书不是由本公司签发，无法确认签名人。")
    if check.time is None:
        found.append(f"“{check.signer}”的签名没有可信的时间戳。")
    if not check.covers_whole:
        found.append(f"“{check.signer}”签名之后，文件中加入了签名以外的内容。")
    return found
