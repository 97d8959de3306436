"""Signatures made elsewhere: a PDF gets a hole, the browser (or the seal's key) signs, the hole is filled.

The result is PAdES B-T (ETSI EN 319 142-1): signature with an RFC 3161 timestamp. Long-term data (revocation answers
in a DSS, archive timestamps) can be appended to a finished file later; it needs nothing from here.
"""

from __future__ import annotations

import hashlib
import io
from datetime import datetime

from asn1crypto import algos, x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509 import load_der_x509_certificate
from pyhanko.pdf_utils.content import PdfContent, ResourceType
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.layout import AxisAlignment, BoxConstraints, Margins, SimpleBoxLayoutRule
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers.pdf_byterange import PreparedByteRangeDigest
from pyhanko.sign.signers.pdf_cms import ExternalSigner
from pyhanko.sign.signers.pdf_signer import PdfSignatureMetadata, PdfSigner
from pyhanko.stamp import StaticStampStyle

from core.ports_documents import Place, PreparedSignature, SignatureRefused, TimeStamper
from media.documents.cms import DATA, signed_attributes, signed_message
from media.documents.raw_ecdsa import is_signed_by, to_der

CUSTOMER_FIELD = "Customer"
SEAL_FIELD = "Seal"
_RESERVED = 16384
"""Hexadecimal digits kept free for the signature: chain, attributes and timestamp take about 9000."""
_WHOLE = SimpleBoxLayoutRule(AxisAlignment.ALIGN_MID, AxisAlignment.ALIGN_MID, margins=Margins())
_ECDSA = algos.SignedDigestAlgorithm({"algorithm": "sha256_ecdsa"})


def prepare_signature(
    pdf: bytes,
    certificate_der: bytes,
    chain: tuple[bytes, ...],
    field: str,
    place: Place,
    stamp: bytes,
    now: datetime,
    reason: str = "同意并签署",
) -> PreparedSignature:
    """`pdf` with a hole for one signature, shown at `place` as the one-page PDF `stamp`.

    `field` names the signature field and must be new in the file; `now` becomes the claimed time. The values may be
    stored and finished in another process, days later.
    """
    style = StaticStampStyle(background=_PageOf(stamp), background_layout=_WHOLE, background_opacity=1, border_width=0)
    left, bottom = round(place.x), round(place.y)
    box = (left, bottom, left + round(place.width), bottom + round(place.height))
    session = PdfSigner(
        PdfSignatureMetadata(field, md_algorithm="sha256", reason=reason, subfilter=SigSeedSubFilter.PADES),
        ExternalSigner(x509.Certificate.load(certificate_der), None, bytes(72), _ECDSA),
        stamp_style=style,
        new_field_spec=SigFieldSpec(field, on_page=place.page, box=box),
    ).init_signing_session(IncrementalPdfFileWriter(io.BytesIO(pdf)))
    session.system_time = now
    out = io.BytesIO()
    digest, _ = session.prepare_tbs_document(None, _RESERVED).digest_tbs_document(output=out)
    return PreparedSignature(
        out.getvalue(),
        digest.document_digest,
        digest.reserved_region_start,
        digest.reserved_region_end,
        signed_attributes(DATA, digest.document_digest, certificate_der),
        certificate_der,
        chain,
    )


def finish_signature(prepared: PreparedSignature, raw_signature: bytes, timestamper: TimeStamper) -> bytes:
    """The signed file: the 64 bytes r and s from the browser and a timestamp over them, put into the hole.

    Raises SignatureRefused when the signature is not one of the certificate's key over the signed attributes,
    or when the stored values do not belong together; OutsideService from a foreign timestamper.
    """
    _refuse_mismatch(prepared, raw_signature)
    signature = to_der(raw_signature)
    token = timestamper.token(hashlib.sha256(signature).digest())
    certificates = (prepared.certificate_der, *prepared.chain)
    message = signed_message(DATA, None, certificates, prepared.signed_attributes, signature, token)
    out = io.BytesIO(prepared.pdf)
    hole = PreparedByteRangeDigest(prepared.document_digest, prepared.region_start, prepared.region_end)
    hole.fill_with_cms(out, message)
    return out.getvalue()


def _refuse_mismatch(prepared: PreparedSignature, raw_signature: bytes) -> None:
    covered = hashlib.sha256(prepared.pdf[: prepared.region_start])
    covered.update(prepared.pdf[prepared.region_end :])
    expected = signed_attributes(DATA, covered.digest(), prepared.certificate_der)
    key = load_der_x509_certificate(prepared.certificate_der).public_key()
    if not (
        expected == prepared.signed_attributes
        and isinstance(key, ec.EllipticCurvePublicKey)
        and is_signed_by(key, raw_signature, prepared.signed_attributes)
    ):
        raise SignatureRefused


class _PageOf(PdfContent):
    """The first page of a PDF in memory as content; pyHanko's own class wants a file on the disk."""

    def __init__(self, pdf: bytes) -> None:
        super().__init__()
        self._pdf = pdf

    def render(self) -> bytes:
        reader = PdfFileReader(io.BytesIO(self._pdf))
        page = self._ensure_writer.import_page_as_xobject(reader)
        left, bottom, right, top = page.get_object()["/BBox"]
        self.box = BoxConstraints(width=abs(right - left), height=abs(top - bottom))
        self.set_resource(ResourceType.XOBJECT, pdf_name("/Stamp"), page)
        return b"/Stamp Do"
