"""Signatures as WebCrypto makes them: r and s of ECDSA P-256, 32 bytes each, without ASN.1 (IEEE P1363)."""

from __future__ import annotations

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils

SIGNATURE_BYTES = 64


def to_der(signature: bytes) -> bytes:
    """The same signature as the ASN.1 sequence that CMS wants; ValueError when it is not 64 bytes long."""
    if len(signature) != SIGNATURE_BYTES:
        raise ValueError("an ECDSA P-256 signature has 64 bytes")
    return utils.encode_dss_signature(int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big"))


def find_p256_key(spki_der: bytes) -> ec.EllipticCurvePublicKey | None:
    """The public key in a DER SubjectPublicKeyInfo; None for any other curve, algorithm or damaged bytes."""
    try:
        key = serialization.load_der_public_key(spki_der)
    except (ValueError, UnsupportedAlgorithm):
        return None
    return key if isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1) else None


def is_signed_by(key: ec.EllipticCurvePublicKey, signature: bytes, message: bytes) -> bool:
    """Whether `signature` (r and s) over SHA-256 of `message` was made with the private key of `key`."""
    try:
        key.verify(to_der(signature), message, ec.ECDSA(hashes.SHA256()))
    except (ValueError, InvalidSignature):
        return False
    return True
