"""Every method of the stores with a call of it: what it reads of a firm, what it writes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from core.actor import system
from core.audit import Tag
from core.case import State
from core.flow import Evidence, Proof, Rejection
from core.metrics import Span, Targets
from core.records import Branch, CustomerFile, Firm, SessionRecord, SmsCode, StaffMember
from core.records_casework import Happened, Order, Where
from core.records_customers import ProposalKind, ProposalState
from core.records_photos import PhotoReading
from core.records_retention import Erasure, LegalHold
from core.records_rules import DraftState
from core.rules.calendar import CalendarDay
from core.rules.reservation import ReservationState, Shift
from core.supplement import Standing
from tests.db.filled import (
    CAMPAIGN,
    DAY,
    DRAFT,
    EARLY,
    HOOK,
    JUDGEMENT,
    KEY,
    LOOKS,
    MARK,
    ONLY_HERE,
    PHONE,
    READ_RESULT,
    RING,
    TEST,
    Filled,
)
from tests.desk_bench import id_number

Act = Callable[[Any, Filled], Any]
"""A call on a unit of work with what stands in the filled firm."""


def _among(found: Any, wanted: object) -> list[Any]:
    """What of a list or mapping is the filled firm's own."""
    return [each for each in found if getattr(each, "id", each) == wanted]


def _some(facts: Any) -> Any:
    return facts.answers or facts.evidence or facts.proofs or facts.rejections


READS: dict[str, Act] = {
    "audit_head": lambda w, a: w.audit_head()[1] == a.head,
    "audit_entries": lambda w, a: [e for e in w.audit_entries() if a.active.case_id in e.object],
    "cases.find": lambda w, a: w.cases.find(a.active.case_id),
    "cases.get": lambda w, a: w.cases.get(a.active.case_id),
    "cases.find_open": lambda w, a: w.cases.find_open(a.rejected.owner),
    "cases.of_owner": lambda w, a: w.cases.of_owner(a.active.owner),
    "cases.in_states": lambda w, a: w.cases.in_states(list(State)),
    "cases.silent_since": lambda w, a: w.cases.silent_since(w.now, ["x"], 9),
    "cases.with_id": lambda w, a: w.cases.with_id(a.active.person.id_number),
    "cases.others_with_id": lambda w, a: w.cases.others_with_id(a.active.person.id_number, "x", "phone:other"),
    "cases.witness_of": lambda w, a: w.cases.witness_of(a.active.case_id),
    "cases.facts": lambda w, a: _some(w.cases.facts(w.cases.get(a.active.case_id))),
    "cases.answers": lambda w, a: w.cases.answers(a.active.case_id),
    "cases.find_number": lambda w, a: w.cases.find_number(a.case.number),
    "calls.lines": lambda w, a: w.calls.lines(a.in_call.case_id, "customer"),
    "calls.occupied": lambda w, a: w.calls.occupied("witness"),
    "cases.evidence": lambda w, a: w.cases.evidence(a.active.case_id),
    "cases.find_evidence": lambda w, a: w.cases.find_evidence(a.evidence.id),
    "cases.count_uploads": lambda w, a: w.cases.count_uploads(a.active.case_id, ["id_front"]),
    "cases.has_file": lambda w, a: w.cases.has_file(a.evidence.file_id),
    "cases.known_files": lambda w, a: w.cases.known_files(),
    "cases.marks": lambda w, a: w.cases.marks(a.active.case_id),
    "cases.proofs": lambda w, a: w.cases.proofs(a.active.case_id),
    "cases.rejections": lambda w, a: w.cases.rejections(a.rejected.case_id),
    "cases.internal_notes": lambda w, a: w.cases.internal_notes(a.rejected.case_id),
    "people.find_customer": lambda w, a: w.people.find_customer(id_number=ONLY_HERE.id_number)
    or w.people.find_customer(customer_id=ONLY_HERE.id),
    "people.customers_with": lambda w, a: w.people.customers_with("name", ONLY_HERE.name)
    or w.people.customers_with("id_number", ONLY_HERE.id_number) or w.people.customers_with("phone", PHONE)
    or w.people.customers_with("capital_account", a.active.account),
    "people.customer_file": lambda w, a: w.people.customer_file(ONLY_HERE.id).profile,
    "people.find_staff": lambda w, a: w.people.find_staff(login="onlyhere")
    or w.people.find_staff(staff_id="only-here"),
    "people.all_staff": lambda w, a: _among(w.people.all_staff(), "only-here"),
    "people.find_session": lambda w, a: w.people.find_session(session_id="session-here")
    or w.people.find_session(token_hash="token-hash"),
    "people.sessions_of": lambda w, a: w.people.sessions_of("staff:only-here"),
    "people.find_code": lambda w, a: w.people.find_code("code-here"),
    "people.codes_sent": lambda w, a: w.people.codes_sent(PHONE, EARLY),
    "people.events_since": lambda w, a: w.people.events_since("ip|here", EARLY),
    "firms.firm": lambda w, a: w.firms.firm().id == "f1",
    "firms.branches": lambda w, a: _among(w.firms.branches(), "only_here"),
    "firms.current_versions": lambda w, a: _among(w.firms.current_versions(), "only_here"),
    "firms.data": lambda w, a: w.firms.data("only_here", 1),
    "firms.rules": lambda w, a: _among(w.firms.rules().versions, "only_here"),
    "firms.days": lambda w, a: w.firms.days(DAY, DAY),
    "queue.find": lambda w, a: w.queue.find(a.waiting.id) or w.queue.find(a.waiting.id, lock=True),
    "queue.find_live": lambda w, a: w.queue.find_live("case-waiting"),
    "queue.find_last": lambda w, a: w.queue.find_last(a.active.case_id),
    "queue.find_held": lambda w, a: w.queue.find_held("witness"),
    "queue.find_offered": lambda w, a: w.queue.find_offered("supervisor"),
    "queue.line": lambda w, a: w.queue.line("b1"),
    "queue.waiting": lambda w, a: w.queue.waiting("b1"),
    "queue.running": lambda w, a: w.queue.running(),
    "queue.expired_offers": lambda w, a: w.queue.expired_offers(),
    "queue.handling_times": lambda w, a: w.queue.handling_times(EARLY, 5) or w.queue.handling_times(EARLY, 5, "b1"),
    "queue.joined_since": lambda w, a: any(w.queue.joined_since(EARLY)),
    "duty.skills": lambda w, a: w.duty.skills("only-here"),
    "duty.everyones_skills": lambda w, a: w.duty.everyones_skills().get("only-here"),
    "duty.current": lambda w, a: w.duty.current("only-here") or w.duty.current("only-here", lock=True),
    "duty.everybody": lambda w, a: w.duty.everybody(),
    "duty.able": lambda w, a: w.duty.able("b1", "open_account"),
    "duty.idle": lambda w, a: w.duty.idle(),
    "messages.current_messages": lambda w, a: w.messages.current_messages("b1"),
    "reservations.find": lambda w, a: w.reservations.find(a.booked.id) or w.reservations.find(a.booked.id, lock=True),
    "reservations.find_booked": lambda w, a: w.reservations.find_booked(a.booked.owner),
    "reservations.find_last": lambda w, a: w.reservations.find_last("case-waiting"),
    "reservations.of_case": lambda w, a: w.reservations.of_case("case-waiting"),
    "reservations.of_day": lambda w, a: w.reservations.of_day("b1", DAY),
    "reservations.booked_from": lambda w, a: w.reservations.booked_from(DAY),
    "reservations.ended": lambda w, a: w.reservations.ended(),
    "reservations.broken_promises": lambda w, a: w.reservations.broken_promises(a.booked.owner),
    "reservations.joined_between": lambda w, a: w.reservations.joined_between("case-waiting", EARLY, w.now),
    "reservations.slots": lambda w, a: w.reservations.slots("b1", DAY, DAY),
    "reservations.roster": lambda w, a: w.reservations.roster("b1"),
    "reservations.recent_handling": lambda w, a: w.reservations.recent_handling("b1"),
    "documents.find_authority": lambda w, a: w.documents.find_authority(),
    "documents.find_certificate": lambda w, a: w.documents.find_certificate(a.active.device.kid),
    "documents.certificates_of": lambda w, a: w.documents.certificates_of(a.active.owner),
    "documents.of_case": lambda w, a: w.documents.of_case(a.active.case_id),
    "documents.find": lambda w, a: w.documents.find(a.document.id),
    "results.account_of": lambda w, a: w.results.account_of(a.active.case_id),
    "results.requests": lambda w, a: w.results.requests(a.active.case_id),
    "results.callbacks": lambda w, a: w.results.callbacks(a.active.case_id),
    "knowledge.find": lambda w, a: w.knowledge.find("test-here") or w.knowledge.find("test-here", lock=True),
    "knowledge.find_open": lambda w, a: w.knowledge.find_open("phone:here"),
    "knowledge.of_person": lambda w, a: w.knowledge.of_person("phone:here", "somebody"),
    "knowledge.of_case": lambda w, a: w.knowledge.of_case("case-waiting"),
    "knowledge.overdue": lambda w, a: w.knowledge.overdue(),
    "jobs.due": lambda w, a: w.jobs.due(),
    "jobs.unfinished": lambda w, a: w.jobs.unfinished(),
    "jobs.named_files": lambda w, a: w.jobs.named_files(),
    "jobs.find_sms": lambda w, a: w.jobs.find_sms(a.sms.id),
    "jobs.recent_sms": lambda w, a: w.jobs.recent_sms(EARLY),
    "jobs.sms_between": lambda w, a: w.jobs.sms_between(EARLY, w.now, 9),
    "jobs.sms_of": lambda w, a: w.jobs.sms_of([a.active.owner]),
    "matters.notes_of": lambda w, a: w.matters.notes_of([f"customer:{ONLY_HERE.id}"]),
    "matters.find_proposal": lambda w, a: w.matters.find_proposal("proposal-here"),
    "matters.proposals_of": lambda w, a: w.matters.proposals_of(ONLY_HERE.id),
    "matters.waiting_proposals": lambda w, a: w.matters.waiting_proposals(),
    "matters.lapsed_proposals": lambda w, a: w.matters.lapsed_proposals(ProposalKind.INVESTOR_CLASS, DAY),
    "matters.find_request": lambda w, a: w.matters.find_request("request-here"),
    "matters.requests_of": lambda w, a: w.matters.requests_of([f"customer:{ONLY_HERE.id}"]),
    "matters.open_requests": lambda w, a: w.matters.open_requests(),
}  # fmt: skip


READS |= {
    "agreement_use.counts": lambda w, a: w.agreement_use.counts(),
    "agreement_use.readings": lambda w, a: w.agreement_use.readings("risk_statement", 9),
    "agreement_use.signings": lambda w, a: w.agreement_use.signings("risk_statement", 9),
    "photos.find": lambda w, a: w.photos.find("photo-here"),
    "photos.of_case": lambda w, a: w.photos.of_case("case-waiting"),
    "photos.waiting_of": lambda w, a: w.photos.waiting_of("case-waiting"),
    "photos.seen_before": lambda w, a: w.photos.seen_before("case-new", "photo-new", LOOKS),
    "photos.known_crops": lambda w, a: w.photos.known_crops(),
}
READS |= {
    "cases.replaced_evidence": lambda w, a: w.cases.replaced_evidence("case-waiting"),
    "marks.of_case": lambda w, a: w.marks.of_case("case-waiting"),
    "marks.waiting": lambda w, a: w.marks.waiting("case-waiting"),
    "marks.judgements": lambda w, a: w.marks.judgements("case-waiting"),
    "marks.finding_counts": lambda w, a: w.marks.finding_counts(),
    "marks.result_counts": lambda w, a: w.marks.result_counts(),
}
READS |= {
    "supplements.holders": lambda w, a: w.supplements.holders(),
    "supplements.signed_versions": lambda w, a: w.supplements.signed_versions(["risk_statement"]),
    "supplements.busy": lambda w, a: w.supplements.busy(),
    "supplements.asked": lambda w, a: w.supplements.asked(),
    "supplements.campaigns": lambda w, a: w.supplements.campaigns(),
    "supplements.find_campaign": lambda w, a: w.supplements.find_campaign(CAMPAIGN.id),
    "supplements.progress": lambda w, a: w.supplements.progress(),
    "supplements.requests": lambda w, a: w.supplements.requests(CAMPAIGN.id, Standing.WAITING, 9),
    "supplements.waiting_of": lambda w, a: w.supplements.waiting_of(ONLY_HERE.id),
    "supplements.of_case": lambda w, a: w.supplements.of_case(a.active.case_id),
    "supplements.untold": lambda w, a: w.supplements.untold(CAMPAIGN, 9),
}
READS |= {
    "rule_drafts.versions": lambda w, a: (
        [v for v in w.rule_drafts.versions() if v.kind == "only_here"] or w.rule_drafts.versions("only_here")
    ),
    "rule_drafts.find": lambda w, a: w.rule_drafts.find(DRAFT.id),
    "rule_drafts.of_kind": lambda w, a: w.rule_drafts.of_kind("only_here"),
    "rule_drafts.in_states": lambda w, a: w.rule_drafts.in_states(list(DraftState)),
    "rule_drafts.count_finished": lambda w, a: w.rule_drafts.count_finished(EARLY),
    "rule_drafts.finished_since": lambda w, a: w.rule_drafts.finished_since(EARLY, "", 9, ["profile"]),
    "rule_drafts.open_cases_before": lambda w, a: w.rule_drafts.open_cases_before("questionnaire", 2, 9),
    "casework.events": lambda w, a: w.casework.events(a.active.case_id),
    "casework.audit_of": lambda w, a: w.casework.audit_of(f"case:{a.active.case_id}"),
    "jobs.sms_since": lambda w, a: w.jobs.sms_since(a.active.owner, EARLY),
    "casework.of_case": lambda w, a: w.casework.of_case(a.case).holder_id,
    "casework.held_by": lambda w, a: w.casework.held_by("only-here"),
    "casework.tasks": lambda w, a: w.casework.tasks(a.active.case_id),
    "casework.find_task": lambda w, a: w.casework.find_task(a.task),
    "lists.counts": lambda w, a: sum(w.lists.counts([Where(frozenset(State))], "x")),
    "lists.found": lambda w, a: w.lists.found(Where(frozenset(State)), "x", Order.DUE, 9),
    "lists.oldest": lambda w, a: w.lists.oldest(Where(frozenset(State)), "x"),
    "queue.of_case": lambda w, a: w.queue.of_case(a.active.case_id),
}
READS |= {
    "watch.marks_of": lambda w, a: w.watch.marks_of(["case:elsewhere"]),
    "watch.sharing": lambda w, a: [
        each for kind, index in [("card", a.card_index)] for each in w.watch.sharing(kind, index, [])
    ],
    "watch.find_block": lambda w, a: w.watch.find_block("block-here"),
    "watch.blocks": lambda w, a: w.watch.blocks(),
    "watch.blocked": lambda w, a: w.watch.blocked({"id_number": id_number(9), "phone": PHONE}),
    "retention.unfinished": lambda w, a: [
        each for empty in (True, False) for each in w.retention.unfinished(w.now, empty=empty)
    ],
    "retention.given_up": lambda w, a: w.retention.given_up(w.now),
    "retention.records": lambda w, a: w.retention.records(w.now),
    "retention.is_record": lambda w, a: w.retention.is_record(a.active.case_id),
    "retention.erasures": lambda w, a: w.retention.erasures(9),
    "retention.find_erasure": lambda w, a: w.retention.find_erasure("erased-here"),
    "retention.holds": lambda w, a: w.retention.holds(),
    "retention.is_held": lambda w, a: w.retention.is_held(a.active.case_id),
    "samples.finished": lambda w, a: w.samples.finished("call", EARLY) + w.samples.finished("review", EARLY),
    "samples.find_sample": lambda w, a: w.samples.find_sample("sample-here"),
    "samples.open_samples": lambda w, a: w.samples.open_samples(),
    "samples.checked_since": lambda w, a: w.samples.checked_since(EARLY),
    "interfaces.events_after": lambda w, a: w.interfaces.events_after(0, 9),
    "interfaces.cases_after": lambda w, a: w.interfaces.cases_after("", 9),
    "interfaces.webhooks": lambda w, a: w.interfaces.webhooks(),
    "interfaces.find_webhook": lambda w, a: w.interfaces.find_webhook(HOOK.id),
    "interfaces.first_waiting": lambda w, a: w.interfaces.first_waiting(HOOK.id),
    "interfaces.find_delivery": lambda w, a: w.interfaces.find_delivery(a.delivery.id),
    "interfaces.deliveries": lambda w, a: w.interfaces.deliveries(9),
    "interfaces.api_keys": lambda w, a: w.interfaces.api_keys(),
    "interfaces.find_key": lambda w, a: w.interfaces.find_key("hash-here"),
    "results.unsent": lambda w, a: w.results.unsent(list(State)),
}
EVER = Span(0, 99_999)
READS |= {
    "metrics.dirty": lambda w, a: w.metrics.dirty(),
    "metrics.days_with_facts": lambda w, a: w.metrics.days_with_facts(),
    "metrics.by_day": lambda w, a: w.metrics.by_day(EVER, ["offered"], "day"),
    "metrics.by_hour": lambda w, a: w.metrics.by_hour(EVER, ["offered"], "hour"),
    "metrics.by_staff": lambda w, a: w.metrics.by_staff(EVER, ["calls"]),
    "case_figures.standing": lambda w, a: w.case_figures.standing(EVER),
    "case_figures.reached": lambda w, a: w.case_figures.reached(EVER, "business"),
    "case_figures.reasons": lambda w, a: w.case_figures.reasons(EVER),
    "case_figures.ages": lambda w, a: w.case_figures.ages(EVER, (1, 3)),
    "case_figures.begun": lambda w, a: w.case_figures.begun(EVER, (), ("device", "witness", ""), 10),
    "metrics.histograms": lambda w, a: w.metrics.histograms("wait", EVER),
    "metrics.tickets_of_day": lambda w, a: w.metrics.tickets_of_day(EVER, 10),
    "metrics.line_now": lambda w, a: w.metrics.line_now(),
    "metrics.calls_now": lambda w, a: w.metrics.calls_now(),
    "metrics.duty_now": lambda w, a: w.metrics.duty_now(),
    "metrics.tickets_today": lambda w, a: w.metrics.tickets_today(Targets(), EVER),
    "metrics.reservations_of": lambda w, a: w.metrics.reservations_of(a.booked.day),
}
WRITES: dict[str, Act] = {
    "marks.add_mark": lambda w, a: w.marks.add_mark(replace(MARK, id="mark-new")),
    "marks.remove_mark": lambda w, a: w.marks.remove_mark("case-waiting", MARK.id),
    "marks.send": lambda w, a: w.marks.send("case-waiting", "rejection-new"),
    "marks.judge": lambda w, a: w.marks.judge("case-waiting", replace(JUDGEMENT, agrees=False)),
    "marks.add_results": lambda w, a: w.marks.add_results("case-waiting", [replace(READ_RESULT, field="sex")]),
    "photos.add_waiting": lambda w, a: w.photos.add_waiting("case-waiting", "photo-new"),
    "photos.save": lambda w, a: w.photos.save(PhotoReading("photo-here", "failed")),
    "photos.keep_looks": lambda w, a: w.photos.keep_looks("case-waiting", "photo-later", LOOKS),
    "calls.add_line": lambda w, a: w.calls.add_line(replace(a.line, id="new")),
    "calls.take_over": lambda w, a: w.calls.take_over(
        replace(a.waiting, id=a.in_call.ticket, fence=a.in_call.fence), "only-here", {}, "customer"),
    "metrics.touch": lambda w, a: w.metrics.touch(DAY, "b1"),
    "metrics.touch_span": lambda w, a: w.metrics.touch_span(EARLY, EARLY, "b1"),
    "metrics.touch_ticket": lambda w, a: w.metrics.touch_ticket(a.waiting.id),
    "metrics.touch_case": lambda w, a: w.metrics.touch_case(a.active.case_id),
    "metrics.refresh_dirty": lambda w, a: w.metrics.refresh_dirty(Targets()),
    "metrics.refresh": lambda w, a: w.metrics.refresh(Targets(target_s=1), 0, 99_999),
    "number": lambda w, a: w.number("capital_account"),
    "once": lambda w, a: w.once(a.active.case_id, "probe", "1"),
    "audit": lambda w, a: w.audit(system(w.firm_id), Tag.STAFF_CASE_TAKE, f"case:{a.active.case_id}"),
    "personal_read": lambda w, a: w.personal_read(system(w.firm_id), f"case:{a.active.case_id}", "probe"),
    "cases.add_case": lambda w, a: w.cases.add_case(
        replace(a.case, id="new", number="8001990101000001", owner="phone:new")),
    "cases.change": lambda w, a: w.cases.change(a.case, remark="改", state=State.TERMINATED),
    "cases.save_answer": lambda w, a: w.cases.save_answer(a.active.case_id, "profile", {"name": "改"}),
    "cases.add_evidence": lambda w, a: w.cases.add_evidence(
        a.active.case_id, Evidence("new", "id_front", "f" * 32, "0" * 64, "image/jpeg", 1, w.now), "system"),
    "cases.replace_evidence": lambda w, a: (
        w.cases.replace_evidence(a.active.case_id, slot="id_front"),
        w.cases.replace_evidence(a.active.case_id, evidence_id=a.evidence.id)),
    "cases.add_proof": lambda w, a: w.cases.add_proof(a.active.case_id, Proof("read", "x", "y", w.now, {}), "system"),
    "cases.add_rejection": lambda w, a: w.cases.add_rejection(
        a.active.case_id, Rejection("new", "review", ("D02",), ("profile",), "改", w.now), "", "system"),
    "people.add_customer": lambda w, a: w.people.add_customer(
        replace(ONLY_HERE, id="new", number="80018888", id_number=id_number(11))),
    "people.change_customer": lambda w, a: w.people.change_customer(replace(ONLY_HERE, name="张别处")),
    "people.keep_file": lambda w, a: w.people.keep_file(ONLY_HERE.id, CustomerFile({"name": "张别处"})),
    "people.add_staff": lambda w, a: w.people.add_staff(StaffMember("new", "new", "新", "", "b1", frozenset(), "x")),
    "people.change_staff": lambda w, a: w.people.change_staff("only-here", active=False, totp_secret="x"),
    "people.count_failure": lambda w, a: w.people.count_failure("only-here"),
    "people.use_totp_step": lambda w, a: w.people.use_totp_step("only-here", 9),
    "people.add_session": lambda w, a: w.people.add_session(
        SessionRecord("new", w.firm_id, "staff", "staff:only-here", w.now, w.now), "t", w.now),
    "people.redeem_ticket": lambda w, a: w.people.redeem_ticket("ticket-new", "token-new", "phone"),
    "people.touch_session": lambda w, a: w.people.touch_session("session-here"),
    "people.revoke_session": lambda w, a: w.people.revoke_session("session-here"),
    "people.revoke_sessions_of": lambda w, a: w.people.revoke_sessions_of("staff:only-here"),
    "people.add_captcha": lambda w, a: w.people.add_captcha("new", b"mac"),
    "people.use_captcha": lambda w, a: w.people.use_captcha("captcha-here"),
    "people.add_code": lambda w, a: w.people.add_code(SmsCode("new", "x", PHONE, b"m", w.now, 0, used=False)),
    "people.count_try": lambda w, a: w.people.count_try("code-here", 5),
    "people.use_code": lambda w, a: w.people.use_code("code-here"),
    "people.count_event": lambda w, a: w.people.count_event("ip|here"),
    "people.forget_before": lambda w, a: w.people.forget_before(w.now + timedelta(days=1)),
    "firms.add_firm": lambda w, a: w.firms.add_firm(Firm("new", "8999", "新", "", demo=True)),
    "firms.add_branch": lambda w, a: w.firms.add_branch(Branch("new", "新", "", "")),
    "firms.add_data": lambda w, a: w.firms.add_data("only_here", 2, {}, EARLY, "x"),
    "firms.add_days": lambda w, a: w.firms.add_days([CalendarDay(DAY + timedelta(days=1), workday=True, trading=True)]),
    "firms.set_days": lambda w, a: w.firms.set_days([CalendarDay(DAY, workday=False, trading=False, name="改")]),
    "queue.join": lambda w, a: w.queue.join("case-new", "b1", "open_account"),
    "queue.seen": lambda w, a: w.queue.seen(a.waiting.id),
    "queue.claim": lambda w, a: w.queue.claim("witness2"),
    "queue.offer": lambda w, a: w.queue.offer(a.waiting.id, "witness2", RING),
    "queue.accept": lambda w, a: w.queue.accept(a.offered.id, "supervisor", a.offered.fence),
    "queue.stop_ringing": lambda w, a: w.queue.stop_ringing(a.offered.id, "supervisor", a.offered.fence, "missed"),
    "queue.renew": lambda w, a: w.queue.renew(a.in_call.ticket, "witness", a.in_call.fence),
    "queue.save_script": lambda w, a: w.queue.save_script(a.in_call.ticket, "witness", a.in_call.fence, {"x": 1}),
    "queue.finish": lambda w, a: w.queue.finish(a.in_call.ticket, "witness", a.in_call.fence, "passed"),
    "queue.back_to_head": lambda w, a: w.queue.back_to_head(a.in_call.ticket, "witness", a.in_call.fence),
    "queue.leave": lambda w, a: w.queue.leave(a.waiting.id, "x"),
    "queue.give_up": lambda w, a: w.queue.give_up("case-waiting", "x"),
    "queue.put_ahead": lambda w, a: w.queue.put_ahead(a.waiting, "staff:supervisor", "complaint"),
    "queue.transfer": lambda w, a: w.queue.transfer(a.waiting.id, "b2", "staff:supervisor", "staffing"),
    "queue.sweep": lambda w, a: w.queue.sweep(),
    "queue.ledger": lambda w, a: w.queue.ledger(a.waiting.id, "join", "x", 0),
    "duty.add_skill": lambda w, a: w.duty.add_skill("only-here", "b2", "*"),
    "duty.set_skills": lambda w, a: w.duty.set_skills("only-here", []),
    "duty.seen": lambda w, a: w.duty.seen("only-here"),
    "duty.stop": lambda w, a: w.duty.stop("only-here"),
    "duty.stop_silent": lambda w, a: w.duty.stop_silent(),
    "duty.change": lambda w, a: w.duty.change("only-here", "b1", "break", "meal"),
    "messages.add_message": lambda w, a: w.messages.add_message(replace(a.message, id="new")),
    "messages.end_message": lambda w, a: w.messages.end_message(a.message.id),
    "reservations.change": lambda w, a: w.reservations.change(
        a.booked.id, ReservationState.BOOKED, state="cancelled", closed_at=w.now),
    "reservations.note_reminded": lambda w, a: w.reservations.note_reminded(a.booked.id),
    "reservations.add_booking": lambda w, a: w.reservations.add_booking(
        replace(a.booked, id="new", owner="phone:new")),
    "reservations.set_priority": lambda w, a: w.reservations.set_priority("case-waiting", prio_from=w.now),
    "reservations.take_place": lambda w, a: w.reservations.take_place("b1", DAY, "09:00", 9),
    "reservations.give_back": lambda w, a: w.reservations.give_back("b1", DAY, "09:00"),
    "reservations.set_slot": lambda w, a: w.reservations.set_slot("b1", DAY, "09:00", closed="改"),
    "reservations.hold_slots": lambda w, a: w.reservations.hold_slots(
        "b1", [(DAY, "09:00", "12:00"), (DAY, "13:00", "17:30")]),
    "reservations.set_roster": lambda w, a: w.reservations.set_roster("b1", [Shift("witness2", 0, 540, 720)]),
    "documents.add_authority": lambda w, a: w.documents.add_authority({"ca": "new"}),
    "documents.add_certificate": lambda w, a: w.documents.add_certificate("new", a.active.case_id, a.active.owner, {}),
    "documents.change_certificate": lambda w, a: w.documents.change_certificate(
        a.active.device.kid, {"share": "x"}, state="revoked"),
    "documents.count_password_try": lambda w, a: w.documents.count_password_try(a.active.device.kid, 5),
    "documents.add_document": lambda w, a: w.documents.add_document(replace(a.document, id="new")),
    "documents.change_document": lambda w, a: w.documents.change_document(
        a.document.id, a.document.state, state="void"),
    "results.add_account": lambda w, a: w.results.add_account("99999999", "case-new"),
    "results.add_decision": lambda w, a: w.results.add_decision(
        replace(a.case, submitted_at=EARLY, due_at=w.now), "approved", RING, "x"),
    "results.add_request": lambda w, a: w.results.add_request(a.active.case_id, "INE", "x"),
    "results.set_request": lambda w, a: w.results.set_request(a.active.case_id, "SHFE", "failed", 3, "", "x"),
    "results.add_callback": lambda w, a: w.results.add_callback(a.active.case_id, "confirmed", "", "x"),
    "knowledge.add_attempt": lambda w, a: w.knowledge.add_attempt(replace(TEST, id="new", owner="phone:new")),
    "knowledge.save_answers": lambda w, a: w.knowledge.save_answers(TEST),
    "knowledge.end": lambda w, a: w.knowledge.end("test-here", EARLY, 80, passed=True),
    "matters.add_note": lambda w, a: w.matters.add_note(replace(a.note, id="new")),
    "matters.add_proposal": lambda w, a: w.matters.add_proposal(replace(a.proposal, id="new", customer_id="other")),
    "matters.decide_proposal": lambda w, a: w.matters.decide_proposal(
        a.proposal, ProposalState.APPROVED, "staff:x", {}),
    "matters.end_proposal": lambda w, a: w.matters.end_proposal("lapsed-here"),
    "matters.add_request": lambda w, a: w.matters.add_request(replace(a.request, id="new")),
    "matters.answer_request": lambda w, a: w.matters.answer_request(a.request, "staff:x", {}),
    "matters.move_subject": lambda w, a: w.matters.move_subject(a.note.subject, "customer:other"),
    "jobs.post": lambda w, a: w.jobs.post("probe", {}, dedupe="new"),
    "jobs.take": lambda w, a: w.jobs.take(timedelta(minutes=1)),
    "jobs.finish": lambda w, a: w.jobs.finish(a.job),
    "jobs.retry": lambda w, a: w.jobs.retry(a.job, w.now, "log"),
    "jobs.wait": lambda w, a: w.jobs.wait(a.job, w.now),
    "jobs.give_up": lambda w, a: w.jobs.give_up(a.job, "log"),
    "jobs.add_sms": lambda w, a: w.jobs.add_sms(a.active.owner, PHONE, "approved", "x"),
    "jobs.set_sms": lambda w, a: w.jobs.set_sms(a.sms, "failed", text="改"),
}  # fmt: skip
WRITES |= {
    "supplements.add_campaign": lambda w, a: w.supplements.add_campaign(replace(CAMPAIGN, id="new"), [ONLY_HERE.id]),
    "supplements.begin": lambda w, a: w.supplements.begin([a.demand], a.rejected.case_id),
    "supplements.cancel": lambda w, a: w.supplements.cancel(CAMPAIGN.id),
    "supplements.tell_again": lambda w, a: w.supplements.tell_again(CAMPAIGN.id, DAY),
    "supplements.note_told": lambda w, a: w.supplements.note_told([a.demand], DAY),
}
WRITES |= {
    "firms.change_branch": lambda w, a: w.firms.change_branch(Branch("only_here", "改", "上海市", "")),
    "rule_drafts.add_draft": lambda w, a: w.rule_drafts.add_draft(replace(DRAFT, id="new")),
    "rule_drafts.save": lambda w, a: w.rule_drafts.save(DRAFT, replace(DRAFT.content, note="改")),
    "rule_drafts.move": lambda w, a: w.rule_drafts.move(DRAFT, DraftState.WITHDRAWN),
    "rule_drafts.keep_numbers": lambda w, a: w.rule_drafts.keep_numbers(DRAFT.id, {"cases": 1}),
    "casework.note": lambda w, a: (
        w.casework.note(a.active.case_id, Happened.NOTED, "", {"text": "改"}),
        w.audit(system(w.firm_id), Tag.STAFF_CASE_NOTE, "x")),
    "casework.change": lambda w, a: w.casework.change(a.case, holder_id="new"),
    "casework.add_task": lambda w, a: w.casework.add_task(a.active.case_id, "red_flag", "new"),
    "casework.settle_task": lambda w, a: w.casework.settle_task(a.task, "改", "staff:x"),
}  # fmt: skip
WRITES |= {
    "watch.mark": lambda w, a: w.watch.mark("phone", PHONE, "case:new"),
    "watch.move_marks": lambda w, a: w.watch.move_marks("case:elsewhere", "case:new"),
    "watch.add_block": lambda w, a: w.watch.add_block(
        replace(a.block, id="new", body={"value": "11150813555", "reason": "新"})),
    "watch.set_block": lambda w, a: w.watch.set_block(a.block, "waiting", state="refused", body={"value": "1"}),
    "retention.erase": lambda w, a: w.retention.erase(a.case),
    "retention.add_erasure": lambda w, a: w.retention.add_erasure(
        Erasure("new", "1", "open_account", "draft", 0, 0, "system", w.now)),
    "retention.add_hold": lambda w, a: w.retention.add_hold(LegalHold("new", "new", "1", "新", "staff:x", w.now)),
    "retention.lift_hold": lambda w, a: w.retention.lift_hold("hold-here", "staff:x"),
    "retention.forget_messages": lambda w, a: w.retention.forget_messages(w.now + timedelta(days=1)),
    "retention.forget_sessions": lambda w, a: w.retention.forget_sessions(w.now + timedelta(days=1)),
    "samples.add_sample": lambda w, a: w.samples.add_sample(replace(a.sample, id="new", ref="new")),
    "samples.check_sample": lambda w, a: w.samples.check_sample("sample-here", "review", "bad", {}, "改"),
}  # fmt: skip
WRITES |= {
    "interfaces.add_webhook": lambda w, a: w.interfaces.add_webhook(replace(HOOK, id="new")),
    "interfaces.close_webhook": lambda w, a: w.interfaces.close_webhook(HOOK.id),
    "interfaces.claim_delivery": lambda w, a: w.interfaces.claim_delivery(a.delivery, w.now),
    "interfaces.change_delivery": lambda w, a: w.interfaces.change_delivery(a.delivery.id, "waiting", state="done"),
    "interfaces.forget_deliveries": lambda w, a: (
        w.interfaces.change_delivery(a.delivery.id, "waiting", state="done", ended_at=EARLY),
        w.interfaces.forget_deliveries(w.now),
    ),
    "interfaces.add_key": lambda w, a: w.interfaces.add_key(replace(KEY, id="new"), "new"),
    "interfaces.note_use": lambda w, a: w.interfaces.note_use(KEY.id),
    "interfaces.revoke_key": lambda w, a: w.interfaces.revoke_key(KEY.id),
    "results.note_sent": lambda w, a: w.results.note_sent(a.active.case_id, "SHFE"),
}
