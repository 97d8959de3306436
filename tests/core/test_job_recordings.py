"""Recordings become evidence: stored once, recovered after a crash, flagged when something is wrong with them."""

from __future__ import annotations

import pytest

from core.errors import NotFound
from core.jobs.recordings import store_recording
from core.jobs.run import ASK_AGAIN, ATTEMPTS
from core.usecases.call_alerts import LOST, call_alerts, recording_notes
from core.usecases.serve_customer import release_call, start_recording
from media.vault import Vault, VaultWriter
from tests.builders import Walk, case_at
from tests.desk_bench import Bench

FILM, NOTES = b"webm " * 100, b"index 1 2 3"


class Recording:
    """A recording of the customer's side that is being written, with its index and its promised job's payload."""

    def __init__(self, bench: Bench, walk: Walk, notes: bytes = NOTES) -> None:
        vault = bench.desk.vault
        assert isinstance(vault, Vault)
        self.film: VaultWriter = vault.create("f1")
        self.notes: VaultWriter = vault.create("f1")
        ids = (self.film.file_id, self.notes.file_id)
        self.number = start_recording(bench.desk, bench.staff("witness"), *walk.held, "customer", *ids)
        self.film.write(FILM)
        self.notes.write(notes)
        self.payload = {"case": walk.case_id, "ticket": walk.ticket, "role": "customer", "file": ids[0],
                        "index": ids[1]}  # fmt: skip

    def close(self) -> None:
        self.film.close()
        self.notes.close()


def slots(bench: Bench, walk: Walk) -> list[str]:
    return sorted(e.slot for e in walk.facts(bench).evidence if e.slot.startswith("recording"))


def unfinished(bench: Bench) -> int:
    with bench.work() as work:
        return work.jobs.unfinished()


def released(bench: Bench, walk: Walk) -> None:
    release_call(bench.desk, bench.staff("witness"), *walk.held)


def test_a_recording_is_stored_with_its_index_when_the_call_is_over(bench: Bench) -> None:
    walk = case_at(bench, "in_call")
    made = Recording(bench, walk)
    assert made.number == walk.case(bench).number
    bench.run_jobs()
    assert slots(bench, walk) == []
    made.close()
    bench.pass_time(ASK_AGAIN)
    bench.run_jobs()
    assert slots(bench, walk) == []
    walk.do_witness(bench)
    bench.pass_time(ASK_AGAIN)
    bench.run_jobs()
    assert slots(bench, walk) == ["recording_customer", "recording_customer_index", "recording_customer_play"]
    assert unfinished(bench) == 0
    with bench.work() as work:
        assert call_alerts(work) == []


@pytest.mark.parametrize("open_part", ["film", "notes"])
def test_a_live_recording_is_left_alone(bench: Bench, open_part: str) -> None:
    walk = case_at(bench, "in_call")
    made = Recording(bench, walk)
    released(bench, walk)
    writer: VaultWriter = getattr(made, open_part)
    other = made.notes if open_part == "film" else made.film
    other.close()
    assert not store_recording(bench.desk, "f1", made.payload)
    writer.write(b"more")
    writer.close()
    assert store_recording(bench.desk, "f1", made.payload)
    sizes = {"film": len(FILM), "notes": len(NOTES)}
    sizes[open_part] += 4
    facts = walk.facts(bench)
    assert facts.slot("recording_customer")[0].size == sizes["film"]
    assert facts.slot("recording_customer_index")[0].size == sizes["notes"]


def test_a_recording_whose_process_died_is_recovered(bench: Bench) -> None:
    walk = case_at(bench, "in_call")
    made = Recording(bench, walk)
    for writer in (made.film, made.notes):
        writer.flush()
        writer.write(b"never flushed")
        writer.leave()
    released(bench, walk)
    assert store_recording(bench.desk, "f1", made.payload)
    facts = walk.facts(bench)
    assert facts.slot("recording_customer")[0].size == len(FILM)
    assert facts.slot("recording_customer_index")[0].size == len(NOTES)


def test_a_recording_is_stored_once(bench: Bench) -> None:
    walk = case_at(bench, "in_call")
    made = Recording(bench, walk)
    made.close()
    released(bench, walk)
    for _ in range(2):
        assert store_recording(bench.desk, "f1", made.payload)
    assert len(slots(bench, walk)) == 3
    assert bench.tags().count("system:recording:store") == 1


def test_a_recording_without_an_index_is_an_older_one(bench: Bench) -> None:
    walk = case_at(bench, "in_call")
    made = Recording(bench, walk)
    made.close()
    released(bench, walk)
    older = {key: value for key, value in made.payload.items() if key != "index"}
    assert store_recording(bench.desk, "f1", older)
    assert slots(bench, walk) == ["recording_customer", "recording_customer_play"]
    assert walk.case(bench).flags == ()


@pytest.mark.parametrize("spoilt", ["changed", "lost"])
def test_what_does_not_fit_its_index_is_flagged_for_reviewer_and_supervisor(bench: Bench, spoilt: str) -> None:
    walk = case_at(bench, "in_call")
    made = Recording(bench, walk, notes=b"changed")
    made.film.close()
    made.notes.close() if spoilt == "changed" else made.notes.abort()
    released(bench, walk)
    assert store_recording(bench.desk, "f1", made.payload)
    case = walk.case(bench)
    assert "recording" in case.flags and ("recording_customer_index" in slots(bench, walk)) == (spoilt == "changed")
    assert recording_notes(walk.facts(bench).evidence, case.flags) == ["客户画面的录像与时间索引不一致。"]
    with bench.work() as work:
        alerts = call_alerts(work)
    assert [(a.case_number, a.text) for a in alerts] == [(case.number, "客户画面的录像与时间索引不一致。")]
    assert alerts[0].since is not None
    assert [detail["flag"] for tag, _, detail in bench.audit() if tag == "system:recording:check"] == ["chain"]


def test_a_lost_recording_is_a_failure_that_staff_see(bench: Bench) -> None:
    walk = case_at(bench, "in_call")
    made = Recording(bench, walk)
    made.film.abort()
    made.notes.close()
    released(bench, walk)
    with pytest.raises(NotFound):
        store_recording(bench.desk, "f1", made.payload)
    for _ in range(ATTEMPTS):
        bench.run_jobs()
        bench.pass_time(minutes=11)
    assert (slots(bench, walk), unfinished(bench)) == ([], 0)
    with bench.work() as work:
        assert [alert.text for alert in call_alerts(work)] == [LOST]
        assert [alert.since for alert in call_alerts(work)] == [None]
    assert bench.tags().count("system:recording:check") == 1
