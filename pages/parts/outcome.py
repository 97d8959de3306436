"""What a customer sees of a business that was handed in: where it stands, what comes when, what is signed."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from core.actor import Actor
from core.case import ALLOWED, STATE_TITLES, Action, Ending, State
from core.errors import DeskError
from core.ports import Desk
from core.records import ExchangeRequest
from core.rules.exchanges import names_of
from core.rules.id_card import IdNumber, check_id_number, salutation
from core.usecases.abandon_case import abandon_case
from core.usecases.callback_plan import is_called_back
from core.usecases.loading import Loaded
from core.usecases.own_cases import Outcome, outcome_of
from pages.parts import acting, clock_words, notice
from pages.parts.case_media import show_documents
from pages.parts.flow_picture import flow_picture
from pages.parts.language import _, dialog
from pages.parts.step_state import StepState

AFTER_REVIEW = (State.APPROVED, State.CALLBACK, State.ACTIVE, State.DONE)
ENDS: Mapping[State, str] = {
    State.ABANDONED: "您已放弃这笔业务。需要时可以重新办理。",
    State.EXPIRED: "这笔业务长时间没有操作，已失效。需要时可以重新办理。",
    State.TERMINATED: "这笔业务已结束，没有办理成功。",
}
_LATE = "您的业务还在复核，已超过我们承诺的时间，正在加急处理，结果用短信告诉您。需要时请拨打服务热线。"
_APPROVED: Mapping[tuple[State, Ending], str] = {
    (State.CALLBACK, Ending.ACCOUNT): "请留意我们的来电。电话回访确认后，账户即激活。",
    (State.APPROVED, Ending.CODES): "我们正在向交易所申请交易编码，开通后用短信告诉您。",
    (State.APPROVED, Ending.COUNTER): "正在由柜台办理，办完后用短信告诉您。",
}
LOOK_EVERY_S = 10.0
_WAITING = "已申请，等待交易所回报"
_FAILED: Mapping[int, str] = {
    1: "监控中心还有您的另一笔业务在处理，处理完成后我们继续办理，您不需要操作",
    2: "资料核对没有通过，我们会电话联系您",
    3: "实名核对没有通过，我们会电话联系您",
}
_OTHER = "暂未开通，我们正在核实"


def show_outcome(desk: Desk, actor: Actor, loaded: Loaded) -> None:
    """Draw the page of a submitted, approved or closed case for its customer (R170, R171, R174, R175, R177, R187)."""
    outcome = outcome_of(desk, actor, loaded.case.id)
    acting.show_refusal()
    if loaded.case.state in ENDS:
        _ended(loaded)
    else:
        _greeting(loaded, outcome)
        st.html(flow_picture(timeline(loaded, outcome)))
        _account(loaded, outcome)
        _look_again(desk, actor, loaded, outcome)
    _documents(outcome)
    _give_up(desk, actor, loaded)


def _look_again(desk: Desk, actor: Actor, loaded: Loaded, shown: Outcome) -> None:
    """The page changes by itself when the firm has done something (R204)."""

    @st.fragment(run_every=LOOK_EVERY_S, key="outcome_again")
    def look() -> None:
        try:
            changed = outcome_of(desk, actor, loaded.case.id) != shown
        except DeskError:  # deleted meanwhile
            changed = True
        if changed:
            st.rerun(scope="app")

    look()


def full_salutation(loaded: Loaded) -> str:
    """`张三先生` or `张三女士` by the ID number (R177); the bare name while the number is not known."""
    profile = loaded.facts.values("profile")
    person = check_id_number(str(profile.get("id_number", "")))
    name, title = profile.get("name", ""), salutation(person) if isinstance(person, IdNumber) else ""
    return _("{name}{title}").format(name=name, title=_(title))


def _all_opened(outcome: Outcome) -> bool:
    return all(request.state == "opened" for request in outcome.requests)


def _greeting(loaded: Loaded, outcome: Outcome) -> None:
    case, row, name = loaded.case, loaded.rules["notices"]["notices"]["submitted"], full_salutation(loaded)
    said = _("{title}业务已办理完成").format(title=_(loaded.business.title))
    if case.state is State.ACTIVE and not _all_opened(outcome):
        said = _("账户已激活，还有交易所正在办理，结果用短信告诉您")
    title, text = _(STATE_TITLES[case.state]), _("尊敬的{name}，您的{said}。").format(name=name, said=said)
    if case.state in {State.SUBMITTED, State.IN_REVIEW}:
        due = clock_words.promise(case.due_at) if case.due_at else ""
        values = {"salutation_name": name, "business": _(loaded.business.title), "due": due}
        title, text = _(row["title"]), _(row["text"]).format_map(values)
    elif (case.state, loaded.business.ending) in _APPROVED:
        title, text = (
            _("复核通过"),
            _("尊敬的{name}，{approved}").format(name=name, approved=_(_APPROVED[case.state, loaded.business.ending])),
        )
    st.title(f":green[:material/check_circle:] {notice.plain(title)}")
    st.markdown(notice.plain(_LATE if _late(loaded) else text))
    st.caption(_("{title} · 受理单 {number}").format(title=notice.plain(loaded.business.title), number=case.number))


def _late(loaded: Loaded) -> bool:
    """Whether the review is still to come after its promised time."""
    case = loaded.case
    return case.state in {State.SUBMITTED, State.IN_REVIEW} and case.due_at is not None and case.due_at < loaded.now


def timeline(loaded: Loaded, outcome: Outcome) -> list[tuple[str, str, str]]:
    """What comes after the submission as steps of a picture, each with its time or its promise, by the ending."""
    case = loaded.case
    approved = case.state in AFTER_REVIEW
    review = (
        _("，{promise} 前完成").format(promise=clock_words.promise(case.due_at)) if case.due_at and not approved else ""
    )
    if _late(loaded):
        review = _("，正在加急处理")
    submitted = f"　{clock_words.exact(case.submitted_at)}" if case.submitted_at else ""
    rows = [
        (_("提交{submitted}").format(submitted=submitted), True),
        (_("复核{review}").format(review=review), approved),
        *_after_review(loaded, outcome, approved=approved),
    ]
    current = next((number for number, (_, done) in enumerate(rows) if not done), len(rows))
    return [(_("办理进度"), title, _state(number, current)) for number, (title, _done) in enumerate(rows)]


def _after_review(loaded: Loaded, outcome: Outcome, *, approved: bool) -> list[tuple[str, bool]]:
    ending, over = loaded.business.ending, loaded.case.state in {State.ACTIVE, State.DONE}
    if ending is Ending.ACCOUNT:
        call = (
            [(_("电话回访{call}").format(call=_call(loaded, outcome, approved)), over)]
            if is_called_back(loaded)
            else []
        )
        return [*call, (_("开通"), over and _all_opened(outcome))]
    closed = f"　{clock_words.exact(loaded.case.closed_at)}" if over and loaded.case.closed_at else ""
    if ending is Ending.CODES:
        return [(_("交易所开通{closed}").format(closed=closed), over)]
    return (
        [(_("柜台办理"), over), (_("完成{closed}").format(closed=closed), over)]
        if ending is Ending.COUNTER
        else [(_("生效{closed}").format(closed=closed), over)]
    )


def _call(loaded: Loaded, outcome: Outcome, approved: bool) -> str:
    """When the phone call comes or came."""
    case = loaded.case
    if case.state in {State.ACTIVE, State.DONE} and case.closed_at:
        return f"　{clock_words.exact(case.closed_at)}"
    if not approved:
        return _("，复核通过后 1 个交易日内来电")
    return (
        _("，{promise} 前来电").format(promise=clock_words.promise(outcome.callback_due))
        if outcome.callback_due
        else ""
    )


def _state(number: int, current: int) -> str:
    if number < current:
        return StepState.DONE
    return StepState.CURRENT if number == current else StepState.TODO


def _account(loaded: Loaded, outcome: Outcome) -> None:
    if not outcome.account or loaded.case.state not in AFTER_REVIEW:
        return
    with st.container(key="card-account"):
        st.markdown(_(":material/account_balance_wallet: 资金账号　**{account}**").format(account=outcome.account))
        for request in outcome.requests:
            st.markdown(_request(loaded, request))
    if outcome.calls and outcome.callback_due:
        st.caption(_("我们已拨打 {calls} 次，没有接通，会再次来电。").format(calls=outcome.calls))


def _request(loaded: Loaded, request: ExchangeRequest) -> str:
    name = _(names_of([request.exchange], loaded.rules["exchanges"]))
    if request.state == "opened":
        code = _("，交易编码 {trading_code}").format(trading_code=request.trading_code) if request.trading_code else ""
        said = _("{name}：已开通{code}").format(name=name, code=code)
        return f":material/check_circle: {notice.plain(said)}"
    words = _(_WAITING if request.state == "waiting" else _FAILED.get(request.return_code or 0, _OTHER))
    icon = "pending" if request.state == "waiting" else "info"
    return f":material/{icon}: {notice.plain(_('{name}：{text}').format(name=name, text=words))}"


def _ended(loaded: Loaded) -> None:
    case = loaded.case
    st.title(_(STATE_TITLES[case.state]))
    st.caption(_("{title} · 受理单 {number}").format(title=notice.plain(loaded.business.title), number=case.number))
    reason = case.remark if case.state is State.TERMINATED else ""
    notice.refusal("\n".join(filter(None, [ENDS[case.state], reason])))
    st.markdown(_(":material/call: 服务热线：{rules}").format(rules=notice.plain(str(loaded.rules["firm"]["hotline"]))))


def _documents(outcome: Outcome) -> None:
    if outcome.documents:
        with st.expander(
            _("已签署的协议（{count} 份）").format(count=len(outcome.documents)), icon=":material/description:"
        ):
            show_documents(outcome.documents)


def _give_up(desk: Desk, actor: Actor, loaded: Loaded) -> None:
    """放弃 while the firm has not decided yet (R187)."""
    if Action.ABANDON in ALLOWED[loaded.case.state] and not loaded.business.by_firm:
        give_up_button(loaded.case.id)
        if acting.asking() == question(loaded.case.id):
            confirm_give_up(desk, actor, loaded)


def question(case_id: str) -> str:
    """Name of the dialog that asks whether this case is to end."""
    return f"give_up|{case_id}"


def give_up_button(case_id: str) -> None:
    """放弃, which opens the question."""
    st.button(_("放弃"), key=f"give_up_{case_id[:8]}", type="tertiary", on_click=acting.ask, args=(question(case_id),))


@dialog("放弃这笔业务", on_dismiss=lambda: acting.ask(None))
def confirm_give_up(desk: Desk, actor: Actor, loaded: Loaded) -> None:
    """Ask in the firm's words, then end the case for good."""
    row = loaded.rules["notices"]["notices"]["give_up_confirm"]
    st.markdown(notice.plain(_(row["text"]).format_map({"case_number": loaded.case.number})))
    labels = {button["key"]: _(button["label"]) for button in row["buttons"]}
    st.button(labels["back"], key="give_up_no", type="primary", width="stretch", on_click=acting.ask, args=(None,))
    st.button(labels["give_up"], key="give_up_yes", width="stretch", on_click=_end, args=(desk, actor, loaded.case.id))
    if not acting.asking():
        st.rerun()


def _end(desk: Desk, actor: Actor, case_id: str) -> None:
    acting.ask(None)
    acting.attempt(lambda: abandon_case(desk, actor, case_id), _("已放弃这笔业务。"))
