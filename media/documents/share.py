"""The server's half of a certificate's password: a random share, and a tag that proves the password was right.

The browser derives tag and key material from the password and a key of the device; the share is handed out only
against the right tag, after the try was counted (R131). Neither password nor key can be told from what is stored.
"""

from __future__ import annotations

import hmac
import secrets
from base64 import b64decode
from binascii import Error

from core.ports_documents import CertificateRefused

SHARE_BYTES = 32
TAG_BYTES = 32


def new_share() -> bytes:
    """A random share of 32 bytes, one per key; seal it like a private key."""
    return secrets.token_bytes(SHARE_BYTES)


def protect_auth(auth_b64: str, pepper: bytes) -> bytes:
    """What to store of a tag (base64 of 32 bytes): its HMAC-SHA256 under a key that is not in the database.

    Raises CertificateRefused for anything that is no such tag.
    """
    tag = _decode(auth_b64)
    if tag is None:
        raise CertificateRefused
    return hmac.digest(pepper, tag, "sha256")


def is_same_auth(auth_b64: str, pepper: bytes, protected: bytes) -> bool:
    """Whether a tag is the stored one, compared in constant time. Count the try in the database before."""
    tag = _decode(auth_b64)
    return tag is not None and hmac.compare_digest(hmac.digest(pepper, tag, "sha256"), protected)


def _decode(auth_b64: str) -> bytes | None:
    try:
        tag = b64decode(auth_b64, validate=True)
    except (Error, ValueError):
        return None
    return tag if len(tag) == TAG_BYTES else None
