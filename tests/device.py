"""A customer's device as far as the server can tell: a P-256 key behind a password, signing as WebCrypto does."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils

from core.records import Document
from core.usecases.certificates import KeyRequest

PASSWORD = "739182"


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


@dataclass
class Device:
    """Keeps one key; a second `enrol` replaces it. Plain values only, so that it can be copied."""

    password: str = PASSWORD
    secret: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    kid: str = ""
    scalar: int = 0
    chain: list[str] = field(default_factory=list)

    @property
    def key(self) -> ec.EllipticCurvePrivateKey:
        return ec.derive_private_key(self.scalar, ec.SECP256R1())

    @property
    def spki(self) -> bytes:
        form = serialization.PublicFormat.SubjectPublicKeyInfo
        return self.key.public_key().public_bytes(serialization.Encoding.DER, form)

    def enrol(self, request: KeyRequest, *, challenge: str | None = None) -> dict[str, Any]:
        """Make a key for the request and answer it (another `challenge` replays an old one)."""
        self.kid = request.kid
        self.scalar = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value
        nonce = base64.b64decode(challenge or request.challenge)
        possession = self.sign(b"jianzheng-possession|" + nonce + self.spki)
        return {
            "kid": self.kid, "spki": b64(self.spki), "possession": b64(possession), "auth": self.auth(),
            "presence_spki": b64(self.spki),
        }  # fmt: skip

    def detect(self, challenge: str) -> list[dict[str, Any]]:
        """What the browser answers to a detection: its installed keys with the signed challenge."""
        if not self.chain:
            return []
        presence = self.sign(b"jianzheng-presence|" + base64.b64decode(challenge) + self.spki)
        return [{"kid": self.kid, "installed": True, "created": 0, "presence": b64(presence)}]

    def auth(self, password: str | None = None) -> str:
        """The tag that proves the password, as base64."""
        typed = (self.password if password is None else password).encode()
        return b64(hmac.digest(self.secret, self.kid.encode() + typed, "sha256"))

    def sign(self, message: bytes) -> bytes:
        """r and s, 32 bytes each."""
        r, s = utils.decode_dss_signature(self.key.sign(message, ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    def sign_documents(self, documents: list[Document], files: dict[str, bytes]) -> dict[str, str]:
        """A signature for each prepared document, after checking that the file is the one the server named."""
        return {d.id: b64(self._sign_one(d, files[d.id])) for d in documents}

    def _sign_one(self, document: Document, pdf: bytes) -> bytes:
        body = document.body["prepared"]
        covered = pdf[: body["region_start"]] + pdf[body["region_end"] :]
        assert base64.b64encode(hashlib.sha256(covered).digest()).decode() == body["document_digest"]
        return self.sign(base64.b64decode(body["signed_attributes"]))
