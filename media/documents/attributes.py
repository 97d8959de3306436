"""The attributes that a CMS signature signs (RFC 5652, RFC 5035, RFC 6211), as PAdES and timestamps want them."""

from __future__ import annotations

import hashlib
from typing import Any

from asn1crypto import algos, cms, tsp

SHA256 = algos.DigestAlgorithm({"algorithm": "sha256"})
ECDSA = algos.SignedDigestAlgorithm({"algorithm": "sha256_ecdsa"})


def signed_attributes(content_type: str, digest: bytes, certificate_der: bytes, **more: Any) -> cms.CMSAttributes:
    """What is signed instead of the content: its type, its SHA-256 `digest`, the signer's certificate, the algorithms.

    `content_type` is `data` or `tst_info`; `more` are further attributes by asn1crypto's names.
    """
    named = tsp.ESSCertIDv2({"cert_hash": hashlib.sha256(certificate_der).digest()})
    values = {
        "content_type": content_type,
        "message_digest": digest,
        "signing_certificate_v2": tsp.SigningCertificateV2({"certs": [named]}),
        "cms_algorithm_protection": cms.CMSAlgorithmProtection(
            {"digest_algorithm": SHA256, "signature_algorithm": ECDSA}
        ),
        **more,
    }
    return cms.CMSAttributes([{"type": name, "values": (value,)} for name, value in values.items()])
