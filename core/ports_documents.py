"""What the business needs from certificates and signed documents: plain values, ports, and their errors."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any, Protocol

from core.errors import DeskError


def _b64(value: bytes) -> str:
    return b64encode(value).decode("ascii")


class SignatureRefused(DeskError):
    """A signature or a proof does not belong to the key, the certificate or the document it claims."""

    text = "签名与证书或协议内容不符，协议没有签署。请重新签署；仍不成功时，请重新申请证书。"


class CertificateRefused(DeskError):
    """The request for a certificate has a key or a name that may not stand in one."""

    text = "证书申请没有通过检查，证书没有签发。请重新申请。"


class TemplateIncomplete(DeskError):
    """A document cannot be made because its text uses a variable that has no value."""

    text = "协议缺少需要填写的内容，暂时无法生成。请联系客服。"


class MissingGlyph(DeskError):
    """A text holds a character that no installed font can show, so it must not be printed (nor signed)."""

    text = "姓名或资料中有系统字体暂时不能显示的字，协议没有生成。工作人员会尽快为您处理。"

    def __init__(self, characters: tuple[str, ...] = ()) -> None:
        """`characters` are the missing ones; they stay out of `text` because a name may be told by them."""
        self.characters = characters
        super().__init__()


@dataclass(frozen=True)
class Place:
    """A rectangle on a page: `page` counts from 0; x, y, width, height in points (1/72 inch) from bottom left."""

    page: int
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class AgreementHeader:
    """What every page or the signature block names, besides the text of the agreement.

    `version` is the published version as shown (such as `2026.3`), `case_number` the 受理单号;
    `rendered_at` (aware UTC) becomes the date of the document and its file date.
    """

    code: str
    version: str
    case_number: str
    firm_name: str
    customer_name: str
    rendered_at: datetime


@dataclass(frozen=True)
class RenderedDocument:
    """An unsigned PDF/A-4 file: `sha256` in hex, `pages` counted, the places for signature and seal."""

    pdf: bytes = field(repr=False)
    sha256: str
    pages: int
    signature_place: Place
    seal_place: Place


@dataclass(frozen=True)
class ImportedText:
    """A foreign file as the Markdown of agreements; `lost` says in Chinese sentences what did not come along."""

    text: str
    lost: tuple[str, ...]


@dataclass(frozen=True)
class PkiUrls:
    """Where readers of a certificate find its issuer and its state; printed into every certificate.

    `ocsp` stays empty until a responder answers there: a named one that is silent makes pdfsig (NSS) refuse the
    certificate, a missing CRL does not.
    """

    root_certificate: str
    root_crl: str
    issuing_certificate: str
    issuing_crl: str
    ocsp: str = ""

    @classmethod
    def under(cls, public_url: str) -> PkiUrls:
        """The addresses below the public URL of the deployment (`https://desk.example.com`)."""
        base = public_url.rstrip("/") + "/pki"
        return cls(f"{base}/root.cer", f"{base}/root.crl", f"{base}/issuing.cer", f"{base}/issuing.crl")


@dataclass(frozen=True)
class AuthorityKeys:
    """The firm's pilot authority: certificates (DER) and private keys (PKCS8 DER, to be sealed by the caller)."""

    root_der: bytes
    issuing_der: bytes
    tsa_der: bytes
    seal_der: bytes
    root_key: bytes = field(repr=False)
    issuing_key: bytes = field(repr=False)
    tsa_key: bytes = field(repr=False)
    seal_key: bytes = field(repr=False)

    def to_text(self) -> dict[str, str]:
        """All values in base64 by name, to be sealed and stored. Contains the private keys."""
        return {each.name: _b64(getattr(self, each.name)) for each in fields(self)}

    @classmethod
    def from_text(cls, text: Mapping[str, str]) -> AuthorityKeys:
        """The inverse of `to_text`."""
        return cls(**{each.name: b64decode(text[each.name]) for each in fields(cls)})


@dataclass(frozen=True)
class IssuedCertificate:
    """A customer's certificate: `der`, `chain` (issuing, root) as DER, `serial`, `not_after` (aware UTC)."""

    der: bytes
    chain: tuple[bytes, ...]
    serial: int
    not_after: datetime


@dataclass(frozen=True)
class PreparedSignature:
    """A PDF with a hole for one signature; plain values, so that it may wait in the database.

    The signature covers `pdf` without the bytes `region_start` to `region_end`; `document_digest` is their
    SHA-256; `signed_attributes` (DER) is what the private key signs.
    """

    pdf: bytes = field(repr=False)
    document_digest: bytes
    region_start: int
    region_end: int
    signed_attributes: bytes
    certificate_der: bytes
    chain: tuple[bytes, ...]

    def to_json(self) -> dict[str, Any]:
        """Everything but `pdf` (which belongs in the vault) as JSON values."""
        return {
            "document_digest": _b64(self.document_digest),
            "region_start": self.region_start,
            "region_end": self.region_end,
            "signed_attributes": _b64(self.signed_attributes),
            "certificate": _b64(self.certificate_der),
            "chain": [_b64(each) for each in self.chain],
        }

    @classmethod
    def from_json(cls, pdf: bytes, body: Mapping[str, Any]) -> PreparedSignature:
        """The inverse of `to_json`, with the file from the vault."""
        return cls(
            pdf,
            b64decode(body["document_digest"]),
            int(body["region_start"]),
            int(body["region_end"]),
            b64decode(body["signed_attributes"]),
            b64decode(body["certificate"]),
            tuple(b64decode(each) for each in body["chain"]),
        )


@dataclass(frozen=True)
class SignatureCheck:
    """One signature of a document. `time` is the time of its timestamp (aware UTC), None without a trusted one.

    `intact`: what it signed is unchanged. `trusted`: its certificate led to the root at that time.
    `covers_whole`: after it nothing but further signatures was added.
    """

    signer: str
    serial: str
    intact: bool
    trusted: bool
    time: datetime | None
    covers_whole: bool

    @property
    def good(self) -> bool:
        """True where nothing is wrong with this signature."""
        return self.intact and self.trusted and self.covers_whole and self.time is not None


@dataclass(frozen=True)
class DocumentCheck:
    """The signatures of a document in the order they were made, and what is wrong in Chinese sentences."""

    signatures: tuple[SignatureCheck, ...]
    problems: tuple[str, ...]


class CertificateIssuer(Protocol):
    """Issues customer certificates: the firm's pilot authority, or a licensed one (电子签名法 art. 16)."""

    def issue(
        self, spki_der: bytes, customer_name: str, customer_number: str, serial: int, now: datetime
    ) -> IssuedCertificate:
        """Certify the public key `spki_der` (DER) for a customer.

        `customer_number` is the firm's own number, never an ID number. Raises CertificateRefused for a
        key or a name that cannot be certified, OutsideService where a foreign authority failed.
        """
        ...


class TimeStamper(Protocol):
    """Issues timestamps of RFC 3161: the firm's own, or a foreign service."""

    def token(self, sha256: bytes) -> bytes:
        """The timestamp token (DER of a CMS ContentInfo) over a SHA-256 digest.

        Raises OutsideService where the service gave none.
        """
        ...


class Papers(Protocol):
    """Certificates, agreements, signatures; authorities are passed as the text that the database keeps sealed."""

    def new_authority(self, firm_name: str, now: datetime) -> dict[str, str]: ...
    def root_certificate(self, authority: Mapping[str, str]) -> bytes: ...
    def issue(
        self, authority: Mapping[str, str], spki: bytes, name: str, number: str, now: datetime
    ) -> IssuedCertificate: ...
    def holds_key(self, spki: bytes, challenge: bytes, signature: bytes) -> bool: ...
    def is_present(self, spki: bytes, challenge: bytes, signature: bytes) -> bool: ...
    def new_share(self) -> bytes: ...
    def protect(self, auth_b64: str, pepper: bytes) -> bytes: ...
    def is_same(self, auth_b64: str, pepper: bytes, protected: bytes) -> bool: ...
    def reading_html(self, markdown: str, values: Mapping[str, str]) -> str: ...
    def read_word(self, data: bytes) -> ImportedText: ...
    def unprintable(self, text: str) -> list[str]: ...
    def sample(self, title: str, text: str, values: Mapping[str, str], header: AgreementHeader) -> RenderedDocument: ...
    def prepare(
        self,
        title: str,
        text: str,
        values: Mapping[str, str],
        header: AgreementHeader,
        certificate: bytes,
        chain: tuple[bytes, ...],
        signature_jpeg: bytes | None,
    ) -> tuple[PreparedSignature, Place]: ...
    def finish(self, authority: Mapping[str, str], prepared: PreparedSignature, raw_b64: str) -> bytes: ...
    def seal(self, authority: Mapping[str, str], pdf: bytes, place: Place, now: datetime) -> bytes: ...
    def verify(self, authority: Mapping[str, str], pdf: bytes, now: datetime) -> DocumentCheck: ...
