"""个人信息: what the firm holds on a customer, and the rights of the Personal Information Protection Law
(art. 15 withdrawal, 44 and 45 to know and to have a copy, 46 correction, 47 deletion, 50 answer in time)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from core import limits
from core.actor import Actor
from core.audit import Tag
from core.case import WITH_CUSTOMER, Case
from core.errors import NotAllowed, TooMany, WrongState
from core.flow import Rules
from core.ports import Desk, Work
from core.records import CustomerFile
from core.records_customers import DataRequest, RequestKind
from core.rules.calendar import local_day
from core.sentence import Sentence
from core.usecases.loading import Loaded, rules_for, settle
from core.usecases.notify import notify
from core.usecases.persons import Person, file_of, of_actor, of_case

ASKED = {RequestKind.DELETION: "申请删除", RequestKind.COMPLAINT: "投诉或意见"}
"""What customers write themselves, and staff have to answer."""
KINDS = {**ASKED, RequestKind.COPY: "获取副本", RequestKind.WITHDRAW: "撤回人脸与视频信息的同意"}
MOST_TEXT, MOST_OPEN = 1000, 5
CONSENT = "face_video_consent"
WITHOUT_CONSENT = "您已撤回人脸与视频信息的同意，不能进行视频验证。请回到“上传照片”重新勾选同意，或到营业部办理。"


@dataclass(frozen=True)
class OwnData:
    """What the page shows. `withdrawn` is when the consent to face and video was withdrawn, None while it stands."""

    person: Person
    file: CustomerFile
    phone: str
    requests: tuple[DataRequest, ...]
    withdrawn: datetime | None
    rules: Rules
    now: datetime


def own_data(desk: Desk, actor: Actor) -> OwnData:
    """Everything about the signed-in customer; raises `NotAllowed` for staff."""
    with desk.read(actor.firm_id) as work:
        return load_own_data(work, actor)


def load_own_data(work: Work, actor: Actor) -> OwnData:
    """The same inside the caller's transaction."""
    _customer_only(actor)
    person = of_actor(work, actor)
    file = file_of(work, person)
    requests = tuple(work.matters.requests_of(person.subjects | {actor.id}))
    phone, withdrawn = phone_of(work, actor, person), _withdrawn(work, requests, person.cases)
    return OwnData(person, file, phone, requests, withdrawn, rules_for(work), work.now)


def _customer_only(actor: Actor) -> None:
    if actor.is_staff:
        raise NotAllowed


def phone_of(work: Work, actor: Actor, person: Person) -> str:
    """Where codes and answers go: the number on file, else the one that signed in."""
    if person.customer:
        return person.customer.phone
    session = work.people.find_session(session_id=actor.session_id)
    return session.phone if session and session.subject == actor.id else ""


# -- requests
def answer_days(rules: Rules) -> int:
    """Days in which the firm answers: its own figure, else the usual one."""
    own = rules["business_rules"].get("personal_data") or {}
    return int(own.get("answer_days", limits.DATA_ANSWER_DAYS))


def ask_about_data(desk: Desk, actor: Actor, kind: str, text: str) -> dict[str, str]:
    """Hand in a request that staff must answer in time (`business_rules`: `personal_data`); errors by field.

    Raises `TooMany` while several wait.
    """
    words, errors = text.strip(), {}
    if kind not in ASKED:
        errors["kind"] = "请选择申请类型。"
    if not 0 < len(words) <= MOST_TEXT:
        errors["text"] = Sentence("请写明内容，最多 {most_text} 字。", most_text=MOST_TEXT)
    _customer_only(actor)
    if errors:
        return errors
    with desk.write(actor.firm_id) as work:
        found = load_own_data(work, actor)
        if sum(1 for each in found.requests if each.due_at and not each.answered_at) >= MOST_OPEN:
            raise TooMany("您有几项申请还在处理，请等答复后再提交。")
        due = work.now + timedelta(days=answer_days(found.rules))
        body = {"text": words, "phone": found.phone}
        add_request(work, actor, RequestKind(kind), body, due)
        notify(work, found.rules, actor.id, found.phone, "request_received", day=f"{local_day(due):%Y-%m-%d}")
    return {}


def add_request(work: Work, actor: Actor, kind: RequestKind, body: dict[str, str], due: datetime | None = None) -> None:
    """Put a request of the signed-in customer on record."""
    request = DataRequest(work.new_id(), actor.id, kind, body, work.now, due)
    work.matters.add_request(request)
    work.audit(actor, Tag.CUSTOMER_REQUEST_ADD, f"request:{request.id}", kind=str(kind))


# -- consent to face and video (art. 15, 29)
def withdraw_consent(desk: Desk, actor: Actor) -> None:
    """No video from now on; an open business waits at 上传照片 for the consent, finished ones keep their evidence.

    Raises `WrongState` during a call. Repeating it changes nothing.
    """
    with desk.write(actor.firm_id) as work:
        found = load_own_data(work, actor)
        if found.withdrawn:
            return
        for case in found.person.cases:
            if case.state in WITH_CUSTOMER:
                _stop_video(work, actor, case)
        add_request(work, actor, RequestKind.WITHDRAW, {})
        work.audit(actor, Tag.CUSTOMER_CONSENT_WITHDRAW, "consent", consent=CONSENT)


def _stop_video(work: Work, actor: Actor, case: Case) -> None:
    live = work.queue.find_live(case.id)
    if live and not (live.state == "waiting" and work.queue.leave(live.id, actor.id)):
        raise WrongState("您正在视频通话，请先结束通话，再撤回同意。")
    given = work.cases.answers(case.id).get("photos")
    if given and given.values.get(CONSENT) is True:
        work.cases.save_answer(case.id, "photos", {**given.values, CONSENT: False})
        settle(work, work.cases.change(case))


def _withdrawn(work: Work, requests: tuple[DataRequest, ...], cases: tuple[Case, ...]) -> datetime | None:
    """When the consent was withdrawn, None where it was given again since (or never taken back)."""
    at = next((each.created_at for each in requests if each.kind is RequestKind.WITHDRAW), None)
    if at is None:
        return None
    for case in cases:
        given = work.cases.answers(case.id).get("photos")
        if given and given.values.get(CONSENT) is True and given.saved_at > at:
            return None
    return at


def require_consent(work: Work, loaded: Loaded) -> None:
    """Raise `WrongState` for a customer who withdrew the consent and did not give it again in this case."""
    requests = work.matters.requests_of(of_case(work, loaded.case).subjects)
    at = next((each.created_at for each in requests if each.kind is RequestKind.WITHDRAW), None)
    given = loaded.facts.answers.get("photos")
    if at and not (given and given.values.get(CONSENT) is True and given.saved_at > at):
        raise WrongState(WITHOUT_CONSENT)
