"""Deletion of what the firm need not keep any longer: by the clock, or because a customer asked for it (R203,
个人信息保护法 art. 47). Every deletion leaves a certificate and a line in the audit; a legal hold stops it."""

from __future__ import annotations

from collections.abc import Iterator

from core.actor import Actor
from core.audit import Tag
from core.case import Action, Case, next_state
from core.ports import Work
from core.records_retention import Erasure
from core.rules.retention import DRAFT, GIVEN_UP, RECORDS, UNFINISHED, longest, over_before, rows_by_key
from core.usecases.loading import rules_for
from core.usecases.reservations import release


def due_cases(work: Work) -> Iterator[tuple[Case, str]]:
    """(case, class of `retention`) of what is to be deleted now, some of each class at once."""
    rows, store = rows_by_key(rules_for(work)["retention"]), work.retention
    for key, empty in ((DRAFT, True), (UNFINISHED, False)):
        yield from ((case, key) for case in store.unfinished(over_before(work.now, rows[key]["keep"]), empty=empty))
    yield from ((case, GIVEN_UP) for case in store.given_up(over_before(work.now, rows[GIVEN_UP]["keep"])))
    records = longest(rows[key] for key in RECORDS if key in rows)
    yield from ((case, RECORDS[0]) for case in store.handed_in(over_before(work.now, records)))


def erase_case(work: Work, actor: Actor, case: Case, kept_as: str) -> None:
    """Delete what is stored about a case in the caller's transaction; its files go right after it, by a job."""
    ended = _end(work, actor, case) if case.open else case
    erased = work.retention.erase(ended)
    if erased.files:
        work.jobs.post("delete_files", {"delete": list(erased.files)}, dedupe=f"delete|{case.id}")
    files = len(erased.files)
    work.retention.add_erasure(
        Erasure(case.id, case.number, case.business, kept_as, erased.rows, files, actor.id, work.now)
    )
    tag = Tag.STAFF_CASE_ERASE if actor.is_staff else Tag.SYSTEM_CASE_ERASE
    work.audit(actor, tag, f"case:{case.id}", kept_as=kept_as, rows=erased.rows, files=files)


def _end(work: Work, actor: Actor, case: Case) -> Case:
    """An open case is over: nobody waits for it any more, and no time is booked for it."""
    work.queue.give_up(case.id, actor.id)
    release(work, case)
    return work.cases.change(case, state=next_state(case.state, Action.EXPIRE), closed_at=work.now)
