"""The pilot authority: profiles, chains, what it refuses, proofs of possession, the server's share."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_private_key
from cryptography.x509.oid import NameOID

from core.ports_documents import AuthorityKeys, CertificateIssuer, CertificateRefused
from media.documents.authority import (
    PilotIssuer,
    check_possession,
    check_presence,
    create_authority,
    issue_customer_certificate,
    new_serial,
)
from media.documents.share import is_same_auth, new_share, protect_auth
from tests.media.documents_tools import FIRM, URLS, Device, pkilint, run, spki_of

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
CHALLENGE = b"\x07" * 32


@pytest.fixture(scope="module")
def authority() -> AuthorityKeys:
    return create_authority(FIRM, NOW, URLS)


@pytest.fixture
def device() -> Device:
    return Device()


@pytest.mark.parametrize("urls", [None, URLS, replace(URLS, ocsp="https://desk.example.com/pki/ocsp")])
def test_profiles_are_clean(tmp_path, device, urls):
    keys = create_authority(FIRM, NOW, urls)
    customer = issue_customer_certificate(keys, device.spki, "样张三", "C2026000001", new_serial(), NOW, urls).der
    single = [(each,) for each in (keys.root_der, keys.issuing_der, keys.tsa_der, keys.seal_der, customer)]
    pairs = [
        (keys.root_der, keys.issuing_der),
        (keys.root_der, keys.tsa_der),
        (keys.issuing_der, keys.seal_der),
        (keys.issuing_der, customer),
    ]
    assert pkilint([*single, *pairs], tmp_path) == [""] * 9


def test_pkilint_would_say_so(authority, tmp_path):
    wrong = (authority.tsa_der, authority.seal_der)
    assert pkilint([wrong], tmp_path) != [""]


@pytest.mark.parametrize(("purpose", "accepted"), [("smimesign", True), ("timestampsign", False), ("sslserver", False)])
def test_openssl_accepts_the_chain_for_signing_only(authority, device, tmp_path, purpose, accepted):
    issued = device.certificate(authority, NOW)
    names = {"leaf": issued.der, "issuing": issued.chain[0], "root": issued.chain[1]}
    for name, der in names.items():
        (tmp_path / name).write_bytes(x509.load_der_x509_certificate(der).public_bytes(Encoding.PEM))
    trust = ("-CAfile", tmp_path / "root", "-untrusted", tmp_path / "issuing")
    at = ("-attime", str(int(NOW.timestamp())))
    assert (run("openssl", "verify", *trust, *at, "-purpose", purpose, tmp_path / "leaf").returncode == 0) is accepted


def test_a_certificate_names_the_customer_but_no_id_number(authority, device):
    certificate = x509.load_der_x509_certificate(device.certificate(authority, NOW).der)
    subject = {each.oid: each.value for each in certificate.subject}
    assert subject == {
        NameOID.COUNTRY_NAME: "CN",
        NameOID.ORGANIZATION_NAME: FIRM,
        NameOID.ORGANIZATIONAL_UNIT_NAME: "个人客户",
        NameOID.SERIAL_NUMBER: "C2026000001",
        NameOID.COMMON_NAME: "样张三",
    }
    assert certificate.not_valid_after_utc == NOW + timedelta(days=730)


@pytest.mark.parametrize("which", ["root_der", "issuing_der", "tsa_der"])
def test_authorities_are_labelled_as_pilot(authority, which):
    subject = x509.load_der_x509_certificate(getattr(authority, which)).subject.rfc4514_string()
    assert "试点" in subject
    assert "Pilot" in subject


def test_an_authority_survives_storing(authority, device):
    again = AuthorityKeys.from_text(authority.to_text())
    assert again == authority
    assert device.certificate(again, NOW).chain == (authority.issuing_der, authority.root_der)


def test_private_keys_stay_out_of_the_repr(authority):
    assert "key=" not in repr(authority)
    assert load_der_private_key(authority.root_key, None).curve.name == "secp384r1"


def test_a_customer_never_outlives_the_issuer(authority, device):
    late = NOW + timedelta(days=9 * 365)
    issued = device.certificate(authority, late)
    issuing = x509.load_der_x509_certificate(authority.issuing_der)
    assert late < issued.not_after <= issuing.not_valid_after_utc


def test_a_serial_is_taken_as_given(authority, device):
    serial = new_serial()
    issuer: CertificateIssuer = PilotIssuer(authority, URLS)
    issued = issuer.issue(device.spki, "样张三", "C1", serial, NOW)
    assert issued.serial == serial == x509.load_der_x509_certificate(issued.der).serial_number


def _rsa() -> bytes:
    return (
        rsa.generate_private_key(65537, 2048).public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    )


@pytest.mark.parametrize(
    "spki", [b"", b"\x30\x00", spki_of(ec.generate_private_key(ec.SECP384R1()).public_key()), _rsa()]
)
def test_only_p256_keys_are_certified(authority, spki):
    with pytest.raises(CertificateRefused):
        issue_customer_certificate(authority, spki, "样张三", "C1", 1, NOW, URLS)
    assert not check_possession(spki, CHALLENGE, bytes(64))


@pytest.mark.parametrize(
    ("name", "number", "serial"),
    [
        ("", "C1", 1),
        ("三" * 22, "C1", 1),
        ("样\n张", "C1", 1),
        ("样张三", "", 1),
        ("样张三", "客户1", 1),
        ("样张三", "99990019900307001X", 1),
        ("样张三", "999900900307001", 1),
        ("样张三", "C1", 0),
        ("样张三", "C1", 1 << 159),
    ],
)
def test_names_and_numbers_that_do_not_fit_are_refused(authority, device, name, number, serial):
    with pytest.raises(CertificateRefused):
        issue_customer_certificate(authority, device.spki, name, number, serial, NOW, URLS)


def test_long_names_are_taken_whole(tmp_path, device):
    keys = create_authority("长" * 16, NOW, URLS)
    name = "阿依古丽" * 4 + "·样张三样"
    issued = issue_customer_certificate(keys, device.spki, name, "C1", new_serial(), NOW, URLS)
    assert (
        x509.load_der_x509_certificate(issued.der).subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value == name
    )
    assert pkilint([(keys.root_der, keys.issuing_der), (keys.issuing_der, issued.der)], tmp_path) == ["", ""]


@pytest.mark.parametrize("firm", ["", "长" * 17])
def test_a_firm_name_that_does_not_fit_is_refused(firm):
    with pytest.raises(CertificateRefused):
        create_authority(firm, NOW)


def test_possession_is_bound_to_challenge_and_key(device):
    proof = device.sign(b"jianzheng-possession|" + CHALLENGE + device.spki)
    assert check_possession(device.spki, CHALLENGE, proof)
    assert not check_possession(device.spki, bytes(32), proof)
    assert not check_possession(Device().spki, CHALLENGE, proof)
    assert not check_possession(device.spki, CHALLENGE, proof[:-1])
    assert not check_possession(device.spki, CHALLENGE, bytes(64))


def test_presence_is_no_proof_of_possession(device):
    proof = device.sign(b"jianzheng-presence|" + CHALLENGE + device.spki)
    assert check_presence(device.spki, CHALLENGE, proof)
    assert not check_possession(device.spki, CHALLENGE, proof)


def test_a_share_is_given_only_against_the_right_tag():
    tag, other = b64encode(bytes(32)).decode(), b64encode(b"\x01" * 32).decode()
    protected = protect_auth(tag, b"pepper")
    assert is_same_auth(tag, b"pepper", protected)
    assert not is_same_auth(other, b"pepper", protected)
    assert not is_same_auth(tag, b"another", protected)
    assert len({new_share(), new_share()}) == 2


@pytest.mark.parametrize("tag", ["", "不是", "AAAA", "A" * 43])
def test_a_broken_tag_is_refused(tag):
    with pytest.raises(CertificateRefused):
        protect_auth(tag, b"pepper")
    assert not is_same_auth(tag, b"pepper", bytes(32))
