"""Timestamps of RFC 3161 from the firm's own timestamp certificate, behind `core.ports_documents.TimeStamper`."""

from __future__ import annotations

import hashlib
import secrets
import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from asn1crypto import cms, core, tsp, x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from core.ports_documents import AuthorityKeys
from media.documents.attributes import ECDSA, SHA256, signed_attributes
from media.documents.authority import PILOT_POLICY

_MILLISECOND = timedelta(milliseconds=1)


class LocalTimeStamper:
    """`TimeStamper` with the firm's own certificate. Safe to share between threads.

    Times are whole milliseconds and rise from token to token of one stamper, so the order in which documents
    were signed shows (the risk statement first: 期货交易管理条例 art. 24); the stated accuracy is one second.
    """

    def __init__(self, authority: AuthorityKeys, clock: Callable[[], datetime]) -> None:
        """`clock` gives the present moment as aware UTC."""
        key = serialization.load_der_private_key(authority.tsa_key, None)
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        self._key = key
        own = x509.Certificate.load(authority.tsa_der)
        self._certificate = authority.tsa_der
        self._certificates = [own, x509.Certificate.load(authority.root_der)]
        # encoded once: asn1crypto takes milliseconds over names
        number = cms.IssuerAndSerialNumber({"issuer": own.issuer, "serial_number": own.serial_number}).dump()
        self._number = cms.IssuerAndSerialNumber.load(number)
        self._clock = clock
        self._last: datetime | None = None
        self._order = threading.Lock()

    def token(self, sha256: bytes) -> bytes:
        """The timestamp token over a SHA-256 digest, with certificate and root inside."""
        now = self._next_time()
        imprint = tsp.MessageImprint({"hash_algorithm": SHA256, "hashed_message": sha256})
        info = tsp.TSTInfo(
            {
                "version": "v1",
                "policy": PILOT_POLICY,
                "message_imprint": imprint,
                "serial_number": int.from_bytes(secrets.token_bytes(8), "big") | 1,
                "gen_time": now,
                "accuracy": tsp.Accuracy({"seconds": 1}),
                "ordering": False,
            }
        )
        return bytes(self._sign(info.dump(), now).dump())

    def _next_time(self) -> datetime:
        with self._order:
            now = self._clock()
            now = now.replace(microsecond=now.microsecond // 1000 * 1000)
            if self._last is not None and now <= self._last:
                now = self._last + _MILLISECOND
            self._last = now
            return now

    def _sign(self, info: bytes, now: datetime) -> cms.ContentInfo:
        time = cms.Time({"utc_time": core.UTCTime(now)})
        digest = hashlib.sha256(info).digest()
        attributes = signed_attributes("tst_info", digest, self._certificate, signing_time=time)
        signer = cms.SignerInfo(
            {
                "version": "v1",
                "sid": cms.SignerIdentifier({"issuer_and_serial_number": self._number}),
                "digest_algorithm": SHA256,
                "signature_algorithm": ECDSA,
                "signed_attrs": attributes,
                "signature": self._key.sign(attributes.dump(), ec.ECDSA(hashes.SHA256())),
            }
        )
        signed = cms.SignedData(
            {
                "version": "v3",
                "digest_algorithms": cms.DigestAlgorithms((SHA256,)),
                "encap_content_info": cms.EncapsulatedContentInfo(
                    {"content_type": "tst_info", "content": cms.ParsableOctetString(info)}
                ),
                "certificates": self._certificates,
                "signer_infos": [signer],
            }
        )
        return cms.ContentInfo({"content_type": "signed_data", "content": signed})
