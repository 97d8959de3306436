"""复核: the work list, and the case that the reviewer has taken."""

from __future__ import annotations

import streamlit as st

from core import limits
from core.usecases.access_decisions import decide_access
from core.usecases.case_changes import changes_of
from core.usecases.decide_match import decide_match, matches_of
from core.usecases.read_case import CaseFile, read_case, reveal
from core.usecases.review_case import agree_case, approve_case, reject_review, release_case, take_case
from core.usecases.second_review import first_reviewer, is_first, needs_two
from core.usecases.work_lists import Listed, review_list
from pages.parts import (
    access_desk,
    acting,
    case_file,
    case_history,
    case_list,
    case_media,
    notice,
    state,
    visitor,
    wiring,
)
from pages.parts.approval_words import approval_words
from pages.parts.changes import show_changes
from pages.parts.language import _, dialog
from pages.parts.matches_desk import show_matches
from pages.parts.photo_station import begin_rejection, show_reading, show_station, wanted_moment
from pages.parts.reject_form import reject_form

RENEW_BELOW = limits.REVIEW_IDLE.total_seconds() - 60
FILTERS = ("全部", "超时", "我的")
guest = visitor.read()
desk, actor = wiring.desk(), guest.actor_staff
assert actor is not None


def _open(case_id: str) -> None:
    """Take the case (or go on with the own one) and show it."""
    if acting.attempt(lambda: take_case(desk, actor, case_id)):
        acting.open_case(case_id)


def _release(case_id: str) -> None:
    if acting.attempt(lambda: release_case(desk, actor, case_id), _("已放回列表。")):
        acting.open_case(None)


def _approve(case_id: str) -> None:
    numbers: list[str] = []
    acting.ask(None)
    if acting.attempt(lambda: numbers.append(approve_case(desk, actor, case_id))):
        acting.open_case(None)
        state.say(_("已通过，资金账号 {numbers}。").format(numbers=numbers[0]))


def _agree(case_id: str) -> None:
    if acting.attempt(lambda: agree_case(desk, actor, case_id), _("已同意，等待另一位同事复核。")):
        acting.open_case(None)


def _reject(case_id: str, codes: list[str], text: str, internal: str) -> None:
    if acting.attempt(
        lambda: reject_review(desk, actor, case_id, codes, text, internal), _("已驳回，客户会收到短信。")
    ):
        acting.open_case(None)


def _reveal(case_id: str, what: str) -> None:
    if acting.attempt(lambda: reveal(desk, actor, case_id, "review", what)):
        acting.remember_reveal(case_id, what, desk.clock())


def _words(row: Listed) -> str:
    if row.witnessed:
        return _(":material/block: 您见证过")
    other = _(":material/lock: {holder} 在复核").format(holder=notice.plain(row.holder))
    holder = _(":material/person: 我在复核") if row.mine else other
    return "　".join(filter(None, [case_list.due_words(row, work), holder if row.holder else ""]))


def _late() -> list[Listed]:
    return [row for row in work.rows if row.due_at and row.due_at < work.now]


def _list() -> None:
    chosen = st.segmented_control(_("筛选"), FILTERS, default=FILTERS[0], format_func=_, key="review_filter",
                                   bind="query-params",
                                  label_visibility="collapsed", required=True)  # fmt: skip
    rows = {"超时": _late(), "我的": [row for row in work.rows if row.mine]}.get(str(chosen), work.rows)
    case_list.show_rows(rows, work, _words, _open, _("没有等待复核的业务。客户提交后会出现在这里。"))


def _keep(row: Listed) -> None:
    """Renew the lock while the reviewer works, at most once a minute."""
    until = row.case.reviewer_until
    if until and (until - work.now).total_seconds() < RENEW_BELOW:
        take_case(desk, actor, row.case.id)


@dialog("通过这笔业务", on_dismiss=lambda: acting.ask(None))
def _ask_approval(file: CaseFile) -> None:
    st.markdown(notice.plain(approval_words(file)))
    case_file.show_flags(file.case.flags)
    acting.dialog_buttons(_("确认通过"), _approve, file.case.id)


@dialog("驳回这笔业务", width="medium", on_dismiss=lambda: acting.ask(None))
def _ask_rejection(file: CaseFile) -> None:
    acting.show_refusal()
    pressed = reject_form(file.loaded, "review", "review", lambda c, t, i: _reject(file.case.id, c, t, i))
    if pressed and not acting.asking():
        st.rerun()


def _decide(file: CaseFile) -> None:
    missing, open_access = file.loaded.current, access_desk.problem(file)
    if open_access:
        notice.refusal(open_access)
    elif missing:
        notice.refusal(_("资料不完整：{title}。请驳回，或放回列表。").format(title=_(missing.title)))
    first, mine = is_first(file.loaded), first_reviewer(file.loaded) == actor.staff_id
    if needs_two(file.loaded):
        agreed = _("您已同意，请由另一位同事通过。") if mine else ""
        st.caption(_("按年龄规定，这笔业务由两位复核人员先后同意。") + agreed)
    with st.container(horizontal=True):
        if first:
            st.button(_("同意，转另一位复核"), key="agree", type="primary", icon=":material/done:",
                      disabled=bool(missing or open_access), on_click=_agree, args=(file.case.id,))  # fmt: skip
        else:
            shut = bool(missing or open_access) or mine
            st.button(_("通过"), key="approve", type="primary", icon=":material/check:", disabled=shut,
                      on_click=acting.ask, args=("approve",))  # fmt: skip
        st.button(_("驳回"), key="reject", icon=":material/assignment_return:",
                  on_click=begin_rejection, args=(desk, actor, file))  # fmt: skip
        st.button(_("放回列表"), key="release", type="tertiary", on_click=_release, args=(file.case.id,))
    if acting.asking() == "approve":
        _ask_approval(file)
    elif acting.asking() == "reject":
        _ask_rejection(file)


def _facts(file: CaseFile) -> None:
    shown = {what: acting.revealed(file.case.id, what, work.now) for what in ("phone", "cards")}

    def on_reveal(what: str) -> None:
        _reveal(file.case.id, what)

    if file.loaded.facts.values("on_file"):
        with st.expander(_("变更对照"), icon=":material/difference:", expanded=True):
            show_changes(changes_of(file.loaded), masked=not all(shown.values()))
    tabs = st.tabs([_("资料"), _("银行卡"), _("适当性"), _("协议"), _("见证"), _("回访"), _("历史")])
    with tabs[0]:
        case_file.show_profile(file, full_id=True, phone_shown=shown["phone"], on_reveal=on_reveal)
    with tabs[1]:
        case_file.show_cards(file, shown=shown["cards"], on_reveal=on_reveal)
    for tab, draw in zip(tabs[2:], (case_file.show_suitability, case_file.show_exchanges, case_history.show_witness,
                                    case_file.show_follow_up, case_history.show_history), strict=True):  # fmt: skip
        with tab:
            draw(file)


def _case(row: Listed) -> None:
    _keep(row)
    file = read_case(desk, actor, row.case.id, "review")
    case_file.show_head(file)
    middle, side = st.columns([8, 5])
    with middle:
        looked = show_station(desk, actor, file)
    with side:
        _decide(file)
        show_reading(*looked, masked=not acting.revealed(file.case.id, "cards", work.now))
        show_matches(
            matches_of(desk, actor, file.case.id), lambda *said: decide_match(desk, actor, file.case.id, *said)
        )
        access_desk.show_decisions(file, lambda *decided: decide_access(desk, actor, file.case.id, *decided))
        _facts(file)
    with middle:
        case_media.show_recordings(file, start=wanted_moment())
        st.markdown(_("**已签署的协议**"))
        case_media.show_documents(file.documents)


work = review_list(desk, actor)
current = next((row for row in work.rows if row.case.id == acting.opened() and row.mine and row.case.reviewer_id), None)
st.title(_("复核"))
case_list.beside(
    _("待复核 {total}　超时 {count}").format(total=work.total, count=len(_late())),
    _list, lambda: _case(current), case_open=current is not None,
    hint=_("从列表选择一笔业务，领取后开始复核。闲置 15 分钟会自动放回列表。"),
)  # fmt: skip
