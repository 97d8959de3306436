"""Deletion of what the firm need not keep any longer, by the clock or because a customer asked (R203, 个人信息保护法
art. 47). Every deletion leaves a certificate and a line in the audit; a case on hold never comes here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

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
    records = longest(rows[key] for key in RECORDS)
    yield from ((case, RECORDS[0]) for case in store.records(over_before(work.now, records)))


def erase_cases(work: Work, actor: Actor, cases: Iterable[tuple[Case, str]]) -> int:
    """Delete what is stored about these cases (each with its class of `retention`) in the caller's transaction; their
    files go right after it, by one job. How many cases there were."""
    files = [_erase(work, actor, case, kept_as) for case, kept_as in cases]
    if any(files):
        work.jobs.post("delete_files", {"delete": [file for of_case in files for file in of_case]})
    return len(files)


def _erase(work: Work, actor: Actor, case: Case, kept_as: str) -> tuple[str, ...]:
    erased = work.retention.erase(_end(work, actor, case) if case.open else case)
    files = len(erased.files)
    work.retention.add_erasure(
        Erasure(case.id, case.number, case.business, kept_as, erased.rows, files, actor.id, work.now)
    )
    tag = Tag.STAFF_CASE_ERASE if actor.is_staff else Tag.SYSTEM_CASE_ERASE
    work.audit(actor, tag, f"case:{case.id}", kept_as=kept_as, rows=erased.rows, files=files)
    return erased.files


def _end(work: Work, actor: Actor, case: Case) -> Case:
    """An open case is over: nobody waits for it any more, and no time is booked for it."""
    work.queue.give_up(case.id, actor.id)
    release(work, case)
    return work.cases.change(case, state=next_state(case.state, Action.EXPIRE), closed_at=work.now)
