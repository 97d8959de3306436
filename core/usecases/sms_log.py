"""短信记录 (R208): what was sent, masked; the words of one message show when it is opened, which is on record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from core.actor import Actor
from core.errors import NotFound
from core.jobs.send_sms import SECRET
from core.permissions import Permission, allow
from core.ports import Desk, Work
from core.records import SmsMessage
from core.rules.calendar import SHANGHAI
from core.rules.masks import mask_phone
from core.usecases.loading import rules_for

MOST = 200
"""Messages shown of one day."""
STATES = {"waiting": "等待发送", "sent": "已发送", "failed": "发送失败"}


@dataclass(frozen=True)
class SmsLine:
    """A message without its words; `title` is that of its template."""

    id: str
    at: datetime
    title: str
    phone: str
    state: str


def sms_log(desk: Desk, actor: Actor, day: date, state: str = "") -> list[SmsLine]:
    """The messages of a day in Shanghai, newest first; of one state when it is named."""
    begins = datetime.combine(day, time(), SHANGHAI)
    with desk.read(actor.firm_id) as work:
        allow(actor, Permission.SMS_READ)
        titles = _titles(work)
        found = work.jobs.sms_between(begins, begins + timedelta(days=1), MOST)
        return [_line(each, titles) for each in found if state in ("", each.state)]


def read_sms(desk: Desk, actor: Actor, message_id: str) -> tuple[SmsLine, str]:
    """One message with its words, the number still masked; the reading is on record. Raises `NotFound`.

    The words of a message with a code are never shown.
    """
    with desk.write(actor.firm_id) as work:
        allow(actor, Permission.SMS_READ)
        found = work.jobs.find_sms(message_id)
        if found is None:
            raise NotFound
        work.personal_read(actor, f"sms:{message_id}", "sms")
        return _line(found, _titles(work)), "" if found.template in SECRET else found.text


def _titles(work: Work) -> dict[str, str]:
    return {key: str(row["title"]) for key, row in rules_for(work)["sms_texts"]["texts"].items()}


def _line(message: SmsMessage, titles: dict[str, str]) -> SmsLine:
    title = titles.get(message.template, message.template)
    return SmsLine(message.id, message.created_at, title, mask_phone(message.phone), message.state)
