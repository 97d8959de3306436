"""文字交流: witness and customer write to each other within their call, for when sound fails.

The lines belong to the evidence of the case, beside the recordings.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core.actor import Actor
from core.audit import Tag
from core.defaults import load_kind
from core.errors import NotFound, Stale
from core.flow import Rules
from core.permissions import Permission, allow, own
from core.ports import Desk, Work
from core.records import CallLine, Ticket
from core.rules.calendar import SHANGHAI
from core.sentence import Sentence
from core.usecases.call_lines import FOR_CUSTOMER, append_line, lines_of
from core.usecases.observe_call import takes_part

ENDED = "这次通话已经结束。"
TAKEN_OVER = "与您通话的见证人员已更换，请核对后再发一次。"


def write_line(desk: Desk, actor: Actor, ticket_id: str, fence: int, text: str) -> None:
    """The customer or the witness of the running call writes one line to the other.

    `fence` is that of the call as the writer sees it: what was meant for one witness does not reach another. Raises
    `Stale` when the call is over or in other hands, `WrongState` and `TooMany` as `append_line` does.
    """
    with desk.write(actor.firm_id) as work:
        ticket = _running(work, ticket_id, lock=True)
        if not actor.is_staff:
            own(actor, work.cases.get(ticket.case_id))
        else:
            allow(actor, Permission.QUEUE_SERVE)
        if ticket.fence != fence or (actor.is_staff and ticket.staff_id != actor.staff_id):
            raise Stale(ENDED if actor.is_staff else TAKEN_OVER)
        line = append_line(work, actor, ticket, FOR_CUSTOMER, text)
        tag = Tag.STAFF_CALL_CHAT if actor.is_staff else Tag.CUSTOMER_CALL_CHAT
        work.audit(actor, tag, f"case:{ticket.case_id}", ticket=ticket.id, line=line.id, length=len(line.text))


def read_lines(desk: Desk, actor: Actor, ticket_id: str) -> list[CallLine]:
    """The lines of the running call, oldest first, for its customer, its witness and a supervisor who sits in.

    What staff read of a customer is on record before it is handed out.
    """
    with desk.read(actor.firm_id) as work:
        ticket = _running(work, ticket_id)
        if actor.is_staff:
            takes_part(work, actor, ticket)
        else:
            own(actor, work.cases.get(ticket.case_id))
        lines = lines_of(work, ticket, FOR_CUSTOMER)
    if actor.is_staff and not all(line.by_staff for line in lines):
        with desk.write(actor.firm_id) as work:
            work.personal_read(actor, f"case:{ticket.case_id}", "chat")
    return lines


def _running(work: Work, ticket_id: str, *, lock: bool = False) -> Ticket:
    ticket = work.queue.find(ticket_id, lock=lock)
    if ticket is None or ticket.state != "in_call":
        raise Stale(ENDED)
    return ticket


def ready_sentences(rules: Rules) -> Sequence[str]:
    """What the witness sends with one press: the firm's sentences, or the first ones for a script from before them."""
    own_script: Mapping[str, Any] = rules["witness_script"]
    found: Sequence[str] = own_script.get("sentences") or load_kind("witness_script")["sentences"]
    return found


def writer(line: CallLine, names: Mapping[str, str]) -> str:
    """Who wrote a line, for staff; `names` gives the names of staff by actor."""
    author = names.get(line.author, "")
    witness = Sentence("见证人员 {author}", author=author) if author else "见证人员"
    return witness if line.by_staff else "客户"


def export_lines(desk: Desk, actor: Actor, case_id: str) -> tuple[str, str]:
    """All that was written in the calls of a case, and a name for the file; compliance only, each time on record.

    One line of text each: time in Beijing, call, writer, words, with tabs between. Raises `NotFound` for nothing.
    """
    with desk.write(actor.firm_id) as work:
        allow(actor, Permission.EVIDENCE_EXPORT)
        case, lines = work.cases.get(case_id), work.calls.lines(case_id, FOR_CUSTOMER)
        if not lines:
            raise NotFound
        names = {f"staff:{member.id}": member.name for member in work.people.all_staff()}
        work.audit(actor, Tag.STAFF_EVIDENCE_EXPORT, f"case:{case_id}", slot="chat", lines=len(lines))
    rows = [(_moment(line), line.ticket_id, writer(line, names), line.text) for line in lines]
    return "".join("\t".join(row) + "\n" for row in rows), f"{case.number}-chat.txt"


def _moment(line: CallLine) -> str:
    return line.at.astimezone(SHANGHAI).isoformat(timespec="milliseconds")
