"""协议下载: what is listed, whether its signatures hold, what counts no more, and the bundle (R006, R134)."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from core.actor import Actor
from core.errors import NotAllowed, NotFound
from core.records import Document
from core.usecases.abandon_case import abandon_case
from core.usecases.own_documents import check_signatures, export_documents, own_documents
from core.usecases.supplements import start_supplements
from tests.builders import LI, ZHANG, Walk, case_at
from tests.core.test_supplements import begun, demand, publish
from tests.desk_bench import Bench


def words(bench: Bench, walk: Walk) -> set[str]:
    return {check_signatures(bench.desk, walk.firm, each).words for each in own_documents(bench.desk, walk.actor)}


def change(bench: Bench, walk: Walk, wanted: Callable[[Document], bool], **values: str) -> None:
    with bench.work() as work:
        for document in work.documents.of_case(walk.case_id):
            if wanted(document):
                assert work.documents.change_document(document.id, document.state, **values)


def test_signatures_are_checked_before_and_after_the_seal(bench: Bench) -> None:
    walk = case_at(bench, "follow_up")
    assert words(bench, walk) == {"签名有效、已加盖时间戳、待盖电子印章"}
    bench.run_jobs()
    assert words(bench, walk) == {"签名有效、已加盖时间戳、已加盖电子印章"}
    found = own_documents(bench.desk, walk.actor)
    with bench.work() as work:
        certificate = work.documents.find_certificate(walk.device.kid)
    assert certificate is not None
    assert {check_signatures(bench.desk, "f1", each).serial for each in found} == {certificate.serial}


def test_a_file_that_was_changed_is_said_to_be(bench: Bench) -> None:
    walk = case_at(bench, "follow_up")
    found = own_documents(bench.desk, walk.actor)[0]
    assert found.file is not None
    reader = bench.desk.vault.open("f1", found.file.file_id)
    pdf = bytearray(reader.read(0, reader.size))
    pdf[len(pdf) // 3] ^= 1
    stored = bench.desk.vault.put("f1", bytes(pdf))
    forged = replace(found, file=replace(found.file, file_id=stored.file_id, sha256=stored.sha256))
    state = check_signatures(bench.desk, "f1", forged)
    assert state.broken and "没有通过" in state.words


def test_what_is_void_or_came_to_nothing_counts_no_more(bench: Bench) -> None:
    walk = case_at(bench, "follow_up")
    change(bench, walk, lambda each: each.code == "risk_statement", state="void")
    old = {each.document.code: each.old for each in own_documents(bench.desk, walk.actor)}
    assert old.pop("risk_statement") == "已作废" and set(old.values()) == {""}
    abandon_case(bench.desk, walk.actor, walk.case_id)
    assert {each.old for each in own_documents(bench.desk, walk.actor)} == {"已作废", "业务未办成"}


def test_a_newer_version_replaces_the_older(bench: Bench) -> None:
    opened = case_at(bench, "active", chosen=("DCE",))
    publish(bench, "risk_statement", "2026.2")
    start_supplements(bench.desk, bench.staff("admin"), demand(bench))
    walk = begun(bench, opened)
    walk.walk_to(bench)
    walk.hand_in(bench)
    found = [each for each in own_documents(bench.desk, walk.actor) if each.document.code == "risk_statement"]
    assert [(each.document.version, each.old) for each in found] == [("2026.2", ""), ("2026.1", "已签新版本 2026.2")]


def test_the_bundle_lists_every_file_with_its_hash(bench: Bench) -> None:
    walk = case_at(bench, "callback")
    bench.run_jobs()
    change(bench, walk, lambda each: each.code == "risk_statement", state="void")
    found = own_documents(bench.desk, walk.actor)
    bundle = export_documents(bench.desk, walk.actor)
    listed = json.loads(bundle.texts["MANIFEST.json"])
    assert [row["file"] for row in listed["documents"]] == [name for name, _ in bundle.files]
    assert len(bundle.files) == len(found) > 3 and len({name for name, _ in bundle.files}) == len(found)
    for row, (name, reader), own in zip(listed["documents"], bundle.files, found, strict=True):
        assert own.file is not None
        data = reader.read(0, reader.size)
        assert row["sha256"] == own.file.sha256 and data.startswith(b"%PDF")
        assert (row["title"], row["version"]) == (own.document.title, own.document.version)
        assert row["case_number"] == own.case.number and row["certificate_serial"] and row["signed_at"]
        assert name.startswith("以前的版本和已作废的协议/") is bool(own.old)
    text = bundle.texts["MANIFEST.txt"]
    assert "怎样核验" in text and "签名有效" in text and "已作废" in text and found[0].file.sha256 in text
    assert ZHANG.name not in text and ZHANG.id_number not in text
    assert bench.audit()[-1] == ("customer:document:export", walk.owner, {"documents": len(found)})


def test_everybody_gets_only_the_own(bench: Bench) -> None:
    walk, other = case_at(bench, "follow_up"), case_at(bench, "device", person=LI)
    assert own_documents(bench.desk, other.actor) == []
    for actor in (other.actor, Actor("f2", walk.owner)):
        with pytest.raises(NotFound):
            export_documents(bench.desk, actor)
    for look in (own_documents, export_documents):
        with pytest.raises(NotAllowed):
            look(bench.desk, bench.staff("review"))
