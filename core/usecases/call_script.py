"""What the server chooses and checks in a call: a question about data on file, the challenge, a code by SMS."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from core import limits
from core.actor import Actor
from core.audit import Tag
from core.call_notes import CHALLENGE, CODE, HELP, HELP_REASONS, QUESTIONS, asked, code_state
from core.errors import NotFound, TooMany, WrongState
from core.permissions import own
from core.ports import Desk, Work
from core.records import Ticket
from core.rules.exchanges import names_of
from core.steps.bank import cards
from core.usecases.loading import Loaded
from core.usecases.serve_customer import held_call, script_marks
from core.usecases.sms_codes import accept_code, send_code

CODE_STEP = "phone"
"""The step of the script that a right code proves."""
CHALLENGE_SHOWN = timedelta(seconds=15)
"""How long the customer sees the challenge: the length of the head clip and a little more."""


@dataclass(frozen=True)
class Question:
    """One question about data on file with the answer that is expected; `right` is None until it was answered."""

    key: str
    text: str
    answer: str
    right: bool | None


def question_of(loaded: Loaded, ticket: Ticket) -> Question | None:
    """The question that stands now; None when none was drawn yet."""
    rows = asked(ticket)
    if not rows:
        return None
    row = next(q for q in loaded.rules["witness_script"]["random_questions"] if q["key"] == rows[-1]["key"])
    return Question(row["key"], row["text"], _answer(loaded, row["fact"]), rows[-1].get("right"))


def _answer(loaded: Loaded, fact: str) -> str:
    """What the customer stated, in words; empty when nothing is on file."""
    facts, rules = loaded.facts, loaded.rules
    if fact == "exchanges":
        return names_of(facts.values("exchanges").get("chosen") or (), rules["exchanges"])
    if fact == "bank":
        kept = cards(facts.values("bank"))
        return "、".join(f"{card['bank']}（尾号 {card['number'][-4:]}）" for card in kept)
    value = str(facts.values("profile").get(fact) or "")
    lists = rules["codes"]["lists"]
    labels = {item["code"]: str(item["label"]) for item in lists[fact]["items"]} if fact in lists else {}
    return labels.get(value, value)


def draw_question(desk: Desk, actor: Actor, ticket_id: str, fence: int) -> None:
    """Let the server choose a question that was not asked in this call; raises `WrongState` when none is left."""
    with desk.write(actor.firm_id) as work:
        loaded, ticket = _held(work, actor, ticket_id, fence)
        used = {row["key"] for row in asked(ticket)}
        pool = loaded.rules["witness_script"]["random_questions"]
        left = [q["key"] for q in pool if q["key"] not in used and _answer(loaded, q["fact"])]
        if not left:
            raise WrongState("没有更多可以提问的内容。")
        key = secrets.choice(left)
        row = {"key": key, "at": work.now.isoformat(timespec="seconds")}
        _keep(work, ticket, **{QUESTIONS: [*asked(ticket), row]})
        work.audit(actor, Tag.STAFF_CALL_STEP, f"case:{loaded.case.id}", step="question", question=key)


def mark_answer(desk: Desk, actor: Actor, ticket_id: str, fence: int, *, right: bool) -> None:
    """Note whether the question that stands was answered right; raises `WrongState` when none stands."""
    with desk.write(actor.firm_id) as work:
        loaded, ticket = _held(work, actor, ticket_id, fence)
        rows = list(asked(ticket))
        if not rows:
            raise WrongState("请先抽取一道题。")
        rows[-1] = {**rows[-1], "right": right, "answered": work.now.isoformat(timespec="seconds")}
        _keep(work, ticket, **{QUESTIONS: rows})
        detail = {"step": "answer", "question": rows[-1]["key"], "right": right}
        work.audit(actor, Tag.STAFF_CALL_STEP, f"case:{loaded.case.id}", **detail)


def draw_challenge(desk: Desk, actor: Actor, ticket_id: str, fence: int) -> str:
    """Choose what the customer does in the head clip, shown to both sides at once; returns the words."""
    with desk.write(actor.firm_id) as work:
        loaded, ticket = _held(work, actor, ticket_id, fence)
        chosen = secrets.choice(loaded.rules["witness_script"]["challenges"])
        digits = " ".join(f"{secrets.randbelow(10_000):04d}") if chosen["key"] == "digits" else ""
        text = f"{chosen['text']}：{digits}" if digits else str(chosen["text"])
        row = {"key": chosen["key"], "text": text, "at": work.now.isoformat(timespec="seconds")}
        _keep(work, ticket, **{CHALLENGE: row})
        work.audit(actor, Tag.STAFF_CALL_STEP, f"case:{loaded.case.id}", step="challenge", challenge=chosen["key"])
        return text


def send_call_code(desk: Desk, actor: Actor, ticket_id: str, fence: int) -> None:
    """Send a code to the phone of the case, to be typed during the call; raises `TooMany` within 60 s."""
    with desk.write(actor.firm_id) as work:
        loaded, ticket = _held(work, actor, ticket_id, fence)
        number = str(loaded.facts.values("profile").get("phone") or "")
        if work.people.events_since(f"call_code|{number}", work.now - limits.CODE_RESEND):
            raise TooMany("验证码已发送，60 秒后可以重新发送。")
        work.people.count_event(f"call_code|{number}")
        code_id = send_code(work, f"call:{ticket_id}", loaded.case.owner, number, "视频验证")
        _keep(work, ticket, **{CODE: {"id": code_id, "at": work.now.isoformat(timespec="seconds")}})
        work.audit(actor, Tag.STAFF_CALL_STEP, f"case:{loaded.case.id}", step="code_sent")


def enter_call_code(desk: Desk, actor: Actor, ticket_id: str, code: str) -> bool:
    """The customer types the code of the running call; a right one proves the step of the phone. False: not right."""
    with desk.write(actor.firm_id) as work:
        ticket = work.queue.find(ticket_id, lock=True)
        if ticket is None or ticket.state != "in_call" or code_state(ticket) != "sent":
            raise NotFound
        own(actor, work.cases.get(ticket.case_id))
        code_id = str(ticket.script[CODE]["id"])
        if accept_code(work, code_id, code, f"call:{ticket_id}") is None:
            return False
        now = work.now.isoformat(timespec="seconds")
        marks = {**script_marks(ticket), CODE_STEP: now}
        _keep(work, ticket, marks=marks, **{CODE: {**ticket.script[CODE], "right": now}})
        work.audit(actor, Tag.STAFF_CALL_STEP, f"case:{ticket.case_id}", step="code_right")
        return True


def call_supervisor(desk: Desk, actor: Actor, ticket_id: str, fence: int, reason: str) -> None:
    """Ask the supervisors for help with this call; it stands in their alerts until the call ends."""
    if reason not in HELP_REASONS:
        raise NotFound("请选择原因。")
    with desk.write(actor.firm_id) as work:
        loaded, ticket = _held(work, actor, ticket_id, fence)
        _keep(work, ticket, **{HELP: {"reason": reason, "at": work.now.isoformat(timespec="seconds")}})
        work.queue.ledger(ticket_id, "help", actor.id, fence, reason)
        work.audit(actor, Tag.STAFF_CALL_STEP, f"case:{loaded.case.id}", step="help", reason=reason)


def _held(work: Work, actor: Actor, ticket_id: str, fence: int) -> tuple[Loaded, Ticket]:
    loaded = held_call(work, actor, ticket_id, fence)
    ticket = work.queue.find(ticket_id)
    assert ticket is not None
    return loaded, ticket


def _keep(work: Work, ticket: Ticket, **values: Any) -> None:
    work.queue.save_script(ticket.id, str(ticket.staff_id), ticket.fence, {**ticket.script, **values})
