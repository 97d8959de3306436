"""Send one SMS of the outbox."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.actor import system
from core.audit import Tag
from core.ports import Desk

SECRET = {"code"}
"""Templates whose text is wiped once sent (in production; the demo shows it on screen)."""


def send_sms(desk: Desk, firm_id: str, payload: Mapping[str, Any]) -> bool:
    """Hand the message to the gateway; raises `OutsideService` so that the job is tried again."""
    with desk.read(firm_id) as work:
        message = work.jobs.find_sms(payload["message"])
    if message is None or message.state == "sent":
        return True
    desk.sms.send(message.phone, message.text)
    with desk.write(firm_id) as work:
        wipe = message.template in SECRET and not desk.settings.demo
        work.jobs.set_sms(message, "sent", text="" if wipe else None)
        work.audit(system(firm_id), Tag.SYSTEM_SMS_SEND, f"sms:{message.id}", template=message.template)
    return True
