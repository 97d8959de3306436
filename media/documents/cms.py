"""CMS signatures (RFC 5652) and timestamp tokens (RFC 3161), encoded here to DER.

Not with asn1crypto: it takes a length whose last byte is 0x80 (one structure in 256) for BER's indefinite length,
and then encodes the whole tree anew on every access, which cost up to 18 s of processor time for one signature.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

from cryptography.x509 import load_der_x509_certificate

DATA = "1.2.840.113549.1.7.1"
TIMESTAMP_INFO = "1.2.840.113549.1.9.16.1.4"
_SIGNED_DATA = "1.2.840.113549.1.7.2"
_CONTENT_TYPE = "1.2.840.113549.1.9.3"
_MESSAGE_DIGEST = "1.2.840.113549.1.9.4"
_SIGNING_CERTIFICATE = "1.2.840.113549.1.9.16.2.47"  # RFC 5035, SHA-256 is the default
_ALGORITHM_PROTECTION = "1.2.840.113549.1.9.52"  # RFC 6211
_TIMESTAMP_ATTRIBUTE = "1.2.840.113549.1.9.16.2.14"
_SHA256_OID = "2.16.840.1.101.3.4.2.1"
_ECDSA_SHA256_OID = "1.2.840.10045.4.3.2"

_INTEGER, _OCTETS, _OID, _SEQUENCE, _SET, _GENERALIZED_TIME = 0x02, 0x04, 0x06, 0x30, 0x31, 0x18
_CONTEXT_0, _CONTEXT_1 = 0xA0, 0xA1


def signed_attributes(content_type: str, digest: bytes, certificate_der: bytes) -> bytes:
    """What a signer signs instead of the content (DER of a SET): type, SHA-256 `digest`, certificate, algorithms.

    `content_type` is `DATA` or `TIMESTAMP_INFO`. PAdES (ETSI EN 319 142-1) wants exactly these, without a time.
    """
    named = _sequence(_sequence(_sequence(_octets(hashlib.sha256(certificate_der).digest()))))
    algorithms = _sequence(_algorithm(_SHA256_OID), _der(_CONTEXT_1, _oid(_ECDSA_SHA256_OID)))
    return _set(
        _attribute(_CONTENT_TYPE, _oid(content_type)),
        _attribute(_MESSAGE_DIGEST, _octets(digest)),
        _attribute(_SIGNING_CERTIFICATE, named),
        _attribute(_ALGORITHM_PROTECTION, algorithms),
    )


def signed_message(
    content_type: str,
    content: bytes | None,
    certificates: Sequence[bytes],
    attributes: bytes,
    signature: bytes,
    token: bytes | None = None,
) -> bytes:
    """A ContentInfo with one ECDSA P-256 signature (DER) over `attributes`, by the first of `certificates` (DER).

    `content` stands inside, or is None where it stands apart (as in a PDF). `token` is a timestamp over the signature.
    """
    stamped = [_der(_CONTEXT_1, _attribute(_TIMESTAMP_ATTRIBUTE, token))] if token else []
    signer = _sequence(
        _integer(1),
        _issuer_and_serial(certificates[0]),
        _algorithm(_SHA256_OID),
        bytes([_CONTEXT_0]) + attributes[1:],
        _algorithm(_ECDSA_SHA256_OID),
        _octets(signature),
        *stamped,
    )
    inside = [] if content is None else [_der(_CONTEXT_0, _octets(content))]
    message = _sequence(
        _integer(1 if content_type == DATA else 3),
        _set(_algorithm(_SHA256_OID)),
        _sequence(_oid(content_type), *inside),
        _der(_CONTEXT_0, *sorted(certificates)),
        _set(signer),
    )
    return _sequence(_oid(_SIGNED_DATA), _der(_CONTEXT_0, message))


def timestamp_info(policy: str, digest: bytes, serial: int, time: datetime) -> bytes:
    """The TSTInfo of a timestamp over a SHA-256 `digest`; `time` (aware UTC) to the millisecond, accurate to 1 s."""
    imprint = _sequence(_algorithm(_SHA256_OID), _octets(digest))
    fraction = f".{time.microsecond // 1000:03d}".rstrip("0").rstrip(".")  # DER forbids trailing zeros
    moment = _der(_GENERALIZED_TIME, f"{time:%Y%m%d%H%M%S}{fraction}Z".encode())
    return _sequence(_integer(1), _oid(policy), imprint, _integer(serial), moment, _sequence(_integer(1)))


def _issuer_and_serial(certificate_der: bytes) -> bytes:
    certificate = load_der_x509_certificate(certificate_der)
    return _sequence(certificate.issuer.public_bytes(), _integer(certificate.serial_number))


def _attribute(oid: str, value: bytes) -> bytes:
    return _sequence(_oid(oid), _set(value))


def _algorithm(oid: str) -> bytes:
    """An algorithm identifier without parameters (RFC 5754, RFC 5758)."""
    return _sequence(_oid(oid))


def _der(tag: int, *parts: bytes) -> bytes:
    body = b"".join(parts)
    size = len(body)
    if size < 0x80:
        return bytes([tag, size]) + body
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + body


def _sequence(*parts: bytes) -> bytes:
    return _der(_SEQUENCE, *parts)


def _set(*parts: bytes) -> bytes:
    return _der(_SET, *sorted(parts))


def _octets(value: bytes) -> bytes:
    return _der(_OCTETS, value)


def _integer(value: int) -> bytes:
    """A non-negative integer; a leading zero byte keeps it positive."""
    return _der(_INTEGER, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def _oid(dotted: str) -> bytes:
    first, second, *rest = map(int, dotted.split("."))
    return _der(_OID, b"".join(_base_128(arc) for arc in (40 * first + second, *rest)))


def _base_128(arc: int) -> bytes:
    digits = [arc & 0x7F]
    while arc := arc >> 7:
        digits.insert(0, 0x80 | arc & 0x7F)
    return bytes(digits)
