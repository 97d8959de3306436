"""The certificate: begin, issue, install, unlock and lock, apply again; forged and repeated answers (R135-R145)."""

from __future__ import annotations

from base64 import b64decode
from datetime import timedelta
from typing import Any

import pytest
from cryptography import x509

from core import limits
from core.actor import Actor
from core.errors import NotAllowed, NotFound, WrongState
from core.ports_documents import CertificateRefused
from core.records import Certificate
from core.usecases.certificates import (
    apply_again,
    authority_of,
    begin_certificate,
    confirm_install,
    issue_certificate,
    unlock_certificate,
)
from tests.builders import LI, ZHANG, Walk, case_at
from tests.desk_bench import Bench
from tests.device import Device, b64

WRONG = "000000"


def begin(bench: Bench, walk: Walk) -> Any:
    return begin_certificate(bench.desk, walk.actor, walk.case_id)


def issue(bench: Bench, walk: Walk, answer: dict[str, Any]) -> list[str]:
    return issue_certificate(bench.desk, walk.actor, walk.case_id, answer)


def unlock(bench: Bench, walk: Walk, password: str | None = None, kid: str = "") -> tuple[bool, int]:
    """(share was given, tries left)"""
    auth = walk.device.auth(password)
    found = unlock_certificate(bench.desk, walk.actor, walk.case_id, kid or walk.device.kid, auth)
    return bool(found.share), found.tries_left


def stored(bench: Bench, kid: str, firm: str = "f1") -> Certificate | None:
    with bench.work(firm) as work:
        return work.documents.find_certificate(kid)


def state(bench: Bench, kid: str) -> str:
    found = stored(bench, kid)
    assert found is not None
    return found.state


# -- the way it should go
def test_a_device_gets_a_certificate_for_its_key(bench: Bench) -> None:
    walk = case_at(bench, "sign")
    assert walk.step(bench) == "sign"
    certificate = x509.load_der_x509_certificate(b64decode(walk.device.chain[0]))
    names = {attribute.rfc4514_attribute_name: attribute.value for attribute in certificate.subject}
    assert ZHANG.name in names.values() and ZHANG.id_number not in str(certificate.subject)
    assert certificate.public_key() == walk.device.key.public_key()
    assert len(walk.device.chain) == 3


def test_what_the_device_gets_names_what_a_password_must_avoid(bench: Bench) -> None:
    walk = case_at(bench, "certificate")
    request = begin(bench, walk)
    assert request.avoid == ("19900312", ZHANG.phone, ZHANG.id_number)
    assert request.owner == walk.owner


def test_the_name_stands_nowhere_in_plain(bench: Bench) -> None:
    walk = case_at(bench, "sign")
    with bench.database.engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT * FROM certificate").fetchall()
    blobs = [bytes(cell) for row in rows for cell in row if isinstance(cell, bytes | memoryview)]
    assert blobs and not any(ZHANG.name.encode() in blob for blob in blobs)
    assert state(bench, walk.device.kid) == "valid"


def test_installing_twice_is_the_same_as_once(bench: Bench) -> None:
    walk = case_at(bench, "sign")
    confirm_install(bench.desk, walk.actor, walk.case_id, walk.device.kid)
    assert [p.kind for p in walk.facts(bench).proofs].count("certificate") == 1


def test_a_firm_makes_its_authority_once(bench: Bench) -> None:
    first = authority_of(bench.desk, "f1")
    assert authority_of(bench.desk, "f1") == first
    assert authority_of(bench.desk, "f2") != first


# -- forged, repeated, left behind
def test_an_interrupted_installation_begins_anew(bench: Bench) -> None:
    walk = case_at(bench, "certificate")
    left = Device()
    issue(bench, walk, left.enrol(begin(bench, walk)))
    walk.do_certificate(bench)
    assert walk.step(bench) == "sign"
    assert (state(bench, left.kid), state(bench, walk.device.kid)) == ("superseded", "valid")
    with pytest.raises(NotFound):
        confirm_install(bench.desk, walk.actor, walk.case_id, left.kid)


def test_an_installed_certificate_allows_no_second_one(bench: Bench) -> None:
    walk = case_at(bench, "certificate")
    early, late = begin(bench, walk), Device()
    walk.do_certificate(bench)
    with pytest.raises(WrongState, match="已经安装"):
        begin(bench, walk)
    with pytest.raises(WrongState, match="已经安装"):
        issue(bench, walk, late.enrol(early))


def test_a_certificate_is_issued_once_for_each_begun_key(bench: Bench) -> None:
    walk = case_at(bench, "certificate")
    answer = walk.device.enrol(begin(bench, walk))
    issue(bench, walk, answer)
    serial = stored(bench, walk.device.kid)
    with pytest.raises(NotFound):
        issue(bench, walk, answer)
    with pytest.raises(NotFound):
        issue(bench, walk, Device().enrol(begin(bench, walk)) | {"kid": walk.device.kid})
    assert stored(bench, walk.device.kid) == serial


@pytest.mark.parametrize(
    "change",
    [
        {"possession": b64(bytes(64))}, {"possession": "no base64!"}, {"spki": "no base64!"}, {"spki": b64(b"no key")},
        {"auth": ""}, {"auth": b64(b"short")}, {"possession": None}, {"spki": None}, {"auth": None},
    ],
)  # fmt: skip
def test_a_forged_answer_is_refused(bench: Bench, change: dict[str, str | None]) -> None:
    walk = case_at(bench, "certificate")
    answer = {**walk.device.enrol(begin(bench, walk)), **change}
    with pytest.raises(CertificateRefused):
        issue(bench, walk, {key: value for key, value in answer.items() if value is not None})
    assert state(bench, walk.device.kid) == "begun"


def test_a_replayed_challenge_is_refused(bench: Bench) -> None:
    walk = case_at(bench, "certificate")
    old = begin(bench, walk)
    with pytest.raises(CertificateRefused):
        issue(bench, walk, walk.device.enrol(begin(bench, walk), challenge=old.challenge))


def test_possession_of_one_key_does_not_prove_another(bench: Bench) -> None:
    walk, other = case_at(bench, "certificate"), Device()
    request = begin(bench, walk)
    answer = walk.device.enrol(request) | {"spki": other.enrol(request)["spki"]}
    with pytest.raises(CertificateRefused):
        issue(bench, walk, answer)


def test_a_foreign_key_id_is_unknown(bench: Bench) -> None:
    walk, other = case_at(bench, "sign"), case_at(bench, "certificate", person=LI)
    answer = other.device.enrol(begin(bench, other))
    for kid in ("", "nonsense", walk.device.kid):
        with pytest.raises(NotFound):
            issue(bench, other, answer | {"kid": kid})
        with pytest.raises(NotFound):
            confirm_install(bench.desk, other.actor, other.case_id, kid)
    with pytest.raises(NotFound):
        unlock(bench, walk, kid="nonsense")
    with pytest.raises(WrongState):
        unlock(bench, other, kid=walk.device.kid)


def test_what_was_not_issued_cannot_be_installed(bench: Bench) -> None:
    walk = case_at(bench, "certificate")
    with pytest.raises(NotFound):
        confirm_install(bench.desk, walk.actor, walk.case_id, begin(bench, walk).kid)


# -- unlock
def test_the_right_password_gives_the_share_and_forgets_wrong_tries(bench: Bench) -> None:
    walk = case_at(bench, "sign")
    assert unlock(bench, walk, WRONG) == (False, limits.PASSWORD_TRIES - 1)
    assert unlock(bench, walk) == (True, limits.PASSWORD_TRIES)
    assert unlock(bench, walk, WRONG) == (False, limits.PASSWORD_TRIES - 1)


def test_the_fifth_wrong_password_locks_for_good(bench: Bench) -> None:
    walk = case_at(bench, "sign")
    assert [unlock(bench, walk, WRONG)[1] for _ in range(limits.PASSWORD_TRIES)] == [4, 3, 2, 1, 0]
    assert state(bench, walk.device.kid) == "locked"
    for _ in range(2):
        assert unlock(bench, walk) == (False, 0)
    bench.pass_time(days=30)
    assert unlock(bench, walk) == (False, 0)
    tags = bench.tags()
    assert (tags.count("customer:certificate:wrong_password"), tags.count("customer:certificate:lock")) == (4, 1)


def test_the_fifth_try_still_counts_when_it_is_right(bench: Bench) -> None:
    walk = case_at(bench, "sign")
    for _ in range(limits.PASSWORD_TRIES - 1):
        unlock(bench, walk, WRONG)
    assert unlock(bench, walk) == (True, limits.PASSWORD_TRIES)


def test_a_locked_certificate_signs_nothing(bench: Bench) -> None:
    walk = case_at(bench, "sign")
    for _ in range(limits.PASSWORD_TRIES):
        unlock(bench, walk, WRONG)
    with pytest.raises(WrongState, match="重新申请"):
        walk.prepare(bench)


def test_a_broken_tag_is_a_wrong_try(bench: Bench) -> None:
    walk = case_at(bench, "sign")
    found = unlock_certificate(bench.desk, walk.actor, walk.case_id, walk.device.kid, "no base64!")
    assert (found.share, found.tries_left) == ("", limits.PASSWORD_TRIES - 1)


# -- apply again
def test_applying_again_needs_a_new_video_and_a_new_signature(bench: Bench) -> None:
    walk = case_at(bench, "follow_up")
    old = walk.device.kid
    apply_again(bench.desk, walk.actor, walk.case_id)
    assert (walk.step(bench), state(bench, old)) == ("witness", "superseded")
    walk.be_witnessed(bench)
    assert walk.step(bench) == "certificate"
    walk.do_certificate(bench)
    assert (walk.step(bench), walk.device.kid != old) == ("sign", True)
    with pytest.raises(NotFound):
        unlock(bench, walk, kid=old)
    walk.do_sign(bench)
    assert walk.step(bench) == "follow_up"


def test_applying_again_works_after_the_lock(bench: Bench) -> None:
    walk = case_at(bench, "sign")
    for _ in range(limits.PASSWORD_TRIES):
        unlock(bench, walk, WRONG)
    apply_again(bench.desk, walk.actor, walk.case_id)
    walk.be_witnessed(bench)
    walk.do_certificate(bench)
    assert unlock(bench, walk) == (True, limits.PASSWORD_TRIES)


@pytest.mark.parametrize("place", ["witness", "certificate", "submitted"])
def test_there_is_nothing_to_apply_for_again(bench: Bench, place: str) -> None:
    walk = case_at(bench, place)
    with pytest.raises(WrongState):
        apply_again(bench.desk, walk.actor, walk.case_id)


def test_a_certificate_ends_after_two_years(bench: Bench) -> None:
    walk = case_at(bench, "sign")
    found = stored(bench, walk.device.kid)
    assert found is not None and found.not_after is not None and found.issued_at is not None
    assert timedelta(days=700) < found.not_after - found.issued_at < timedelta(days=740)
    bench.pass_time(found.not_after - bench.now + timedelta(days=1))
    with pytest.raises(WrongState, match="重新申请"):
        walk.prepare(bench)


def test_a_changed_name_needs_a_new_certificate(bench: Bench) -> None:
    walk = case_at(bench, "follow_up")
    assert walk.answer(bench, "profile", walk.profile_values(name="张三丰")) == {}
    walk.do_agreements(bench)
    walk.be_witnessed(bench)
    assert walk.step(bench) == "certificate"
    walk.do_certificate(bench)
    assert walk.step(bench) == "sign"


# -- wrong state, wrong people
@pytest.mark.parametrize("place", ["witness", "in_call", "submitted"])
def test_no_certificate_before_the_witness_passed_nor_after_submitting(bench: Bench, place: str) -> None:
    walk = case_at(bench, place)
    with pytest.raises(WrongState):
        begin(bench, walk)
    with pytest.raises(WrongState):
        issue(bench, walk, {"kid": "x", "spki": "", "possession": "", "auth": ""})
    with pytest.raises(WrongState):
        confirm_install(bench.desk, walk.actor, walk.case_id, "x")


def test_only_the_owner_has_a_certificate(bench: Bench) -> None:
    walk, other = case_at(bench, "sign"), case_at(bench, "device", person=LI)
    kid = walk.device.kid
    intruders = [(other.actor, NotAllowed), (bench.staff("admin"), NotAllowed), (Actor("f2", walk.owner), NotFound)]
    for actor, error in intruders:
        for act in (begin_certificate, apply_again):
            with pytest.raises(error):
                act(bench.desk, actor, walk.case_id)
        with pytest.raises(error):
            unlock_certificate(bench.desk, actor, walk.case_id, kid, walk.device.auth())
        with pytest.raises(error):
            confirm_install(bench.desk, actor, walk.case_id, kid)
    assert unlock(bench, walk) == (True, limits.PASSWORD_TRIES)
