"""What a ticket's script keeps of a call, beside its marks: questions asked, the challenge, the code, a call for help.

Only keys, times and results; words and answers are looked up, so nothing personal stands there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core.records import Ticket

QUESTIONS, CHALLENGE, CODE, HELP = "questions", "challenge", "code", "help"
HELP_REASONS: Mapping[str, str] = {
    "unsure": "无法判断",
    "suspicious": "怀疑欺诈或受胁迫",
    "abusive": "客户言行不当",
    "technical": "技术问题",
}


def asked(ticket: Ticket) -> Sequence[Mapping[str, Any]]:
    """The questions of this call in order: key, at, and once it was answered right and answered (ISO 8601, UTC)."""
    return ticket.script.get(QUESTIONS) or []


def right_answers(ticket: Ticket) -> int:
    """How many questions of this call were answered right."""
    return sum(1 for row in asked(ticket) if row.get("right"))


def challenge_of(ticket: Ticket) -> Mapping[str, str]:
    """The newest challenge: key, text, at (ISO 8601, UTC); empty when none was drawn."""
    return dict(ticket.script.get(CHALLENGE) or {})


def code_state(ticket: Ticket) -> str:
    """Of the code by SMS that the customer types during the call: none, sent or right."""
    row = ticket.script.get(CODE) or {}
    return "right" if row.get("right") else "sent" if row else "none"


def sent_code(ticket: Ticket) -> str:
    """Id of the newest code that was sent during the call; empty when none was."""
    return str((ticket.script.get(CODE) or {}).get("id") or "")


def help_wanted(ticket: Ticket) -> str:
    """The reason (a code of `HELP_REASONS`) for which the witness asked for a supervisor; empty when not."""
    return str((ticket.script.get(HELP) or {}).get("reason") or "")
