"""Signing: order, forged and stale signatures, repetition, and which documents stay in force (R123-R134)."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from itertools import pairwise

import pytest

from core import limits
from core.actor import Actor
from core.agreements import to_sign
from core.errors import NotAllowed, NotFound, Stale, WrongState
from core.ports_documents import SignatureRefused
from core.usecases.certificates import apply_again, unlock_certificate
from core.usecases.sign_agreements import finish_signing, prepare_signing, to_component
from media.documents.verify import verify_document
from tests.builders import LI, Walk, case_at
from tests.desk_bench import Bench
from tests.device import Device, b64


def finish(bench: Bench, walk: Walk, signatures: dict[str, str], kid: str = "") -> None:
    finish_signing(bench.desk, walk.actor, walk.case_id, kid or walk.device.kid, signatures)


def signed(bench: Bench, walk: Walk) -> int:
    return sum(proof.kind == "signed" for proof in walk.facts(bench).proofs)


def file_of(bench: Bench, walk: Walk, evidence_id: str | None) -> bytes:
    with bench.work(walk.firm) as work:
        found = work.cases.find_evidence(str(evidence_id))
    assert found is not None
    reader = bench.desk.vault.open(walk.firm, found[0].file_id)
    return reader.read(0, reader.size)


def codes(bench: Bench, walk: Walk) -> list[str]:
    loaded = walk.loaded(bench)
    return [agreement.code for agreement in to_sign(loaded.facts, loaded.rules, loaded.now)]


# -- the way it should go
def test_all_documents_are_signed_the_risk_statement_first(bench: Bench) -> None:
    walk = case_at(bench, "follow_up")
    documents = walk.documents(bench, "signed")
    assert [d.code for d in documents] == codes(bench, walk)
    assert documents[0].code == "risk_statement" and documents[-1].code == "certificate_liability"
    assert walk.documents(bench, "prepared") == []


def test_the_signed_files_verify_and_their_times_rise(bench: Bench) -> None:
    walk = case_at(bench, "follow_up")
    with bench.work() as work:
        authority = work.documents.find_authority()
    assert authority is not None
    root, times = bench.desk.papers.root_certificate(authority), []
    for document in walk.documents(bench, "signed")[:3]:
        check = verify_document(file_of(bench, walk, document.signed_file), root, bench.now)
        assert check.problems == () and [s.good for s in check.signatures] == [True]
        times.append(check.signatures[0].time)
    assert all(earlier < later for earlier, later in pairwise(times))  # type: ignore[operator]


def test_each_signature_is_a_proof_with_the_digest_of_its_file(bench: Bench) -> None:
    walk = case_at(bench, "follow_up")
    digests = {p.body["document"]: p.body["sha256"] for p in walk.facts(bench).proofs if p.kind == "signed"}
    for document in walk.documents(bench, "signed")[:2]:
        assert digests[document.id] == hashlib.sha256(file_of(bench, walk, document.signed_file)).hexdigest()


def test_what_is_prepared_is_offered_again(bench: Bench) -> None:
    walk = case_at(bench, "prepared")
    first = prepare_signing(bench.desk, walk.actor, walk.case_id)
    again = prepare_signing(bench.desk, walk.actor, walk.case_id)
    assert [d.id for d in again] == [d.id for d in first]
    assert bench.tags().count("customer:document:prepare") == 1
    component = to_component(first)
    assert [set(each) for each in component] == [{"id", "title", "tbs", "start", "end", "pdf_url"}] * len(first)
    assert component[0]["pdf_url"] == f"/evidence/{first[0].prepared_file}"


# -- repetition
def test_finishing_again_does_nothing(bench: Bench) -> None:
    walk = case_at(bench, "prepared")
    _, signatures = walk.prepare(bench)
    finish(bench, walk, signatures)
    before, audit = walk.case(bench), bench.audit()
    finish(bench, walk, signatures)
    finish(bench, walk, dict(list(signatures.items())[:2]))
    assert (walk.case(bench), bench.audit()) == (before, audit)
    assert signed(bench, walk) == len(signatures)


def test_finishing_again_after_sealing_and_submitting_does_nothing(bench: Bench) -> None:
    walk = case_at(bench, "prepared")
    _, signatures = walk.prepare(bench)
    finish(bench, walk, signatures)
    bench.run_jobs()
    walk.do_follow_up(bench)
    before = walk.case(bench)
    finish(bench, walk, signatures)
    assert walk.case(bench) == before


def test_a_second_tab_with_older_documents_is_told(bench: Bench) -> None:
    walk = case_at(bench, "prepared")
    _, old = walk.prepare(bench)
    assert walk.answer(bench, "profile", walk.profile_values(contact_address="样张路 200 号 3 室")) == {}
    walk.do_agreements(bench)
    _, new = walk.prepare(bench)
    with pytest.raises(Stale):
        finish(bench, walk, old)
    finish(bench, walk, new)
    assert walk.step(bench) == "follow_up"


# -- forged signatures
def test_a_wrong_signature_refuses_them_all(bench: Bench) -> None:
    walk, stranger = case_at(bench, "prepared"), Device(scalar=7)
    documents, signatures = walk.prepare(bench)
    last = documents[-1].id
    forged = [b64(stranger.sign(b"x")), b64(bytes(64)), "", "no base64!", b64(b"short"), signatures[documents[0].id]]
    for value in forged:
        with pytest.raises(SignatureRefused):
            finish(bench, walk, {**signatures, last: value})
    assert signed(bench, walk) == 0
    assert len(walk.documents(bench, "prepared")) == len(documents)
    finish(bench, walk, signatures)


def test_every_document_must_be_signed_at_once_and_no_other(bench: Bench) -> None:
    walk = case_at(bench, "prepared")
    _, signatures = walk.prepare(bench)
    for wrong in ({}, dict(list(signatures.items())[1:]), {**signatures, "nonsense": "x"}):
        with pytest.raises(Stale):
            finish(bench, walk, wrong)
    assert signed(bench, walk) == 0


@pytest.mark.parametrize("kid", ["nonsense", "0" * 32])
def test_a_foreign_key_id_signs_nothing(bench: Bench, kid: str) -> None:
    walk = case_at(bench, "prepared")
    _, signatures = walk.prepare(bench)
    with pytest.raises(Stale):
        finish(bench, walk, signatures, kid)
    assert signed(bench, walk) == 0


# -- something changed in between
@pytest.mark.parametrize("change", [{"contact_address": "样张路 200 号 3 室"}, {"name": "张三丰"}])
def test_changed_data_in_between_refuse_the_signatures(bench: Bench, change: dict[str, str]) -> None:
    walk = case_at(bench, "prepared")
    _, signatures = walk.prepare(bench)
    assert walk.answer(bench, "profile", walk.profile_values(**change)) == {}
    with pytest.raises((Stale, WrongState)):
        finish(bench, walk, signatures)
    assert signed(bench, walk) == 0


def test_a_certificate_locked_in_between_refuses_the_signatures(bench: Bench) -> None:
    walk = case_at(bench, "prepared")
    _, signatures = walk.prepare(bench)
    for _ in range(limits.PASSWORD_TRIES):
        unlock_certificate(bench.desk, walk.actor, walk.case_id, walk.device.kid, walk.device.auth("000000"))
    with pytest.raises(WrongState, match="重新申请"):
        finish(bench, walk, signatures)
    assert signed(bench, walk) == 0


def test_an_expired_certificate_refuses_the_signatures(bench: Bench) -> None:
    walk = case_at(bench, "prepared")
    _, signatures = walk.prepare(bench)
    bench.pass_time(timedelta(days=800))
    with pytest.raises(WrongState, match="重新申请"):
        finish(bench, walk, signatures)


def test_changed_data_ask_only_for_the_documents_that_print_them(bench: Bench) -> None:
    walk = case_at(bench, "follow_up")
    before = {d.code: d.id for d in walk.documents(bench, "signed")}
    assert walk.answer(bench, "profile", walk.profile_values(contact_address="样张路 200 号 3 室")) == {}
    walk.do_agreements(bench)
    documents, signatures = walk.prepare(bench)
    assert 0 < len(documents) < len(before)
    finish(bench, walk, signatures)
    after = {d.code: d.id for d in walk.documents(bench, "signed")}
    assert set(after) == set(before)
    assert {code for code in after if after[code] != before[code]} == {d.code for d in documents}


def test_after_a_new_certificate_no_document_of_the_old_one_stays_in_force(bench: Bench) -> None:
    walk = case_at(bench, "follow_up")
    old = walk.device.kid
    apply_again(bench.desk, walk.actor, walk.case_id)
    walk.be_witnessed(bench)
    walk.do_certificate(bench)
    assert {d.body["kid"] for d in walk.documents(bench, "signed")} == {old}
    walk.do_sign(bench)
    documents = walk.documents(bench)
    assert [d.code for d in documents] == codes(bench, walk)
    assert {d.body["kid"] for d in documents} == {walk.device.kid}


# -- wrong state, wrong people
@pytest.mark.parametrize("place", ["certificate", "submitted", "active"])
def test_nothing_is_signed_before_its_step_nor_after_submitting(bench: Bench, place: str) -> None:
    walk = case_at(bench, place)
    with pytest.raises(WrongState):
        prepare_signing(bench.desk, walk.actor, walk.case_id)
    with pytest.raises(WrongState):
        finish(bench, walk, {"x": "y"}, "kid")


def test_only_the_owner_signs(bench: Bench) -> None:
    walk, other = case_at(bench, "prepared"), case_at(bench, "device", person=LI)
    _, signatures = walk.prepare(bench)
    intruders = [(other.actor, NotAllowed), (bench.staff("admin"), NotAllowed), (Actor("f2", walk.owner), NotFound)]
    for actor, error in intruders:
        with pytest.raises(error):
            prepare_signing(bench.desk, actor, walk.case_id)
        with pytest.raises(error):
            finish_signing(bench.desk, actor, walk.case_id, walk.device.kid, signatures)
    assert signed(bench, walk) == 0
