"""The case page: draws the step where the customer stands, or the one looked at with 上一步."""

from __future__ import annotations

import streamlit as st

from core.businesses import BUSINESSES
from core.case import WITH_CUSTOMER
from core.errors import DeskError, NotYet
from core.flow import Step
from core.rules.calendar import local_day
from core.sentence import Sentence
from core.usecases.begin_supplement import begin_supplement
from core.usecases.loading import Kept, Loaded, load_case
from core.usecases.own_cases import deadline_of
from core.usecases.reservations import note_visit
from core.usecases.start_case import customer_id_of, start_case
from pages.parts import notice, state, visitor, wiring
from pages.parts.components.go_to_field import go_to_field
from pages.parts.components.read_aloud import read_aloud
from pages.parts.continue_elsewhere import phone_button, show_qr
from pages.parts.entry import branch_of
from pages.parts.help import help_button, show_help
from pages.parts.language import _
from pages.parts.outcome import show_outcome
from pages.parts.progress import show_progress
from pages.parts.state import Key
from pages.parts.step import StepView
from pages.steps import SCREENS, submit

guest = visitor.read()
if guest.customer is None or guest.actor is None:
    st.switch_page("customer/sign_in.py")
desk, actor = wiring.desk(), guest.actor


def _load() -> Loaded | None:
    """The open case; a business chosen before signing in is started."""
    kept = st.session_state.setdefault(Key.KEPT, Kept())
    with desk.read(actor.firm_id) as work:
        case = work.cases.find_open(actor.id, customer_id_of(actor))
        found = load_case(work, case, kept) if case else None
        mine = [] if found else work.cases.of_owner(actor.id)
    asked_by_firm = None if found else begin_supplement(desk, actor)
    if asked_by_firm:
        with desk.read(actor.firm_id) as work:
            found = load_case(work, asked_by_firm)
    if found:
        _note_visit(found)
        _note_wish(found)
        return found
    asked = state.get(Key.WANTED) or st.query_params.get("business")  # the session is a new one after signing in
    wanted = asked or (None if mine or customer_id_of(actor) else "open_account")
    if wanted is None:
        return None
    case = start_case(desk, actor, wanted, branch_of(guest.firm), guest.customer.phone)
    state.drop(Key.WANTED, Key.VIEW)
    st.query_params.pop("business", None)
    with desk.read(actor.firm_id) as work:
        return load_case(work, case)


def _note_wish(loaded: Loaded) -> None:
    """Another business was asked for: one at a time (R066). After a 补签协议 it follows by itself."""
    asked = state.get(Key.WANTED) or st.query_params.get("business")
    if asked in BUSINESSES and not loaded.business.by_firm:
        state.drop(Key.WANTED)
        st.query_params.pop("business", None)
        if asked != loaded.case.business:
            said = "“{wanted}”暂时不能开始：下面这笔“{open_one}”还没有办完，请先完成或放弃它。"
            state.put(Key.NOTED, [Sentence(said, wanted=BUSINESSES[asked].title, open_one=loaded.business.title)])


def _note_visit(loaded: Loaded) -> None:
    """Once a day and session: the visit counts as the sign-in of today's reservation (R163)."""
    visit = (loaded.case.id, local_day(loaded.now))
    if state.get(Key.VISIT) != visit:
        note_visit(desk, actor, loaded.case)
        state.put(Key.VISIT, visit)


def _states(loaded: Loaded, current: str) -> dict[str, str]:
    """How each step stands, for the progress and the picture; `current` is the one on screen, empty on the last."""
    states = {key: "done" if done else "todo" for key, done in loaded.done.items()}
    states |= {s.key: "rejected" for s in loaded.plan if loaded.facts.open_rejection(s.key) and not loaded.done[s.key]}
    if current and states[current] != "rejected":
        states[current] = "current"
    return states


def _progress(loaded: Loaded, step: Step, states: dict[str, str]) -> None:
    plan = loaded.plan
    phases = [
        (_(str(phase)), [(_(s.title), states[s.key]) for s in plan if s.phase == phase])
        for phase in dict.fromkeys(s.phase for s in plan)
    ]
    position = [s.key for s in plan].index(step.key) + 1
    show_progress(_(loaded.business.title), loaded.case.number, phases, position, len(plan), back="customer/hall.py")


def _tools(loaded: Loaded, step: Step, states: dict[str, str]) -> None:
    """Help, the phone, reading aloud: beside every step."""
    with st.container(horizontal=True, key="tools"):
        help_button(step.key)
        if guest.customer.device != "phone":
            phone_button(desk, actor, loaded.case.id, step.key)
        read_aloud("read_aloud", place="step", page=f"{step.key} {state.get(Key.QUESTION)}")
    show_help(loaded, step.key, states)
    show_qr(desk, actor, loaded, step.key)
    if loaded.business.by_firm:
        st.caption(
            notice.plain(_("{deadline_of}完成后可以办理其他业务。").format(deadline_of=deadline_of(desk, loaded.case)))
        )


def _draw(loaded: Loaded) -> None:
    plan, view = loaded.plan, state.get(Key.VIEW)
    viewed = loaded.business.step(view) if view and loaded.may_enter(view) else None
    step = viewed or loaded.current or plan[-1]
    handing_in = viewed is None and loaded.current is None and step.key != "follow_up"
    states = _states(loaded, "" if handing_in else step.key)
    _progress(loaded, step, states)
    st.header(_("提交") if handing_in else _(step.title))
    _tools(loaded, step, states)
    screen = StepView(desk, actor, guest.customer, loaded, step, plan)
    if handing_in:
        submit.draw(screen)
        return
    with st.container(key="step"):
        rejection = loaded.facts.open_rejection(step.key)
        if rejection and not loaded.done[step.key]:
            notice.rejected([_(text) for text in rejection.customer_text.split("\n")])
        elif step.hint:
            st.caption(_(step.hint))
        _show_noted()
        SCREENS[step.screen or step.key](screen)
    place = state.get(Key.PLACE)
    if place:
        go_to_field("go_to_field", field_key=place[0], nonce=place[1])


def _show_noted() -> None:
    for text in state.get(Key.NOTED) or ():
        st.info(notice.plain(text), icon=":material/info:")


def _not_yet(error: NotYet) -> None:
    """Why the chosen business cannot begin, and what helps: the other way to sign in, another business, the hall."""
    wanted = str(state.get(Key.WANTED) or "")
    state.drop(Key.WANTED)
    st.title(_("暂时不能办理"))
    notice.refusal(error.text)
    if customer_id_of(actor) is None and wanted:
        st.button(
            _("退出并用身份证号登录"), key="sign_in_again", type="primary", on_click=visitor.leave, args=(wanted,)
        )
    if error.instead:
        st.button(
            _("办理{title}").format(title=_(BUSINESSES[error.instead].title)),
            key="instead",
            type="secondary" if customer_id_of(actor) is None else "primary",
            on_click=state.put,
            args=(Key.WANTED, error.instead),
        )
    st.page_link("customer/hall.py", label=_("回到业务办理"), icon=":material/home:")


try:
    loaded = _load()
    if loaded is None:
        st.switch_page("customer/my_cases.py")
    if loaded.case.state in WITH_CUSTOMER:
        _draw(loaded)
    else:
        _show_noted()
        show_outcome(desk, actor, loaded)
except NotYet as error:
    _not_yet(error)
except DeskError as error:
    notice.refusal(error.text)
    st.page_link("customer/hall.py", label=_("回到业务办理"), icon=":material/home:")
