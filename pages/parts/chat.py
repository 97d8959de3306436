"""Text beside a call: what was written, the field for the next line, and how the other side's words are noticed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import streamlit as st

from core.actor import Actor
from core.errors import DeskError
from core.ports import Desk
from core.records import CallLine, Ticket
from core.usecases.call_chat import read_lines, write_line
from core.usecases.call_lines import LINE_MAX
from pages.parts import clock_words, notice, state
from pages.parts.components.sound import chime
from pages.parts.language import _

SHOWN = 6
ANNOUNCED = timedelta(seconds=60)
"""How long the customer sees a new line above the picture; it stays in the panel."""
_TEXT = "chat_text"
Said = tuple[str, datetime, str]
"""Who, when, what."""


def show_lines(said: Sequence[Said]) -> None:
    """The newest lines."""
    for who, at, text in said[-SHOWN:]:
        st.markdown(f"**{notice.plain(who)}** :small[:gray[{clock_words.minute(at)}]]　{notice.plain(text)}")


def field(form: str, text: str, label: str, write: Callable[[str], None], placeholder: str = "") -> None:
    """A line to write; the field empties itself on sending, so that typing on at once loses nothing.

    What was refused stands in the field again.
    """

    def send() -> None:
        words = str(st.session_state[text])
        try:
            write(words)
        except DeskError as error:
            st.session_state[text] = words
            state.say(error.text)

    with (
        st.form(form, border=False, clear_on_submit=True),
        st.container(horizontal=True, vertical_alignment="bottom"),
    ):
        st.text_input(label, key=text, max_chars=LINE_MAX, placeholder=placeholder)
        st.form_submit_button(_("发送"), key=f"{form}_send", on_click=send)


def announce(desk: Desk, actor: Actor, ticket: Ticket) -> None:
    """Above or under the picture: the other side's newest line, until it is answered; for the customer a minute.

    On a phone nothing below the picture is seen, and the witness looks at the script.
    """
    lines = lines_now(desk, actor, ticket.id)
    last = lines[-1] if lines else None
    if last is None or last.by_staff == actor.is_staff:
        return
    if actor.is_staff or desk.clock() - last.at < ANNOUNCED:
        who, reply = (_("客户"), "") if actor.is_staff else (_("见证人员"), _("  \n:small[可以在画面下方用文字回复。]"))
        st.info(
            _("{who}发来文字：{text}{reply}").format(who=who, text=notice.plain(last.text), reply=reply),
            icon=":material/chat:",
        )


def panel(desk: Desk, actor: Actor, ticket: Ticket, sentences: Sequence[str] = ()) -> None:
    """文字交流 of one side: newest lines, ready sentences that one press sends, the field; for a fragment."""
    notice.show_said()
    lines = lines_now(desk, actor, ticket.id)
    heard = [line.id for line in lines if line.by_staff != actor.is_staff]
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.markdown(_(":material/chat: **文字交流**"), width="content")
        chime("chat_chime", nonce=heard[-1] if heard else None)
    if not lines:
        st.caption(_("声音不通时，可以在这里用文字交流。文字会与录像一起保存。"))
    other = _("客户") if actor.is_staff else _("见证人员")
    show_lines([(_("我") if line.by_staff == actor.is_staff else other, line.at, line.text) for line in lines])

    def write(text: str) -> None:
        write_line(desk, actor, ticket.id, ticket.fence, text)

    for number, sentence in enumerate(sentences):
        st.button(sentence, key=f"ready_{number}", width="stretch", on_click=_send, args=(write, sentence))
    field(
        "chat",
        _TEXT,
        _("写给{other}的话").format(other=other),
        write,
        _("最多 {line_max} 字").format(line_max=LINE_MAX),
    )


def _send(write: Callable[[str], None], text: str) -> None:
    try:
        write(text)
    except DeskError as error:
        state.say(error.text)


def lines_now(desk: Desk, actor: Actor, ticket_id: str) -> list[CallLine]:
    """Nothing when the call is over: the page notices that by other means."""
    try:
        return read_lines(desk, actor, ticket_id)
    except DeskError:
        return []
