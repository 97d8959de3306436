"""The firm's seal: a visible round red stamp and the signature of the seal certificate with a timestamp."""

from __future__ import annotations

from datetime import datetime

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.x509 import load_der_x509_certificate
from cryptography.x509.oid import NameOID

from core.ports_documents import AuthorityKeys, Place, TimeStamper
from media.documents.authority import SEAL_UNIT
from media.documents.sign import SEAL_FIELD, finish_signature, prepare_signature
from media.documents.stamps import seal_stamp


def seal_document(pdf: bytes, authority: AuthorityKeys, timestamper: TimeStamper, now: datetime, place: Place) -> bytes:
    """`pdf`, signed by the customer, with the firm's seal at `place` and its signature with a timestamp (B-T).

    The seal covers everything before it. `now` is printed into the signature as its claimed time.
    """
    certificate = load_der_x509_certificate(authority.seal_der)
    firm = certificate.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)[0].value
    chain = (authority.issuing_der, authority.root_der)
    stamp = seal_stamp(str(firm))
    prepared = prepare_signature(pdf, authority.seal_der, chain, SEAL_FIELD, place, stamp, now, SEAL_UNIT)
    return finish_signature(prepared, _sign(authority.seal_key, prepared.signed_attributes), timestamper)


def _sign(pkcs8: bytes, message: bytes) -> bytes:
    key = serialization.load_der_private_key(pkcs8, None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    r, s = utils.decode_dss_signature(key.sign(message, ec.ECDSA(hashes.SHA256())))
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")
