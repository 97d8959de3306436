"""Timestamps of RFC 3161 from the firm's own timestamp certificate, behind `core.ports_documents.TimeStamper`."""

from __future__ import annotations

import hashlib
import secrets
import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from core.ports_documents import AuthorityKeys
from media.documents.authority import PILOT_POLICY
from media.documents.cms import TIMESTAMP_INFO, signed_attributes, signed_message, timestamp_info

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
        self._certificates = (authority.tsa_der, authority.root_der)
        self._clock = clock
        self._last: datetime | None = None
        self._order = threading.Lock()

    def token(self, sha256: bytes) -> bytes:
        """The timestamp token over a SHA-256 digest, with certificate and root inside."""
        serial = int.from_bytes(secrets.token_bytes(8), "big")
        info = timestamp_info(PILOT_POLICY, sha256, serial, self._next_time())
        attributes = signed_attributes(TIMESTAMP_INFO, hashlib.sha256(info).digest(), self._certificates[0])
        signature = self._key.sign(attributes, ec.ECDSA(hashes.SHA256()))
        return signed_message(TIMESTAMP_INFO, info, self._certificates, attributes, signature)

    def _next_time(self) -> datetime:
        with self._order:
            now = self._clock()
            now = now.replace(microsecond=now.microsecond // 1000 * 1000)
            if self._last is not None and now <= self._last:
                now = self._last + _MILLISECOND
            self._last = now
            return now
