"""事件通知: addresses of other systems that hear of cases, and what became of each delivery. Administrators only."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from core.actor import Actor
from core.audit import Tag
from core.errors import NotFound, WrongState
from core.permissions import Permission, allow
from core.ports import Desk
from core.published_events import EVENT_TITLES
from core.records_interfaces import Delivery, Webhook
from core.sentence import Sentence
from core.webhooks import url_problem

MOST, TITLE_MOST = 5, 60
SHOWN = 100
"""Deliveries on the page."""
STATES = {"waiting": "等待投递", "done": "已送达", "failed": "已放弃", "stopped": "已停止"}


@dataclass(frozen=True)
class Log:
    """The last deliveries with the addresses they go to, and when they were read."""

    deliveries: tuple[Delivery, ...]
    hooks: tuple[Webhook, ...]
    now: datetime

    def title(self, webhook_id: str) -> str:
        """Name of an address."""
        return next((hook.title for hook in self.hooks if hook.id == webhook_id), "")


def add_webhook(desk: Desk, actor: Actor, title: str, url: str, kinds: Collection[str]) -> tuple[dict[str, str], str]:
    """Add an address; errors by field, and the secret that signs what is sent there (shown this once)."""
    name, address = title.strip(), url.strip()
    with desk.write(actor.firm_id) as work:
        allow(actor, Permission.INTERFACE_MANAGE)
        errors = _problems(name, address, kinds, demo=desk.settings.demo)
        if sum(hook.active for hook in work.interfaces.webhooks()) >= MOST:
            errors["title"] = Sentence("最多同时使用 {MOST} 个通知地址，请先停用一个。", MOST=MOST)
        if errors:
            return errors, ""
        secret = f"whsec_{secrets.token_urlsafe(32)}"
        hook = Webhook(
            work.new_id(),
            name,
            address,
            secret,
            tuple(sorted(set(kinds))),
            True,
            actor.id,
            work.now,
        )
        work.interfaces.add_webhook(hook)
        work.audit(actor, Tag.STAFF_WEBHOOK_ADD, f"webhook:{hook.id}", kinds=sorted(kinds))
    return {}, secret


def _problems(title: str, url: str, kinds: Collection[str], *, demo: bool) -> dict[str, str]:
    errors = {"url": url_problem(url, demo=demo)}
    if not title or len(title) > TITLE_MOST:
        errors["title"] = Sentence("请填写名称，最多 {TITLE_MOST} 个字。", TITLE_MOST=TITLE_MOST)
    if not kinds or set(kinds) - set(EVENT_TITLES):
        errors["kinds"] = "请至少选择一种事件。"
    return {field: text for field, text in errors.items() if text}


def close_webhook(desk: Desk, actor: Actor, webhook_id: str) -> None:
    """Send nothing more to an address, nor what waits for it; raises `NotFound`."""
    with desk.write(actor.firm_id) as work:
        allow(actor, Permission.INTERFACE_MANAGE)
        if not work.interfaces.close_webhook(webhook_id):
            raise NotFound
        work.audit(actor, Tag.STAFF_WEBHOOK_CLOSE, f"webhook:{webhook_id}")


def delivery_log(desk: Desk, actor: Actor, state: str = "") -> Log:
    """The addresses and the last deliveries, of one state if named; the newest event first."""
    with desk.read(actor.firm_id) as work:
        allow(actor, Permission.INTERFACE_MANAGE)
        found = work.interfaces.deliveries(SHOWN, state)
        return Log(tuple(found), tuple(work.interfaces.webhooks()), work.now)


def resend_delivery(desk: Desk, actor: Actor, delivery_id: str) -> None:
    """Try again at once, for three more days: what was given up, or what waits for its next attempt.

    Raises `NotFound`, and `WrongState` for what arrived or whose address is not used any more.
    """
    with desk.write(actor.firm_id) as work:
        allow(actor, Permission.INTERFACE_MANAGE)
        found = work.interfaces.find_delivery(delivery_id)
        if found is None:
            raise NotFound
        hook = work.interfaces.find_webhook(found.webhook_id)
        if found.state not in ("failed", "waiting") or hook is None or not hook.active:
            raise WrongState("这条通知已经送达，或者通知地址已停用。")
        again = {"state": "waiting", "attempts": 0, "began_at": work.now, "next_at": work.now, "ended_at": None}
        work.interfaces.change_delivery(delivery_id, found.state, **again)
        work.jobs.post("deliver_webhook", {"webhook": found.webhook_id})
        work.audit(actor, Tag.STAFF_WEBHOOK_RESEND, f"webhook:{found.webhook_id}", sequence=found.event.seq)


def drop_delivery(desk: Desk, actor: Actor, delivery_id: str) -> None:
    """Do not try a waiting event any more, so that those behind it go on; raises `NotFound`."""
    with desk.write(actor.firm_id) as work:
        allow(actor, Permission.INTERFACE_MANAGE)
        if not work.interfaces.change_delivery(delivery_id, "waiting", state="stopped", ended_at=work.now):
            raise NotFound
        work.audit(actor, Tag.STAFF_WEBHOOK_DROP, f"delivery:{delivery_id}")
