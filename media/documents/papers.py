"""The Papers port: certificates, agreements and signatures as plain calls for the use cases."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Callable, Mapping
from datetime import datetime

from core.ports_documents import (
    AgreementHeader,
    AuthorityKeys,
    DocumentCheck,
    IssuedCertificate,
    Place,
    PreparedSignature,
    RenderedDocument,
    SignatureRefused,
)
from media.documents import authority as pilot
from media.documents.fonts import missing_glyphs
from media.documents.reading import to_reading_html
from media.documents.render import render_agreement
from media.documents.seal import seal_document
from media.documents.share import is_same_auth, new_share, protect_auth
from media.documents.sign import CUSTOMER_FIELD, finish_signature, prepare_signature
from media.documents.stamps import signature_stamp
from media.documents.timestamp import LocalTimeStamper
from media.documents.verify import verify_document
from media.documents.word import read_word


class Papers:
    """One per process. Authorities come as the text that the database keeps sealed."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._stampers: dict[bytes, LocalTimeStamper] = {}

    def new_authority(self, firm_name: str, now: datetime) -> dict[str, str]:
        """A fresh pilot authority as text."""
        return pilot.create_authority(firm_name, now).to_text()

    def root_certificate(self, authority: Mapping[str, str]) -> bytes:
        """The root certificate (DER) for readers who want to verify."""
        return AuthorityKeys.from_text(authority).root_der

    def issue(
        self, authority: Mapping[str, str], spki: bytes, name: str, number: str, now: datetime
    ) -> IssuedCertificate:
        """Certify a customer's key."""
        issuer = pilot.PilotIssuer(AuthorityKeys.from_text(authority))
        return issuer.issue(spki, name, number, pilot.new_serial(), now)

    def holds_key(self, spki: bytes, challenge: bytes, signature: bytes) -> bool:
        """Proof of possession of the signing key."""
        return pilot.check_possession(spki, challenge, signature)

    def is_present(self, spki: bytes, challenge: bytes, signature: bytes) -> bool:
        """Whether the device that holds a certificate answered; `spki` is its presence key."""
        return pilot.check_presence(spki, challenge, signature)

    new_share = staticmethod(new_share)
    protect = staticmethod(protect_auth)
    is_same = staticmethod(is_same_auth)
    reading_html = staticmethod(to_reading_html)
    read_word = staticmethod(read_word)
    unprintable = staticmethod(missing_glyphs)

    def sample(self, title: str, text: str, values: Mapping[str, str], header: AgreementHeader) -> RenderedDocument:
        """The very file a customer would get, each page marked 样张; never to be signed."""
        return render_agreement(title, text, values, header, sample=True)

    def prepare(
        self,
        title: str,
        text: str,
        values: Mapping[str, str],
        header: AgreementHeader,
        certificate: bytes,
        chain: tuple[bytes, ...],
        signature_jpeg: bytes | None,
    ) -> tuple[PreparedSignature, Place]:
        """Render an agreement and leave a hole for the customer's signature; also where the seal goes."""
        rendered = render_agreement(title, text, values, header)
        stamp = signature_stamp(header.customer_name, signature_jpeg, header.rendered_at)
        place, moment = rendered.signature_place, header.rendered_at
        prepared = prepare_signature(rendered.pdf, certificate, chain, CUSTOMER_FIELD, place, stamp, moment)
        return prepared, rendered.seal_place

    def finish(self, authority: Mapping[str, str], prepared: PreparedSignature, raw_b64: str) -> bytes:
        """The signed PDF with a timestamp; raises `SignatureRefused`."""
        try:
            raw = b64decode(raw_b64, validate=True)
        except ValueError as error:
            raise SignatureRefused from error
        return finish_signature(prepared, raw, self._stamper(authority))

    def seal(self, authority: Mapping[str, str], pdf: bytes, place: Place, now: datetime) -> bytes:
        """The signed PDF with the firm's seal."""
        return seal_document(pdf, AuthorityKeys.from_text(authority), self._stamper(authority), now, place)

    def verify(self, authority: Mapping[str, str], pdf: bytes, now: datetime) -> DocumentCheck:
        """Every signature of a file, held against the firm's root certificate."""
        return verify_document(pdf, self.root_certificate(authority), now)

    def _stamper(self, authority: Mapping[str, str]) -> LocalTimeStamper:
        """One stamper per authority, so that its times rise."""
        keys = AuthorityKeys.from_text(authority)
        if keys.tsa_der not in self._stampers:
            self._stampers[keys.tsa_der] = LocalTimeStamper(keys, self._clock)
        return self._stampers[keys.tsa_der]
