"""Messages of the desk to everybody who waits at a branch: sent with an end, counted, taken back."""

from __future__ import annotations

from datetime import timedelta

from core.actor import Actor
from core.audit import Tag
from core.errors import NotFound, Stale, WrongState
from core.permissions import Permission, allow
from core.ports import Desk
from core.queueing import MESSAGE_LENGTH
from core.records import DeskMessage
from core.sentence import Sentence

LONGEST = timedelta(hours=12)


def send_message(desk: Desk, actor: Actor, branch_id: str, text: str, lasts: timedelta) -> int:
    """Show a text on the page of everybody who waits, now and until it ends; how many it reaches now."""
    words = " ".join(text.split())
    if not 0 < len(words) <= MESSAGE_LENGTH:
        raise WrongState(Sentence("请填写消息，最多 {message_length} 字。", message_length=MESSAGE_LENGTH))
    if not timedelta() < lasts <= LONGEST:
        raise WrongState("消息最长显示 12 小时。")
    with desk.write(actor.firm_id) as work:
        allow(actor, Permission.QUEUE_MANAGE)
        if branch_id not in {branch.id for branch in work.firms.branches()}:
            raise NotFound
        message = DeskMessage(work.new_id(), branch_id, words, actor.id, work.now, work.now + lasts)
        work.messages.add_message(message)
        reached = len(work.queue.waiting(branch_id))
        work.audit(actor, Tag.STAFF_QUEUE_MESSAGE, f"branch:{branch_id}", message=message.id, reached=reached)
        return reached


def end_message(desk: Desk, actor: Actor, message_id: str) -> None:
    """Take a message back before its end; raises `Stale` when it is over already."""
    with desk.write(actor.firm_id) as work:
        allow(actor, Permission.QUEUE_MANAGE)
        if not work.messages.end_message(message_id):
            raise Stale("这条消息已经结束。")
        work.audit(actor, Tag.STAFF_QUEUE_MESSAGE, f"message:{message_id}", ended=True)
