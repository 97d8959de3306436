"""Run background jobs: lease, do, finish; a failure is tried again later, and after ten attempts staff see it."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from core.errors import DeskError
from core.jobs.recordings import store_recording
from core.jobs.seal_documents import seal_documents
from core.jobs.send_sms import send_sms
from core.ports import Desk
from core.records import Job

LEASE = timedelta(minutes=3)
ATTEMPTS = 10

Handler = Callable[[Desk, str, Mapping[str, Any]], bool]
"""Does one job from its payload; False asks to be called again later (not a failure)."""

HANDLERS: Mapping[str, Handler] = {
    "send_sms": send_sms,
    "seal_documents": seal_documents,
    "store_recording": store_recording,
}
log = logging.getLogger("jianzheng.jobs")


def run_next(desk: Desk, firm_id: str) -> bool:
    """Run one due job of a firm; False when none is due."""
    with desk.read(firm_id) as work:
        if not work.jobs.due():
            return False
    with desk.write(firm_id) as work:
        job = work.jobs.take(LEASE)
    if job is None:
        return False
    _run(desk, job)
    return True


def _run(desk: Desk, job: Job) -> None:
    try:
        done = HANDLERS[job.kind](desk, job.firm_id, job.payload)
    except DeskError:
        _put_off(desk, job, failed=True)
    except Exception as error:  # noqa: BLE001  (a job must never end the worker)
        log_id = secrets.token_hex(4)
        log.error("job %s %s failed with %s (%s)", job.kind, job.id, type(error).__name__, log_id)
        _put_off(desk, job, failed=True, log_id=log_id)
    else:
        if not done:
            return _put_off(desk, job, failed=False)
        with desk.write(job.firm_id) as work:
            work.jobs.finish(job.id)


def _put_off(desk: Desk, job: Job, *, failed: bool, log_id: str = "") -> None:
    with desk.write(job.firm_id) as work:
        if failed and job.attempts >= ATTEMPTS:
            work.jobs.give_up(job.id, log_id)
            return
        delay = timedelta(seconds=min(600, 2**job.attempts)) if failed else timedelta(seconds=5)
        work.jobs.retry(job.id, work.now + delay, log_id)
