"""The firm's pilot certificate authority: root, issuing CA, timestamp and seal certificates, customers.

电子签名法 art. 16 leaves third-party certification to licensed providers; this authority rests on the
agreement between firm and customer (art. 13), so every CA certificate is labelled 试点 / Pilot CA, and it
stands behind `core.ports_documents.CertificateIssuer`. Profiles follow RFC 5280, RFC 9336 and RFC 3161.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID

from core.ports_documents import AuthorityKeys, CertificateRefused, IssuedCertificate, PkiUrls
from media.documents.raw_ecdsa import find_p256_key, is_signed_by

PILOT_POLICY = "1.3.6.1.4.1.32473.20.1"
"""Certificate and timestamp policy, below the enterprise number for documentation (RFC 5612)."""
SEAL_UNIT = "电子合同专用章"
POSSESSION = b"jianzheng-possession|"
PRESENCE = b"jianzheng-presence|"

_DOCUMENT_SIGNING = x509.ObjectIdentifier("1.3.6.1.5.5.7.3.36")  # RFC 9336
_SIGNING_USES = (_DOCUMENT_SIGNING, ExtendedKeyUsageOID.EMAIL_PROTECTION)  # without the second pdfsig shrugs
_ROOT_DAYS, _CA_DAYS, _CUSTOMER_DAYS = 20 * 365, 10 * 365, 2 * 365
_BACKDATE = timedelta(minutes=5)  # clocks of readers differ
_LONGEST_NAME = 64  # X.520 means characters, but the library counts bytes of UTF-8: 21 汉字
_LONGEST_FIRM_NAME = 48  # leaves room for the words beside it: 16 汉字
_CUSTOMER_NUMBER = re.compile(r"[A-Za-z0-9./:=-]{1,64}")  # PrintableString
_ID_NUMBER = re.compile(r"\d{15}|\d{17}[\dXx]")


@dataclass(frozen=True)
class _Signer:
    """A CA that signs: its certificate, key, and where its certificate, CRL and OCSP responder are found."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey
    certificate_url: str = ""
    crl_url: str = ""
    ocsp_url: str = ""


def create_authority(firm_name: str, now: datetime, urls: PkiUrls | None = None) -> AuthorityKeys:
    """A new authority with fresh keys; nothing is written anywhere, the caller seals the private keys.

    Give `urls` from the start: certificates issued without addresses can never be checked for revocation.
    Raises CertificateRefused when the firm's name is empty or longer than 48 bytes (16 汉字).
    """
    if not 0 < len(firm_name.encode()) <= _LONGEST_FIRM_NAME:
        raise CertificateRefused("公司名称须为 1 至 16 个汉字，才能写入证书。")
    root = _create_root(firm_name, now, urls)
    issuing_key = ec.generate_private_key(ec.SECP256R1())
    issuing = _sign(root, _issuing_profile(firm_name), issuing_key.public_key(), now, _CA_DAYS)
    issuer = _issuing_signer(issuing, issuing_key, urls)
    tsa_key, seal_key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    tsa = _sign(root, _tsa_profile(firm_name), tsa_key.public_key(), now, _CA_DAYS)
    seal = _sign(issuer, _seal_profile(firm_name), seal_key.public_key(), now, _CA_DAYS)
    certificates = (_der(each) for each in (root.certificate, issuing, tsa, seal))
    return AuthorityKeys(*certificates, *(_pkcs8(each) for each in (root.key, issuing_key, tsa_key, seal_key)))


def issue_customer_certificate(
    authority: AuthorityKeys,
    spki_der: bytes,
    customer_name: str,
    customer_number: str,
    serial: int,
    now: datetime,
    urls: PkiUrls | None = None,
) -> IssuedCertificate:
    """Certify a customer's P-256 key for two years. Call it only after `check_possession` and the witness.

    The name goes to every reader of a signed file, so it carries the firm's customer number and never an ID
    number. Raises CertificateRefused for another kind of key, or a name (21 汉字 at most), number or serial that
    does not fit.
    """
    key = find_p256_key(spki_der)
    name_fits = 0 < len(customer_name.encode()) <= _LONGEST_NAME and customer_name.isprintable()
    number_fits = _CUSTOMER_NUMBER.fullmatch(customer_number) and not _ID_NUMBER.fullmatch(customer_number)
    if key is None or not name_fits or not number_fits or not 0 < serial < 1 << 159:
        raise CertificateRefused
    issuer = _open_issuing(authority, urls)
    firm = issuer.certificate.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)[0].value
    profile = _end_profile(_name(str(firm), customer_name, unit="个人客户", number=customer_number))
    certificate = _sign(issuer, profile, key, now, _CUSTOMER_DAYS, serial)
    chain = (authority.issuing_der, authority.root_der)
    return IssuedCertificate(_der(certificate), chain, serial, certificate.not_valid_after_utc)


def new_serial() -> int:
    """A random serial number of at most 159 bits (RFC 5280 4.1.2.2); keep it unique per firm."""
    return x509.random_serial_number()


def check_possession(spki_der: bytes, challenge: bytes, signature: bytes) -> bool:
    """Whether the holder of the private key of `spki_der` (P-256) answered this one-time challenge.

    `signature` is r and s (64 bytes) over "jianzheng-possession|", challenge, SPKI.
    """
    return _answers(POSSESSION, spki_der, challenge, signature)


def check_presence(presence_spki_der: bytes, challenge: bytes, signature: bytes) -> bool:
    """Whether the device that enrolled the presence key (no password, not extractable) answered the challenge.

    Shows that the certificate's browser is present without unlocking its signing key (R135, R136).
    """
    return _answers(PRESENCE, presence_spki_der, challenge, signature)


class PilotIssuer:
    """`CertificateIssuer` with the firm's own authority."""

    def __init__(self, authority: AuthorityKeys, urls: PkiUrls | None = None) -> None:
        """`urls` must be those the authority was created with."""
        self._authority = authority
        self._urls = urls

    def issue(
        self, spki_der: bytes, customer_name: str, customer_number: str, serial: int, now: datetime
    ) -> IssuedCertificate:
        """See `issue_customer_certificate`."""
        return issue_customer_certificate(
            self._authority, spki_der, customer_name, customer_number, serial, now, self._urls
        )


def _answers(prefix: bytes, spki_der: bytes, challenge: bytes, signature: bytes) -> bool:
    key = find_p256_key(spki_der)
    return key is not None and is_signed_by(key, signature, prefix + challenge + spki_der)


def _name(firm: str, common_name: str, unit: str = "", number: str = "") -> x509.Name:
    parts = [
        (NameOID.COUNTRY_NAME, "CN"),
        (NameOID.ORGANIZATION_NAME, firm),
        (NameOID.ORGANIZATIONAL_UNIT_NAME, unit),
        (NameOID.SERIAL_NUMBER, number),
        (NameOID.COMMON_NAME, common_name),
    ]
    return x509.Name([x509.NameAttribute(oid, value) for oid, value in parts if value])


def _usage(*uses: str) -> x509.KeyUsage:
    every = (
        *("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement"),
        *("key_cert_sign", "crl_sign", "encipher_only", "decipher_only"),
    )
    return x509.KeyUsage(**{each: each in uses for each in every})


def _ca_profile(subject: x509.Name, path_length: int | None) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .add_extension(x509.BasicConstraints(ca=True, path_length=path_length), critical=True)
        .add_extension(_usage("key_cert_sign", "crl_sign"), critical=True)
    )


def _issuing_profile(firm: str) -> x509.CertificateBuilder:
    subject = _name(firm, f"{firm} 试点签发CA", unit="试点 Pilot CA")
    return _with_policy(_ca_profile(subject, path_length=0))


def _end_profile(subject: x509.Name) -> x509.CertificateBuilder:
    return _signer_profile(subject).add_extension(x509.ExtendedKeyUsage(_SIGNING_USES), critical=False)


def _seal_profile(firm: str) -> x509.CertificateBuilder:
    return _end_profile(_name(firm, firm, unit=SEAL_UNIT))


def _tsa_profile(firm: str) -> x509.CertificateBuilder:
    subject = _name(firm, f"{firm} 试点时间戳", unit="试点 Pilot CA")
    only_timestamps = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
    return _signer_profile(subject).add_extension(only_timestamps, critical=True)


def _signer_profile(subject: x509.Name) -> x509.CertificateBuilder:
    return _with_policy(
        x509.CertificateBuilder()
        .subject_name(subject)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage("digital_signature", "content_commitment"), critical=True)
    )


def _with_policy(builder: x509.CertificateBuilder) -> x509.CertificateBuilder:
    policy = x509.PolicyInformation(x509.ObjectIdentifier(PILOT_POLICY), None)
    return builder.add_extension(x509.CertificatePolicies([policy]), critical=False)


def _create_root(firm: str, now: datetime, urls: PkiUrls | None) -> _Signer:
    key = ec.generate_private_key(ec.SECP384R1())
    subject = _name(firm, f"{firm} 试点根CA", unit="试点 Pilot CA")
    builder = _dated(_ca_profile(subject, None), now, _ROOT_DAYS).issuer_name(subject)
    certificate = (
        builder.public_key(key.public_key())
        .serial_number(new_serial())
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA384())
    )
    where = (urls.root_certificate, urls.root_crl) if urls else ()
    return _Signer(certificate, key, *where)


def _issuing_signer(certificate: x509.Certificate, key: ec.EllipticCurvePrivateKey, urls: PkiUrls | None) -> _Signer:
    where = (urls.issuing_certificate, urls.issuing_crl, urls.ocsp) if urls else ()
    return _Signer(certificate, key, *where)


def _open_issuing(authority: AuthorityKeys, urls: PkiUrls | None) -> _Signer:
    key = serialization.load_der_private_key(authority.issuing_key, None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return _issuing_signer(x509.load_der_x509_certificate(authority.issuing_der), key, urls)


def _dated(builder: x509.CertificateBuilder, now: datetime, days: int) -> x509.CertificateBuilder:
    start = now.replace(microsecond=0)
    return builder.not_valid_before(start - _BACKDATE).not_valid_after(start + timedelta(days=days))


def _sign(
    signer: _Signer,
    profile: x509.CertificateBuilder,
    key: ec.EllipticCurvePublicKey,
    now: datetime,
    days: int,
    serial: int | None = None,
) -> x509.Certificate:
    """Complete a profile; a certificate never outlives the one that signs it."""
    left = (signer.certificate.not_valid_after_utc - now).days
    builder = _dated(profile, now, min(days, left)).issuer_name(signer.certificate.subject).public_key(key)
    builder = _with_issuer(builder.serial_number(serial or new_serial()), signer, key)
    large = isinstance(signer.key.curve, ec.SECP384R1)
    return builder.sign(signer.key, hashes.SHA384() if large else hashes.SHA256())


def _with_issuer(
    builder: x509.CertificateBuilder, signer: _Signer, key: ec.EllipticCurvePublicKey
) -> x509.CertificateBuilder:
    own = signer.certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    authority_key = x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(own)
    builder = builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    builder = builder.add_extension(authority_key, critical=False)
    if signer.crl_url:
        address = x509.UniformResourceIdentifier(signer.crl_url)
        points = x509.CRLDistributionPoints([x509.DistributionPoint([address], None, None, None)])
        builder = builder.add_extension(points, critical=False)
    access = [
        x509.AccessDescription(method, x509.UniformResourceIdentifier(url))
        for method, url in (
            (AuthorityInformationAccessOID.OCSP, signer.ocsp_url),
            (AuthorityInformationAccessOID.CA_ISSUERS, signer.certificate_url),
        )
        if url
    ]
    return builder.add_extension(x509.AuthorityInformationAccess(access), critical=False) if access else builder


def _der(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.DER)


def _pkcs8(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
