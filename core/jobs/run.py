"""Run background jobs: lease, do, finish; a failure is tried again later, and after ten attempts staff see it."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from datetime import timedelta
from typing import Any

from core.errors import DeskError, Stale
from core.jobs.apply_rules import apply_rules
from core.jobs.deliver_webhook import deliver_webhook
from core.jobs.dry_run import dry_run
from core.jobs.erase_due import delete_files, erase_due
from core.jobs.expire_cases import expire_case
from core.jobs.export_audit_head import export_audit_head
from core.jobs.read_photo import read_photo
from core.jobs.recordings import store_recording
from core.jobs.reservations import remind_reservation
from core.jobs.seal_documents import seal_documents
from core.jobs.send_sms import send_sms
from core.jobs.sweep_files import sweep_files
from core.jobs.tell_supplements import remind_supplements_due, tell_supplements
from core.ports import Desk
from core.records import Job

LEASE = timedelta(minutes=3)
ASK_AGAIN = timedelta(seconds=5)
ATTEMPTS = 10

Handler = Callable[[Desk, str, Mapping[str, Any]], bool | timedelta]
"""Does one job from its payload; False or a length of time asks to be called again later (not a failure)."""

HANDLERS: Mapping[str, Handler] = {
    "apply_rules": apply_rules,
    "dry_run": dry_run,
    "send_sms": send_sms,
    "remind_reservation": remind_reservation,
    "seal_documents": seal_documents,
    "store_recording": store_recording,
    "read_photo": read_photo,
    "expire_case": expire_case,
    "export_audit_head": export_audit_head,
    "sweep_files": sweep_files,
    "erase_due": erase_due,
    "delete_files": delete_files,
    "tell_supplements": tell_supplements,
    "remind_supplements_due": remind_supplements_due,
    "deliver_webhook": deliver_webhook,
}
SLOW = frozenset({"read_photo"})
"""About a second of one core each: a lane of their own, so that no SMS stands behind a row of photos."""
REPEATED: Mapping[str, str] = {
    "export_audit_head": "%Y-%m-%dT%H",
    "sweep_files": "%Y-%m-%d",
    "erase_due": "%Y-%m-%d",
    "remind_supplements_due": "%Y-%m-%d",
}
"""Jobs that come again by themselves -> the part of the time (UTC) in which each runs once."""
log = logging.getLogger("jianzheng.jobs")


def post_repeated(desk: Desk, firm_id: str) -> None:
    """Post what is to run in this hour or on this day; several workers post each once."""
    for kind, part in REPEATED.items():
        with suppress(Stale), desk.write(firm_id) as work:
            work.jobs.post(kind, {}, dedupe=f"{kind}|{work.now.strftime(part)}")


def run_next(desk: Desk, firm_id: str, lane: Collection[str] = (), *, other: bool = False) -> bool:
    """Run one due job of a firm, of the kinds of a lane or of all `other` kinds; False when none is due."""
    with desk.read(firm_id) as work:
        if not work.jobs.due(lane, other=other):
            return False
    with desk.write(firm_id) as work:
        job = work.jobs.take(LEASE, lane, other=other)
    if job is None:
        return False
    _run(desk, job)
    return True


def _run(desk: Desk, job: Job) -> None:
    try:
        done = HANDLERS[job.kind](desk, job.firm_id, job.payload)
    except DeskError:
        _put_off(desk, job)
    except Exception as error:  # noqa: BLE001  (a job must never end the worker)
        log_id = secrets.token_hex(4)
        log.error("job %s %s failed with %s (%s)", job.kind, job.id, type(error).__name__, log_id)
        _put_off(desk, job, log_id)
    else:
        with desk.write(job.firm_id) as work:
            if done is True:
                work.jobs.finish(job.id)
            else:
                work.jobs.wait(job.id, work.now + (done or ASK_AGAIN))


def _put_off(desk: Desk, job: Job, log_id: str = "") -> None:
    """Try again after a growing pause, or give up."""
    with desk.write(job.firm_id) as work:
        if job.attempts >= ATTEMPTS:
            work.jobs.give_up(job.id, log_id)
        else:
            work.jobs.retry(job.id, work.now + timedelta(seconds=min(600, 2**job.attempts)), log_id)
