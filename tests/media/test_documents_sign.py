"""Signed agreements, judged by pdfsig and openssl and by our own verification."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from asn1crypto import cms
from hypothesis import given, settings
from hypothesis import strategies as st
from pyhanko.pdf_utils.generic import pdf_name, pdf_string
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from core.errors import BadFile
from core.ports_documents import (
    AuthorityKeys,
    DocumentCheck,
    IssuedCertificate,
    MissingGlyph,
    PreparedSignature,
    RenderedDocument,
    SignatureRefused,
)
from media.documents.authority import create_authority
from media.documents.cms import timestamp_info
from media.documents.render import SEAL_SIZE, SIGNATURE_SIZE, render_agreement
from media.documents.seal import seal_document
from media.documents.sign import CUSTOMER_FIELD, finish_signature, prepare_signature
from media.documents.stamps import seal_stamp, signature_stamp
from media.documents.timestamp import LocalTimeStamper
from media.documents.verify import verify_document
from tests.media.documents_tools import (
    FIRM,
    TEMPLATE,
    URLS,
    Device,
    embedded,
    header,
    openssl_verifies,
    pdfsig,
    signature_picture,
    trust_store,
)

NOW = datetime.now(UTC)
"""pdfsig looks at the real clock, so the certificates of these tests are from today."""
VALUES = {"客户姓名": "样张三", "客户号": "C2026000001"}
BUNDLE = ("FXSM", "QHJJHT", "YQXY", "SZZS", "CLSQ", "SSSM")


@dataclass(frozen=True)
class Office:
    """An authority, a customer with a certificate, and a timestamp service."""

    authority: AuthorityKeys
    device: Device
    certificate: IssuedCertificate
    stamper: LocalTimeStamper

    def render(self, code: str = "FXSM") -> RenderedDocument:
        return render_agreement(f"{code}（样张）", TEMPLATE, VALUES, header(NOW, code=code))

    def prepare(self, made: RenderedDocument) -> PreparedSignature:
        stamp = signature_stamp("样张三", signature_picture(), NOW)
        own = self.certificate
        return prepare_signature(made.pdf, own.der, own.chain, CUSTOMER_FIELD, made.signature_place, stamp, NOW)

    def finish(self, prepared: PreparedSignature) -> bytes:
        return finish_signature(prepared, self.device.sign(prepared.signed_attributes), self.stamper)

    def seal(self, pdf: bytes, made: RenderedDocument) -> bytes:
        return seal_document(pdf, self.authority, self.stamper, NOW, made.seal_place)

    def complete(self, code: str = "FXSM") -> bytes:
        made = self.render(code)
        return self.seal(self.finish(self.prepare(made)), made)

    def check(self, pdf: bytes, at: datetime = NOW) -> DocumentCheck:
        return verify_document(pdf, self.authority.root_der, at)


@pytest.fixture(scope="module")
def office() -> Office:
    authority, device = create_authority(FIRM, NOW, URLS), Device()
    return Office(authority, device, device.certificate(authority, NOW), LocalTimeStamper(authority, lambda: NOW))


@pytest.fixture(scope="module")
def made(office) -> RenderedDocument:
    return office.render()


@pytest.fixture(scope="module")
def prepared(office, made) -> PreparedSignature:
    return office.prepare(made)


@pytest.fixture(scope="module")
def signed(office, made, prepared) -> bytes:
    return office.seal(office.finish(prepared), made)


@pytest.fixture(scope="module")
def store(office, tmp_path_factory) -> Path:
    return trust_store(office.authority.root_der, tmp_path_factory.mktemp("trust") / "nss")


def test_pdfsig_trusts_customer_and_seal(signed, store, tmp_path):
    (tmp_path / "signed.pdf").write_bytes(signed)
    customer, seal = pdfsig(tmp_path / "signed.pdf", store)
    assert (customer.signer, customer.good, customer.total) == ("样张三", True, False)
    assert (seal.signer, seal.good, seal.total) == (FIRM, True, True)


def test_pdfsig_trusts_nothing_from_another_root(signed, tmp_path):
    other = trust_store(create_authority(FIRM, NOW).root_der, tmp_path / "nss")
    (tmp_path / "signed.pdf").write_bytes(signed)
    assert [each.good for each in pdfsig(tmp_path / "signed.pdf", other)] == [False, False]


def test_openssl_verifies_signatures_and_timestamps(office, signed, tmp_path):
    said = [openssl_verifies(each, office.authority.root_der, tmp_path) for each in embedded(signed)]
    assert said == ["", ""]


def test_openssl_refuses_another_root_and_a_changed_byte(office, signed, tmp_path):
    customer = embedded(signed)[0]
    other = create_authority(FIRM, NOW).root_der
    assert openssl_verifies(customer, other, tmp_path) != ""
    changed = replace(customer, signed=customer.signed[:-1] + b"!")
    assert openssl_verifies(changed, office.authority.root_der, tmp_path) != ""


def test_our_own_check_agrees(office, signed):
    check = office.check(signed)
    assert check.problems == ()
    assert [each.signer for each in check.signatures] == ["样张三", FIRM]
    assert all(each.good for each in check.signatures)
    assert check.signatures[0].serial == f"{office.certificate.serial:x}"


@pytest.mark.parametrize("share", [0.1, 0.5, 0.7])
def test_one_flipped_byte_is_reported(office, signed, store, tmp_path, share):
    """Anywhere before the customer's hole: both signatures cover it."""
    at = int(embedded(signed)[0].hole[0] * share)
    broken = signed[:at] + bytes([signed[at] ^ 1]) + signed[at + 1 :]
    (tmp_path / "broken.pdf").write_bytes(broken)
    assert not any(each.good for each in pdfsig(tmp_path / "broken.pdf", store))
    assert office.check(broken).problems != ()


def test_a_flipped_byte_after_the_customer_breaks_the_seal_only(office, signed, store, tmp_path):
    at = signed.rindex(rb"/M (D\072") + 12  # a digit of the seal's claimed time
    broken = signed[:at] + bytes([signed[at] ^ 1]) + signed[at + 1 :]
    (tmp_path / "broken.pdf").write_bytes(broken)
    assert [each.good for each in pdfsig(tmp_path / "broken.pdf", store)] == [True, False]
    assert [each.intact for each in office.check(broken).signatures] == [True, False]


def test_a_bundle_of_six_is_signed_in_order(office, store, tmp_path):
    finished = [office.complete(code) for code in BUNDLE]
    times = []
    for code, pdf in zip(BUNDLE, finished, strict=True):
        (tmp_path / f"{code}.pdf").write_bytes(pdf)
        assert [each.good for each in pdfsig(tmp_path / f"{code}.pdf", store)] == [True, True]
        times += [each.time for each in office.check(pdf).signatures]
    assert times == sorted(set(times))


def test_a_prepared_signature_survives_a_restart(office, prepared):
    stored = json.loads(json.dumps(prepared.to_json()))
    again = PreparedSignature.from_json(prepared.pdf, stored)
    assert again == prepared
    assert office.check(office.finish(again)).problems == ()


def test_preparing_leaves_the_document_untouched(made, prepared):
    assert prepared.pdf.startswith(made.pdf)
    assert set(prepared.pdf[prepared.region_start + 1 : prepared.region_end - 1]) == {ord("0")}


def test_a_signature_of_another_key_is_refused(prepared, office):
    for raw in (Device().sign(prepared.signed_attributes), office.device.sign(b"else"), bytes(64), b"", bytes(63)):
        with pytest.raises(SignatureRefused):
            finish_signature(prepared, raw, office.stamper)


def test_values_of_two_documents_are_never_mixed(office, prepared):
    other = office.prepare(office.render("QHJJHT"))
    for mixed in (replace(prepared, pdf=other.pdf), replace(prepared, signed_attributes=other.signed_attributes)):
        with pytest.raises(SignatureRefused):
            office.finish(mixed)


def test_a_foreign_root_is_said(signed):
    check = verify_document(signed, create_authority(FIRM, NOW).root_der, NOW)
    assert [each.trusted for each in check.signatures] == [False, False]
    assert [each.time for each in check.signatures] == [None, None]
    assert check.problems[0] == "“样张三”的证书不是由本公司签发，无法确认签名人。"


def test_a_document_stays_good_after_its_certificates_expired(office, signed):
    late = NOW + timedelta(days=5 * 365)
    assert late > office.certificate.not_after
    assert office.check(signed, late).problems == ()


def test_content_added_later_is_said(office, signed):
    out = io.BytesIO(signed)
    writer = IncrementalPdfFileWriter(out)
    writer.root[pdf_name("/OpenAction")] = writer.add_object(pdf_string("x"))
    writer.update_root()
    writer.write_in_place()
    check = office.check(out.getvalue())
    assert [(each.intact, each.covers_whole) for each in check.signatures] == [(True, False), (True, False)]
    assert check.problems[0] == "“样张三”签名之后，文件中加入了签名以外的内容。"


def test_a_file_without_signature_is_said(office, made):
    assert office.check(made.pdf) == DocumentCheck((), ("文件里没有电子签名。",))


@pytest.mark.parametrize("junk", [b"", b"%PDF-1.7", b"\x00" * 100, b"PK\x03\x04"])
def test_a_file_that_is_no_pdf_is_said(office, junk):
    assert office.check(junk) == DocumentCheck((), ("文件无法读取，不是完整的 PDF 文件。",))


@settings(max_examples=30, deadline=None, derandomize=True)
@given(data=st.data())
def test_a_damaged_file_is_never_good_and_never_an_error(office, signed, data):
    outside = st.integers(0, embedded(signed)[0].hole[0] - 1)
    at, length = data.draw(outside), data.draw(st.integers(1, 400))
    junk = data.draw(st.binary(min_size=1, max_size=400))
    damaged = signed[:at] + junk + signed[at + length :]
    assert damaged == signed or office.check(damaged).problems


def test_timestamps_rise_even_when_the_clock_stands_or_falls_back(office):
    clock = iter([NOW, NOW, NOW - timedelta(seconds=5), NOW + timedelta(seconds=1)])
    stamper = LocalTimeStamper(office.authority, lambda: next(clock))
    infos = [cms.ContentInfo.load(stamper.token(bytes(32)))["content"]["encap_content_info"] for _ in range(4)]
    times = [each["content"].parsed["gen_time"].native for each in infos]
    assert times == sorted(set(times))
    assert times[0] == NOW.replace(microsecond=NOW.microsecond // 1000 * 1000)


@pytest.mark.parametrize(("microsecond", "shown"), [(0, b"Z"), (140_000, b".14Z"), (7_999, b".007Z"), (999, b"Z")])
def test_the_time_in_a_timestamp_is_der(microsecond, shown):
    time = datetime(2026, 11, 20, 3, 4, 5, microsecond, tzinfo=UTC)
    assert b"20261120030405" + shown in timestamp_info("1.2.3", bytes(32), 1, time)


def test_stamps_have_the_size_of_their_places():
    for pdf, (width, height) in ((signature_stamp("样张三", None, NOW), SIGNATURE_SIZE), (seal_stamp(FIRM), SEAL_SIZE)):
        assert f"/MediaBox[0 0 {width:g} {height:g}]".encode() in pdf


def test_a_picture_that_is_none_is_refused():
    with pytest.raises(BadFile):
        signature_stamp("样张三", b"no picture", NOW)


def test_a_signer_whose_name_has_no_glyph_is_stopped():
    with pytest.raises(MissingGlyph):
        signature_stamp("样\U0002fff0", None, NOW)
