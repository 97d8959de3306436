"""The page of a draft: its form for the maker, the difference, the dry run, and the decision for the second person."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from core.actor import Actor
from core.permissions import Permission, holds
from core.ports import Desk
from core.records_rules import DRAFT_TITLES, DraftState
from core.rule_kinds import find_kind
from core.rule_kinds.compare import changes, path_words
from core.rules.calendar import local_day
from core.usecases.decide_rules import MOST_REASON, approve_draft, refuse_draft
from core.usecases.draft_rules import BODY, DAY, MOST_NOTE, NOTE, begin_draft, propose_draft, withdraw_draft
from core.usecases.post_dry_run import can_be_tried
from core.usecases.read_rules import DraftView, open_drafts, read_draft
from core.usecases.try_rules import MONTHS, is_of_this_text, start_dry_run
from pages.parts import acting, notice, state
from pages.parts.language import _
from pages.parts.rule_editor import Editor, notice_other_tab
from pages.parts.rule_form import draw_field
from pages.parts.rule_words import draft_words, made_words, show_changes, show_numbers

AT_ONCE, AT_DAY = "批准后立即生效", "指定日期"
MOST_LISTED = 8


def show_draft(desk: Desk, actor: Actor, draft_id: str) -> None:
    """Everything about one draft."""
    view = read_draft(desk, actor, draft_id)
    draft = view.draft
    st.subheader(notice.plain(view.kind.title))
    st.caption(
        _("{draft_titles}　依据第 {base_version} 版　{made_words}").format(
            draft_titles=DRAFT_TITLES[draft.state],
            base_version=draft.base_version,
            made_words=made_words(draft, view.names),
        )
    )
    acting.show_refusal()
    mine = draft.made_by == actor.id
    _moved(desk, actor, view, mine=mine)
    if draft.state is DraftState.OPEN and mine:
        if notice_other_tab(view):
            notice.refusal(_("这份草稿刚在另一个窗口修改过，已显示最新内容。"))
        _write(Editor(desk, actor, view))
    else:
        _read(desk, actor, view, mine=mine)


def _moved(desk: Desk, actor: Actor, view: DraftView, *, mine: bool) -> None:
    """Somebody was first, or it was refused: the maker begins anew with what does not collide."""
    ended = view.draft.state in {DraftState.REFUSED, DraftState.WITHDRAWN}
    if view.moved:
        notice.refusal(view.moved)
    if view.draft.state is DraftState.REFUSED:
        notice.refusal(_("已退回：{reason}").format(reason=view.draft.reason))
    if mine and (view.moved or ended):
        st.button(_("从最新版本重新开始"), key="draft_again", icon=":material/restart_alt:",
                  on_click=begin, args=(desk, actor, view.draft.kind, view.draft.id))  # fmt: skip


def begin(desk: Desk, actor: Actor, kind: str, from_draft: str = "") -> None:
    """Begin a draft from a callback, and open it."""
    made: list[str] = []
    if acting.attempt(lambda: made.append(begin_draft(desk, actor, kind, from_draft=from_draft).id)):
        st.query_params["draft"] = made[0]


# -- the maker
def _write(editor: Editor) -> None:
    view = editor.view
    form, difference, trial = st.tabs([_("修改"), _("差异"), _("试算")])
    with form:
        _problems(view)
        draw_field(editor, view.kind.shape, view.draft.content.body, ())
        st.divider()
        _when(editor)
        _hand_in(editor)
    with difference:
        show_changes(changes(view.kind, view.base, view.draft.content.body, view.others))
    with trial:
        _trial(editor.desk, editor.actor, view)


def _problems(view: DraftView) -> None:
    """What has to be put right, above the form, each with its place."""
    body = view.draft.content.body
    found = [problem for problem in view.problems if problem.path not in {NOTE, DAY, BODY}]
    if found:
        lines = [
            _("{path_words}：{text}").format(path_words=path_words(view.kind.shape, body, each.path), text=each.text)
            for each in found[:MOST_LISTED]
        ]
        rest = len(found) - MOST_LISTED
        if rest > 0:
            lines.append(_("还有 {rest} 处。").format(rest=rest))
        notice.refusal(_("提交前需要修改：\n") + "\n".join(lines))


def _when(editor: Editor) -> None:
    content = editor.view.draft.content
    st.markdown(_("**生效**"))
    st.radio(_("生效时间"), [AT_ONCE, AT_DAY], index=int(content.effective_on is not None), key=editor.key(("@when",)),
             horizontal=True, on_change=_keep_when, args=(editor,))  # fmt: skip
    if content.effective_on is not None:
        st.date_input(_("生效日期"), content.effective_on, key=editor.key(DAY), format="YYYY-MM-DD",
                      on_change=_keep_day, args=(editor,))  # fmt: skip
        st.caption(_("当天零时（北京时间）起生效。"))
        editor.show_error(DAY)
    st.checkbox(_("正在填写和退回修改的受理单也改用新版本"), content.open_cases, key=editor.key(("@open",)),
                on_change=_keep_open, args=(editor,),
                help=_("不勾选时，受理单始终使用开始办理时的版本。已提交的受理单不受影响。"))  # fmt: skip
    st.text_area(_("修改原因"), content.note, key=editor.key(NOTE), max_chars=MOST_NOTE,
                 placeholder=_("审批人和合规会看到，例如：总部通知夏季调整服务时间"),
                 on_change=_keep_note, args=(editor,))  # fmt: skip
    if acting.has_error("draft"):
        editor.show_error(NOTE)
        editor.show_error(BODY)


def _keep_when(editor: Editor) -> None:
    at_day = st.session_state[editor.key(("@when",))] == AT_DAY
    with editor.desk.read(editor.actor.firm_id) as work:
        today = local_day(work.now)
    editor.keep(lambda content: replace(content, effective_on=today if at_day else None))


def _keep_day(editor: Editor) -> None:
    day = st.session_state[editor.key(DAY)]
    editor.keep(lambda content: replace(content, effective_on=day))


def _keep_open(editor: Editor) -> None:
    follows = bool(st.session_state[editor.key(("@open",))])
    editor.keep(lambda content: replace(content, open_cases=follows))


def _keep_note(editor: Editor) -> None:
    note = str(st.session_state[editor.key(NOTE)] or "")
    editor.keep(lambda content: replace(content, note=note))


def _hand_in(editor: Editor) -> None:
    st.caption(_("每次修改都会自动保存在草稿里，可以随时离开再回来。"))
    with st.container(horizontal=True):
        st.button(_("提交审批"), key="draft_propose", type="primary", on_click=_propose, args=(editor,))
        st.button(
            _("撤回草稿"), key="draft_withdraw", on_click=_withdraw, args=(editor.desk, editor.actor, editor.view)
        )


def _propose(editor: Editor) -> None:
    found: list[str] = []

    def act() -> None:
        found.extend(each.text for each in propose_draft(editor.desk, editor.actor, editor.view.draft.id))

    if not acting.attempt(act):
        return
    if found:
        acting.fail({"draft": found[0], "desk": _("还不能提交：") + found[0]})
    else:
        state.say(_("已提交，等待另一位同事审批。"))


def _withdraw(desk: Desk, actor: Actor, view: DraftView) -> None:
    acting.attempt(lambda: withdraw_draft(desk, actor, view.draft.id), _("草稿已撤回。"))


# -- everybody else, and the second person
def _read(desk: Desk, actor: Actor, view: DraftView, *, mine: bool) -> None:
    draft = view.draft
    st.markdown(f"{draft_words(draft)}　")
    st.markdown(notice.plain(_("修改原因：{note}").format(note=draft.content.note or _("（没有填写）"))))
    if draft.decided_by and draft.state is DraftState.APPROVED:
        st.caption(
            _("{decided_by}批准为第 {version} 版").format(
                decided_by=notice.plain(view.names.get(draft.decided_by, "")), version=draft.version
            )
        )
    if draft.batch:
        _together(desk, actor, view)
    show_changes(changes(view.kind, view.base, draft.content.body, view.others))
    if draft.state in {DraftState.OPEN, DraftState.PROPOSED}:
        _problems(view)
        _trial(desk, actor, view)
    if draft.state is DraftState.PROPOSED:
        _decision(desk, actor, view, mine=mine)


def _together(desk: Desk, actor: Actor, view: DraftView) -> None:
    """The other drafts of the same import, each one click away."""
    st.caption(_("这份草稿与同一次导入的其他草稿一起批准或退回。"))
    for each, __ in open_drafts(desk, actor):
        if each.batch == view.draft.batch and each.id != view.draft.id:
            st.button(_(find_kind(each.kind).title), key=f"together_{each.id}", on_click=_open, args=(each.id,))


def _open(draft_id: str) -> None:
    st.query_params["draft"] = draft_id


def _decision(desk: Desk, actor: Actor, view: DraftView, *, mine: bool) -> None:
    st.divider()
    if mine:
        st.caption(_("由您提出，请另一位同事审批。"))
        st.button(_("撤回草稿"), key="draft_withdraw", on_click=_withdraw, args=(desk, actor, view))
        return
    if not holds(actor, Permission.RULE_APPROVE):
        st.caption(_("等待主管或合规审批。"))
        return
    st.text_input(_("退回的原因"), key="draft_reason", max_chars=MOST_REASON)
    acting.field_error("reason")
    with st.container(horizontal=True):
        st.button(_("批准"), key="draft_approve", type="primary", on_click=_approve, args=(desk, actor, view))
        st.button(_("退回"), key="draft_refuse", on_click=_refuse, args=(desk, actor, view))


def _approve(desk: Desk, actor: Actor, view: DraftView) -> None:
    acting.attempt(lambda: approve_draft(desk, actor, view.draft.id), _("已批准。"))


def _refuse(desk: Desk, actor: Actor, view: DraftView) -> None:
    reason = str(st.session_state.get("draft_reason") or "")
    acting.attempt_form(lambda: refuse_draft(desk, actor, view.draft.id, reason), _("已退回。"))


# -- the dry run
def _trial(desk: Desk, actor: Actor, view: DraftView) -> None:
    st.markdown(_("**试算**"))
    if not can_be_tried(view.draft.kind):
        st.caption(_("这类规则不影响已办结业务的结果，不需要试算。"))
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox(
            _("按最近几个月办结的业务"),
            MONTHS,
            index=2,
            key="trial_months",
            format_func=lambda n: _("{n} 个月").format(n=n),
        )
        st.button(_("开始试算"), key="trial_start", icon=":material/science:", on_click=_start_trial,
                  args=(desk, actor, view))  # fmt: skip
    if view.draft.numbers:
        unfinished = view.draft.numbers["state"] != "done"
        st.fragment(_follow, run_every=2 if unfinished else None)(desk, actor, view.draft.id)


def _follow(desk: Desk, actor: Actor, draft_id: str) -> None:
    """The progress by itself until the end."""
    draft = read_draft(desk, actor, draft_id).draft
    if draft.numbers:
        show_numbers(draft.numbers, same_text=is_of_this_text(draft))


def _start_trial(desk: Desk, actor: Actor, view: DraftView) -> None:
    months = int(st.session_state.get("trial_months") or MONTHS[2])
    acting.attempt(lambda: start_dry_run(desk, actor, view.draft.id, months), _("试算已开始。"))
