"""Draw finished calls and reviews to be checked again. The draw is a keyed number of each, so it can be repeated and
proven, and nobody at the desk can know it before."""

from __future__ import annotations

from datetime import timedelta

from core.actor import system
from core.audit import Tag
from core.ports import Desk, Work
from core.records_watch import SAMPLED, Finished, Sample
from core.usecases.loading import rules_for

LOOKED_BACK = timedelta(days=2)
"""What ended longer ago was looked at before; drawing it again changes nothing."""


def number_of(work: Work, finished: Finished) -> float:
    """Between 0 and 100, the same every time for this call or review."""
    mac = work.keys.mac("sample", f"{finished.kind}|{finished.ref}".encode())
    return round(int.from_bytes(mac[:4]) / 2**32 * 100, 4)


def draw_samples(desk: Desk, firm_id: str) -> int:
    """Draw the firm's share of each kind (`case_work`: `samples`, in percent); returns how many are new."""
    with desk.write(firm_id) as work:
        share = rules_for(work)["case_work"]["samples"]["share"]
        known = len(work.samples.open_samples())
        for kind in SAMPLED:
            for finished in work.samples.finished(kind, work.now - LOOKED_BACK):
                number = number_of(work, finished)
                if number < float(share[kind]):
                    draw = {"number": number, "share": share[kind]}
                    work.samples.add_sample(Sample(
                        work.new_id(), kind, finished.ref, finished.case_id, finished.done_by, finished.done_at,
                        work.now, draw,
                    ))  # fmt: skip
        drawn = len(work.samples.open_samples()) - known
        if drawn:
            work.audit(system(firm_id), Tag.SYSTEM_SAMPLE_DRAW, "samples", drawn=drawn)
        return drawn
