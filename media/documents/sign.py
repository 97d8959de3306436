"""Signatures made elsewhere: a PDF gets a hole, the browser (or the seal's key) signs, the hole is filled.

The result is PAdES B-T (ETSI EN 319 142-1): signature with an RFC 3161 timestamp. Long-term data (revocation answers
in a DSS, archive timestamps) can be appended to a finished file later; it needs nothing from here.
pyHanko is asynchronous, so the functions run a loop of their own: do not call them on an event loop.
"""

from __future__ import annotations

import asyncio
import hashlib
import io
from datetime import datetime

from asn1crypto import cms, x509
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
from pyhanko.sign.signers.pdf_signer import PdfSignatureMetadata, PdfSigner, PdfTBSDocument
from pyhanko.stamp import StaticStampStyle
from pyhanko_certvalidator.registry import SimpleCertificateStore

from core.ports_documents import Place, PreparedSignature, SignatureRefused, TimeStamper
from media.documents.attributes import ECDSA, signed_attributes
from media.documents.raw_ecdsa import is_signed_by, to_der

CUSTOMER_FIELD = "Customer"
SEAL_FIELD = "Seal"
_RESERVED = 16384
"""Hexadecimal digits kept free for the signature: chain, attributes and timestamp take about 9000."""
_WHOLE = SimpleBoxLayoutRule(AxisAlignment.ALIGN_MID, AxisAlignment.ALIGN_MID, margins=Margins())


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

    `field` names the signature field and must be new in the file. The values may be stored and finished in
    another process, days later.
    """
    signer = _signer(certificate_der, chain, bytes(72))
    style = StaticStampStyle(background=_PageOf(stamp), background_layout=_WHOLE, background_opacity=1, border_width=0)
    left, bottom = round(place.x), round(place.y)
    box = (left, bottom, left + round(place.width), bottom + round(place.height))
    session = PdfSigner(
        PdfSignatureMetadata(field, md_algorithm="sha256", reason=reason, subfilter=SigSeedSubFilter.PADES),
        signer,
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
        signed_attributes("data", digest.document_digest, certificate_der).dump(),
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
    token = cms.ContentInfo.load(timestamper.token(hashlib.sha256(signature).digest()))
    out = io.BytesIO(prepared.pdf)
    asyncio.run(_fill(out, prepared, signature, token))
    return out.getvalue()


async def _fill(out: io.BytesIO, prepared: PreparedSignature, signature: bytes, token: cms.ContentInfo) -> None:
    signer = _signer(prepared.certificate_der, prepared.chain, signature)
    attributes = cms.CMSAttributes.load(prepared.signed_attributes)
    signed = await signer.async_sign_prescribed_attributes("sha256", signed_attrs=attributes)
    stamped = cms.CMSAttributes([{"type": "signature_time_stamp_token", "values": (token,)}])
    signed["content"]["signer_infos"][0]["unsigned_attrs"] = stamped
    digest = PreparedByteRangeDigest(prepared.document_digest, prepared.region_start, prepared.region_end)
    await PdfTBSDocument.async_finish_signing(out, digest, signed)


def _refuse_mismatch(prepared: PreparedSignature, raw_signature: bytes) -> None:
    covered = hashlib.sha256(prepared.pdf[: prepared.region_start])
    covered.update(prepared.pdf[prepared.region_end :])
    attributes = cms.CMSAttributes.load(prepared.signed_attributes)
    named = [each["values"][0].native for each in attributes if each["type"].native == "message_digest"]
    key = load_der_x509_certificate(prepared.certificate_der).public_key()
    if not (
        covered.digest() == prepared.document_digest
        and named == [prepared.document_digest]
        and isinstance(key, ec.EllipticCurvePublicKey)
        and is_signed_by(key, raw_signature, prepared.signed_attributes)
    ):
        raise SignatureRefused


def _signer(certificate_der: bytes, chain: tuple[bytes, ...], signature: bytes) -> ExternalSigner:
    certificates = SimpleCertificateStore.from_certs(  # type: ignore[no-untyped-call]
        [x509.Certificate.load(each) for each in chain]
    )
    return ExternalSigner(
        signing_cert=x509.Certificate.load(certificate_der),
        cert_registry=certificates,
        signature_value=signature,
        signature_mechanism=ECDSA,
    )


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
