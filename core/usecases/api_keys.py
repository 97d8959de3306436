"""API 密钥: made by administrators for other systems, shown once, revocable. `find_caller` is how the API knows one."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta

from core.actor import Actor
from core.audit import Tag
from core.errors import NotFound
from core.permissions import Permission, allow
from core.ports import Desk
from core.records_interfaces import ApiKey
from core.sentence import Sentence

SCOPES: Mapping[str, str] = {
    "cases:read": "读取受理单（不含客户信息）",
    "events:read": "读取事件",
    "customers:read": "读取客户姓名与资金账号（每次读取都会留下记录）",
}
"""What a key may do. Without `customers:read` nothing personal is handed out."""
DEFAULT_SCOPES = ("cases:read", "events:read")
TITLE_MOST = 60
NOTE_USE_EVERY = timedelta(minutes=1)
TOKEN_MOST = 120


@dataclass(frozen=True)
class Caller:
    """Another system that showed a good key."""

    firm_id: str
    key: ApiKey

    @property
    def actor(self) -> Actor:
        """How it stands in the audit; it has no role."""
        return Actor(self.firm_id, f"api:{self.key.id}")

    def may(self, scope: str) -> bool:
        """Whether the key has this scope."""
        return scope in self.key.scopes


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def firm_in(token: str) -> str:
    """Firm id that a token names (`jz.<firm id>.<secret>`); empty when it names none."""
    parts = token.split(".")
    well_formed = len(parts) == 3 and parts[0] == "jz" and len(token) <= TOKEN_MOST
    return parts[1] if well_formed else ""


def add_key(desk: Desk, actor: Actor, title: str, scopes: Collection[str]) -> tuple[dict[str, str], str]:
    """Make a key; errors by field, and the key itself, which is never shown again."""
    name = title.strip()
    errors: dict[str, str] = (
        {}
        if name and len(name) <= TITLE_MOST
        else {"title": Sentence("请填写名称，最多 {TITLE_MOST} 个字。", TITLE_MOST=TITLE_MOST)}
    )
    if not scopes or set(scopes) - set(SCOPES):
        errors["scopes"] = "请至少选择一项权限。"
    with desk.write(actor.firm_id) as work:
        allow(actor, Permission.INTERFACE_MANAGE)
        if errors:
            return errors, ""
        token = f"jz.{actor.firm_id}.{secrets.token_urlsafe(32)}"
        key = ApiKey(work.new_id(), name, token[-4:], tuple(sorted(set(scopes))), actor.id, work.now, None, None)
        work.interfaces.add_key(key, _hash(token))
        work.audit(actor, Tag.STAFF_KEY_ADD, f"key:{key.id}", scopes=key.scopes)
    return {}, token


def api_keys(desk: Desk, actor: Actor) -> list[ApiKey]:
    """All keys, the newest first."""
    with desk.read(actor.firm_id) as work:
        allow(actor, Permission.INTERFACE_MANAGE)
        return work.interfaces.api_keys()


def revoke_key(desk: Desk, actor: Actor, key_id: str) -> None:
    """The key opens nothing from now on; raises `NotFound`."""
    with desk.write(actor.firm_id) as work:
        allow(actor, Permission.INTERFACE_MANAGE)
        if not work.interfaces.revoke_key(key_id):
            raise NotFound
        work.audit(actor, Tag.STAFF_KEY_REVOKE, f"key:{key_id}")


def find_caller(desk: Desk, token: str) -> Caller | None:
    """Whose key this is, None for an unknown or revoked one. The firm in it must exist (the caller looks first)."""
    firm_id = firm_in(token)
    with desk.read(firm_id) as work:
        key, now = work.interfaces.find_key(_hash(token)), work.now
    if key is None or key.revoked_at is not None:
        return None
    if key.used_at is None or now - key.used_at >= NOTE_USE_EVERY:
        with desk.write(firm_id) as work:
            work.interfaces.note_use(key.id)
    return Caller(firm_id, key)
