"""Who looks at the page: firm, customer session, member of staff; and the heads of customer and staff pages."""

from __future__ import annotations

import secrets
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import timedelta

import streamlit as st

from core.actor import ROLE_TITLES, Actor
from core.permissions import Permission, holds
from core.records import Firm, SessionRecord, StaffMember
from core.rules.masks import mask_phone
from core.usecases.loading import firm_of
from pages.parts import notice, state, wiring
from pages.parts.around import more_links
from pages.parts.components.remember import remember, remembered
from pages.parts.components.session_exchange import sign_out
from pages.parts.duty_aside import duty_aside
from pages.parts.entry import chosen_firm, door, note_door
from pages.parts.language import _, in_english, language_switch
from pages.parts.state import Key

OUTBOX_SHOWN = timedelta(minutes=5)
OUTBOX_SIGNED_IN = timedelta(minutes=1)
_here: ContextVar[Visitor | None] = ContextVar("visitor", default=None)


@dataclass(frozen=True)
class Visitor:
    """The firm is the session's for whoever is signed in, else the chosen one."""

    firm: Firm
    customer: SessionRecord | None
    actor_staff: Actor | None
    member: StaffMember | None
    named: bool = True
    """False where nobody said which firm is meant; `firm` is then nobody's choice and nothing of it may be shown."""

    @property
    def actor(self) -> Actor | None:
        """The customer's actor."""
        return wiring.customer_actor(self.customer) if self.customer else None


def arrive() -> Visitor:
    """Read the visitor from the trusted headers and the database; the router does so at the start of every run."""
    customer, staff = wiring.customer(), wiring.staff()
    if customer is None:
        state.drop(Key.KEPT)
    actor, member = staff or (None, None)
    signed_in = customer or actor
    if signed_in:
        firm = firm_of(wiring.desk(), signed_in.firm_id)
        note_door(firm)
        found = Visitor(firm, customer, actor, member)
    else:
        firms = _firms()
        chosen = chosen_firm(firms)
        found = Visitor(chosen or firms[0], None, None, None, named=chosen is not None)
    _here.set(found)
    return found


def read() -> Visitor:
    """The visitor of this run, as the router found it."""
    return _here.get() or arrive()


def _firms() -> list[Firm]:
    firms = wiring.firms()
    if not firms:
        st.error(_("系统还没有期货公司。请管理员先运行 new-firm 命令。"))
        st.stop()
    return firms


def large_text() -> bool:
    """Whether the visitor wants 大字版: as switched in this visit, else as this browser keeps it."""
    if Key.LARGE not in st.session_state:
        state.put(Key.LARGE, remembered("large") == "1")
    return bool(state.get(Key.LARGE))


def _outbox(visitor: Visitor) -> None:
    """Demo mode: the messages that would have been sent."""
    if not wiring.settings().demo:
        return
    with wiring.desk().read(visitor.firm.id) as work:
        recent = work.jobs.recent_sms(work.now - (OUTBOX_SIGNED_IN if visitor.customer else OUTBOX_SHOWN))
    mine = {visitor.actor.id} if visitor.actor else set()
    code = state.get(Key.CODE)
    shown = [m for m in recent if m.owner in mine or (code and m.template == "code")][:1]
    notice.demo_banner([(mask_phone(m.phone), m.text) for m in shown])


def customer_header(visitor: Visitor) -> None:
    """Firm name, large text, 我的业务, help, sign out, and more (R015)."""
    with st.container(horizontal=True, vertical_alignment="center", key="header"):
        st.page_link("customer/hall.py", label=f"**{visitor.firm.name}**", icon=":material/verified_user:")
        st.toggle(_("大字"), key=Key.LARGE)
        language_switch()
        if visitor.customer:
            st.page_link("customer/my_cases.py", label=_("我的业务"))
            st.button(_("退出登录"), key="leave", type="tertiary", on_click=leave)
        st.page_link("customer/help.py", label=_("开户帮助"))
        more_links(visitor.firm)
    remember(large="1" if large_text() else "", door=door(visitor.firm), language="en" if in_english() else "")
    _finish_leaving()
    _outbox(visitor)
    notice.show_said()


def leave(wanted: str = "") -> None:
    """Sign the customer out; with `wanted` the sign-in page opens next and this business begins after it."""
    state.put(Key.LEAVING, ("customer", secrets.token_hex(8), f"/sign_in?business={wanted}" if wanted else "/"))


def _leave_staff() -> None:
    state.put(Key.LEAVING, ("staff", secrets.token_hex(8), "/desk"))


def _finish_leaving() -> None:
    leaving = state.get(Key.LEAVING)
    if leaving:
        kind, nonce, target = leaving
        sign_out("sign_out", nonce=nonce, kind=kind, target=target)


def staff_header(visitor: Visitor, *, shows_duty: bool) -> None:
    """Name, roles, duty and sign-out in the sidebar; the demo banner says that everything is invented.

    A page that shows the duty itself says so by `shows_duty`.
    """
    if wiring.settings().demo:
        st.caption(_(":material/science: 演示模式：公司、人员和客户都是虚构的样张。"))
    if visitor.member is None:
        return
    with st.sidebar:
        titles = _("、").join(_(ROLE_TITLES[role]) for role in sorted(visitor.member.roles))
        st.markdown(f"**{notice.plain(visitor.member.name)}**  \n{titles} · {notice.plain(visitor.firm.name)}")
        if visitor.actor_staff and not shows_duty and holds(visitor.actor_staff, Permission.QUEUE_SERVE):
            duty_aside(wiring.desk(), visitor.actor_staff)
        language_switch()
        st.button(_("退出登录"), key="leave_staff", on_click=_leave_staff)
    _finish_leaving()
    notice.show_said()
