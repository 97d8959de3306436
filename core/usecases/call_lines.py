"""Text within a running call: one line at a time, sealed, kept, never changed. Who may write is its callers' affair."""

from __future__ import annotations

from datetime import timedelta

from core.actor import Actor
from core.errors import TooMany, WrongState
from core.ports import Work
from core.records import CallLine, Ticket
from core.sentence import Sentence

LINE_MAX = 200
"""Characters of one line."""
LINES_A_MINUTE = 20
"""Of one writer in one call; more is not typed by hand."""
FOR_CUSTOMER, FOR_STAFF = "customer", "staff"
"""Audiences: witness and customer, or witness and supervisor."""
_MINUTE = timedelta(minutes=1)


def append_line(work: Work, actor: Actor, ticket: Ticket, audience: str, text: str) -> CallLine:
    """Keep what somebody wrote, on one line; raises `WrongState` for nothing or too much, `TooMany` for too often."""
    said = " ".join(text.split())
    if not said or len(said) > LINE_MAX:
        raise WrongState(Sentence("请输入 1 到 {line_max} 个字。", line_max=LINE_MAX))
    key = f"call_line|{ticket.id}|{actor.id}"
    if work.people.events_since(key, work.now - _MINUTE) >= LINES_A_MINUTE:
        raise TooMany("发送得太快，请稍等片刻再发。")
    work.people.count_event(key)
    line = CallLine(work.new_id(), ticket.id, ticket.case_id, ticket.fence, audience, actor.id, work.now, said)
    work.calls.add_line(line)
    return line


def lines_of(work: Work, ticket: Ticket, audience: str) -> list[CallLine]:
    """What was written since this call was taken, oldest first; a call that was taken over goes on."""
    since = ticket.claimed_at or work.now
    found = work.calls.lines(ticket.case_id, audience)
    return [line for line in found if line.ticket_id == ticket.id and line.at >= since]
