"""Who may do what: every use case with a desk and an actor, against every kind of actor. Read by test_access.py.

A row is (use case, where the case stands, its cells, how it is called). The cells are those of `WHO`, in its order:

`+` does it   `-` NotAllowed   `0` NotFound   `s` Stale: not this call, not any more   `w` another refusal, by state
`o` does it for the own firm or the own person, and sees nothing of the case
"""

from __future__ import annotations

from datetime import timedelta

from core.metrics import Span, day_number
from core.records_customers import RequestKind
from core.rules.calendar import local_day
from core.supplement import Standing
from core.usecases.abandon_case import abandon_case
from core.usecases.access_decisions import decide_access
from core.usecases.acknowledge_notice import acknowledge_notice
from core.usecases.answer_requests import answer_request, open_requests, read_plan, read_request
from core.usecases.answer_step import answer_step, keep_draft
from core.usecases.bank_cards import add_card, remove_card
from core.usecases.begin_supplement import begin_supplement
from core.usecases.book_reservation import (
    book_reservation,
    cancel_reservation,
    own_reservation,
    rebook_reservation,
    reservation_board,
)
from core.usecases.call_chat import export_lines, read_lines, write_line
from core.usecases.call_script import (
    call_supervisor,
    draw_challenge,
    draw_question,
    enter_call_code,
    mark_answer,
    send_call_code,
)
from core.usecases.carry_rules import export_rules, import_rules
from core.usecases.certificates import (
    apply_again,
    begin_certificate,
    certificate_state,
    confirm_install,
    issue_certificate,
    unlock_certificate,
)
from core.usecases.change_branches import all_branches, save_branch
from core.usecases.change_phone import prove_phone, request_phone_code
from core.usecases.change_roster import change_roster, roster_table
from core.usecases.change_skills import change_skills, serving_staff
from core.usecases.complete_case import record_callback, record_counter, record_exchange
from core.usecases.continue_elsewhere import continue_elsewhere
from core.usecases.copy_own_data import open_copy, prove_copy, request_copy_code
from core.usecases.counter_phone import propose_phone
from core.usecases.decide_proposal import approve_proposal, refuse_proposal, waiting_proposals
from core.usecases.decide_rules import approve_draft, refuse_draft
from core.usecases.desk_messages import end_message, send_message
from core.usecases.draft_rules import begin_draft, propose_draft, save_draft, withdraw_draft
from core.usecases.duty import change_duty, glance, stand_by
from core.usecases.entry_links import doors, find_door
from core.usecases.export_evidence import export_evidence
from core.usecases.find_certificate import begin_detection, find_certificate
from core.usecases.investor_class import proof_files, propose_class
from core.usecases.knowledge_test import choose_option, hand_in, read_test, reuse_result, start_test
from core.usecases.look_up_customer import add_note, find_customers, open_customer, reveal_value
from core.usecases.manage_reservations import (
    branches_of,
    close_slots,
    day_list,
    open_slots,
    set_capacity,
    week_overview,
)
from core.usecases.observe_call import observe, running_calls, stop_observing, take_over, whisper, why_lost
from core.usecases.offers import decline_offer
from core.usecases.open_evidence import open_crop, open_evidence
from core.usecases.own_cases import outcome_of, own_case, own_cases, own_open_case
from core.usecases.own_data import ask_about_data, own_data, withdraw_consent
from core.usecases.own_documents import export_documents, own_documents
from core.usecases.photo_marks import judge_finding, mark_photo, remove_mark, shown_marks
from core.usecases.photo_readings import choose_picture, move_corners, own_profile_readings, own_readings
from core.usecases.photo_station import photo_station
from core.usecases.photos import add_photo, remove_photo
from core.usecases.queue_overview import fairness, queue_overview
from core.usecases.read_agreement import finish_agreement, open_agreement
from core.usecases.read_case import find_case, read_case, reveal
from core.usecases.read_chart import export_chart, questionnaire_versions, read_cases, read_chart, read_tickets
from core.usecases.read_rules import open_drafts, read_draft, rule_body, rule_history, rule_states, rules_beside
from core.usecases.reading_quality import reading_quality
from core.usecases.rehearse import may_rehearse
from core.usecases.reservations import note_visit
from core.usecases.review_case import agree_case, approve_case, reject_review, release_case, take_case
from core.usecases.serve_customer import (
    accept_offer,
    add_capture,
    add_companion,
    ask_still,
    claim_next,
    keep_call,
    mark_script,
    pass_witness,
    reject_witness,
    release_call,
    start_recording,
)
from core.usecases.sign_agreements import finish_signing, prepare_signing
from core.usecases.sms_log import read_sms, sms_log
from core.usecases.start_case import start_case
from core.usecases.submit_case import submit_case, submit_follow_up
from core.usecases.supervise_queue import put_ahead, transfer_to_branch, transfer_to_staff
from core.usecases.supplements import (
    campaign_list,
    cancel_supplements,
    choices,
    customers_of,
    demand_problems,
    preview_supplements,
    remind_supplements,
    start_supplements,
)
from core.usecases.try_rules import start_dry_run
from core.usecases.verify_audit import verify_audit
from core.usecases.wait_for_witness import call_partner, join_queue, leave_queue, look_at_queue, lost_place
from core.usecases.wallboard import look_at_wallboard
from core.usecases.work_calendar import (
    calendar_file,
    cancel_stranded,
    days_between,
    preview_days,
    save_days,
    stranded_reservations,
    unknown_from,
    warning,
)
from core.usecases.work_lists import (
    callback_list,
    counter_list,
    result_list,
    review_list,
)
from tests.builders import DEVICE_READY, Person
from tests.core.access_agreements import AGREEMENT_ROWS
from tests.core.access_calls import Row, of_call, of_case, of_ticket, plain
from tests.core.access_casework import CASEWORK
from tests.core.access_people import PEOPLE
from tests.core.access_rules_worlds import draft_to_try, drafted, rule_waiting
from tests.core.access_worlds import (
    CLOSED,
    DEMAND,
    World,
    again,
    asked,
    asked_again,
    at,
    at_counter,
    begun_key,
    bookable,
    booked,
    campaign,
    captured,
    closed,
    coded,
    copy_asked,
    copy_proven,
    idle,
    issued,
    marked,
    message,
    messaged,
    new,
    observed,
    passed_before,
    prepared,
    proposed,
    proving,
    queued,
    read_photo,
    ready,
    requested,
    ringing,
    signed_in,
    stranded,
    tested,
    tomorrow,
    written,
)
from tests.desk_bench import EXISTING, id_number
from tests.duty import TUESDAY
from tests.samples import sample_card
from tests.stand_ins import tiny_picture

NEW = "a long new password 7"
OLD = Person("王老五", "11150813070", id_number(9, "19500312"), sample_card(9))
"""Whom two reviewers have to agree to."""
TEXT = "请重新上传。"
YEAR = Span(20500, 20510)


def planned(w: World) -> dict[str, str]:
    """What the law keeps is kept, the rest deleted."""
    plan = read_plan(w.desk, w.actor("compliance"), w.kept)
    return {line.key: "kept" if line.kept else "deleted" for line in plan}


def first_option(w: World) -> str:
    """An answer to the first question of the test that runs."""
    return str(w.kept.questions[0].options[0][0])


def today(w: World) -> Span:
    """One day of figures."""
    return Span(day_number(w.bench.now), day_number(w.bench.now))


ROWS: tuple[Row, ...] = (
    # -- a customer's own business
    (start_case, new, "-------- +o -o-", plain(start_case, "open_account", "b1", "")),
    (own_cases, at("witness"), "oooooooo +o ooo", plain(own_cases)),
    (own_case, at("witness"), "-------- +- -00", of_case(own_case)),
    (outcome_of, at("submitted"), "-------- +- -00", of_case(outcome_of)),
    (own_documents, at("follow_up"), "-------- +o -o-", plain(own_documents)),
    (note_visit, booked, "-------- +- ---", lambda w, a: note_visit(w.desk, a, w.walk.case(w.bench))),
    (abandon_case, at("witness"), "-------- +- -00", of_case(abandon_case)),
    (answer_step, at("device"), "-------- +- -00", of_case(answer_step, "device", DEVICE_READY)),
    (keep_draft, at("device"), "-------- +- -00", of_case(keep_draft, "device", {})),
    (add_photo, at("photos"), "-------- +- -00", of_case(add_photo, "id_front", tiny_picture("front"), "front.jpg")),
    (remove_photo, at("profile"), "-------- +- -00", lambda w, a: remove_photo(w.desk, a, w.case, w.slot("id_front"))),
    (choose_picture, at("profile"), "-------- +- -00",
     lambda w, a: choose_picture(w.desk, a, w.case, w.slot("id_front"), "original")),
    (move_corners, at("profile"), "-------- +- -00",
     lambda w, a: move_corners(w.desk, a, w.case, w.slot("id_front"), ((0, 0), (1, 0), (1, 1), (0, 1)))),
    (own_readings, at("profile"), "-------- +- ---", lambda w, a: own_readings(w.desk, a, w.walk.facts(w.bench))),
    (own_profile_readings, at("profile"), "-------- +- ---",
     lambda w, a: own_profile_readings(w.desk, a, w.walk.facts(w.bench))),
    (add_card, at("bank"), "-------- +- -00", of_case(add_card, "9999010000000000017", "", "")),
    (remove_card, at("suitability"), "-------- +- -00",
     lambda w, a: remove_card(w.desk, a, w.case, w.slot("bank_card"))),
    (request_phone_code, again("profile", "profile", part="contact"), "-------- +- -00",
     of_case(request_phone_code, "11150813077", "198.51.100.9")),
    (prove_phone, proving, "-------- +- -00", lambda w, a: prove_phone(w.desk, a, w.case, w.bench.sms.code())),
    (acknowledge_notice, at("exchanges", level="C2"), "-------- +- -00",
     of_case(acknowledge_notice, "low_level_1", "insist")),
    (open_agreement, at("agreements"), "-------- +- -00", of_case(open_agreement, "risk_statement")),
    (finish_agreement, at("agreements"), "-------- +- -00", of_case(finish_agreement, "risk_statement")),
    (begin_detection, again("settlement", "certificate_check"), "-------- +- -00", of_case(begin_detection)),
    (find_certificate, again("settlement", "certificate_check"), "-------- +- -00", of_case(find_certificate, [])),
    (begin_certificate, at("certificate"), "-------- +- -00", of_case(begin_certificate)),
    (issue_certificate, begun_key, "-------- +- -00", lambda w, a: issue_certificate(w.desk, a, w.case, w.kept)),
    (confirm_install, issued, "-------- +- -00", lambda w, a: confirm_install(w.desk, a, w.case, w.walk.device.kid)),
    (certificate_state, at("sign"), "-------- +- -00", of_case(certificate_state)),
    (unlock_certificate, at("sign"), "-------- +- -00",
     lambda w, a: unlock_certificate(w.desk, a, w.case, w.walk.device.kid, w.walk.device.auth())),
    (apply_again, at("sign"), "-------- +- -00", of_case(apply_again)),
    (prepare_signing, at("sign"), "-------- +- -00", of_case(prepare_signing)),
    (finish_signing, prepared, "-------- +- -00",
     lambda w, a: finish_signing(w.desk, a, w.case, w.walk.device.kid, w.kept)),
    (submit_follow_up, at("follow_up"), "-------- +- -00",
     lambda w, a: submit_follow_up(w.desk, a, w.case, w.walk.follow_up_answers(w.bench), confirmed=True)),
    (submit_case, again("settlement", "submit"), "-------- +- -00", of_case(submit_case)),
    (continue_elsewhere, signed_in("photos"), "-------- +- -00", of_case(continue_elsewhere)),
    (read_test, tested, "-------- +- ---", lambda w, a: read_test(w.desk, a, w.walk.loaded(w.bench))),
    (start_test, at("exchanges"), "-------- +- -00", of_case(start_test)),
    (choose_option, tested, "-------- +- -00",
     lambda w, a: choose_option(w.desk, a, w.case, w.kept.id, w.kept.questions[0].key, first_option(w))),
    (hand_in, tested, "-------- +- -00", lambda w, a: hand_in(w.desk, a, w.case, w.kept.id)),
    (reuse_result, passed_before, "-------- +- -00", of_case(reuse_result)),
    (sms_log, messaged, "-----o-- -- --o", lambda w, a: sms_log(w.desk, a, local_day(w.bench.now))),
    (read_sms, messaged, "-----o-- -- --0", lambda w, a: read_sms(w.desk, a, w.kept)),
    (own_data, signed_in("bank"), "-------- +o -o-", plain(own_data)),
    (ask_about_data, signed_in("bank"), "-------- +o -o-", plain(ask_about_data, RequestKind.DELETION, "请删除")),
    (withdraw_consent, signed_in("bank"), "-------- +o -o-", plain(withdraw_consent)),
    (request_copy_code, signed_in("bank"), "-------- +w -w-", plain(request_copy_code, "198.51.100.9")),
    (prove_copy, copy_asked, "oooooooo oo ooo", lambda w, a: prove_copy(w.desk, a, w.kept, w.bench.sms.code())),
    (open_copy, copy_proven, "-------- +- ---", plain(open_copy)),
    # -- a customer waits, books, is in the call
    (join_queue, at("witness"), "-------- +- -00", of_case(join_queue)),
    (look_at_queue, queued, "-------- +- -00", of_case(look_at_queue)),
    (lost_place, queued, "-------- +- -00", of_case(lost_place)),
    (leave_queue, queued, "-------- +- -00", of_case(leave_queue)),
    (call_partner, at("in_call"), "-------- +- -00", of_case(call_partner)),
    (enter_call_code, coded, "-------- +- -00",
     lambda w, a: enter_call_code(w.desk, a, w.walk.ticket, w.bench.sms.code())),
    (add_companion, captured, "00000000 +0 000", of_ticket(add_companion, "capture_front", tiny_picture("still"))),
    (own_reservation, booked, "-------- +- -00", of_case(own_reservation)),
    (reservation_board, booked, "-------- +- ---", lambda w, a: reservation_board(w.desk, a, w.walk.case(w.bench))),
    (book_reservation, bookable, "-------- +- -00", of_case(book_reservation, TUESDAY, "09:00")),
    (rebook_reservation, booked, "-------- +- -00", of_case(rebook_reservation, TUESDAY, "13:00")),
    (cancel_reservation, booked, "-------- +- -00", of_case(cancel_reservation)),
    (own_open_case, at("witness"), "oooooooo +o ooo", plain(own_open_case)),
    (begin_supplement, asked_again, "oooooooo +o ooo", plain(begin_supplement)),
    (export_documents, at("follow_up"), "-------- +0 -0-", plain(export_documents)),
    (may_rehearse, at("witness"), "-------- +- -00", of_case(may_rehearse)),
    (write_line, at("in_call"), "+------- +- sss", of_call(write_line, "听得到吗")),
    (read_lines, written, "+--w---- +- -ss", of_ticket(read_lines)),
    # -- the witness
    (claim_next, queued, "+------- -- o-o", plain(claim_next)),
    (accept_offer, ringing, "+------- -- s-s", of_call(accept_offer)),
    (decline_offer, ringing, "+------- -- s-s", of_call(decline_offer, "urgent")),
    (change_duty, queued, "+------- -- o-o", plain(change_duty, "online")),
    (stand_by, ringing, "+------- -- o-o", plain(stand_by)),
    (keep_call, at("in_call"), "+------- -- o-o", of_call(keep_call)),
    (release_call, at("in_call"), "+------- -- s-s", of_call(release_call)),
    (mark_script, at("in_call"), "+------- -- s-s", of_call(mark_script, "greet", passed=True)),
    (start_recording, at("in_call"), "+------- -- s-s", of_call(start_recording, "customer", "f" * 32, "e" * 32)),
    (add_capture, at("in_call"), "+------- -- s-s",
     of_call(add_capture, "capture_front", tiny_picture("front"), "image/jpeg", {})),
    (draw_question, at("in_call"), "+------- -- s-s", of_call(draw_question)),
    (mark_answer, asked, "+------- -- s-s", of_call(mark_answer, right=True)),
    (draw_challenge, at("in_call"), "+------- -- s-s", of_call(draw_challenge)),
    (send_call_code, at("in_call"), "+------- -- s-s", of_call(send_call_code)),
    (call_supervisor, at("in_call"), "+------- -- s-s", of_call(call_supervisor, "unsure")),
    (pass_witness, ready, "+------- -- s-s", of_call(pass_witness)),
    (reject_witness, at("in_call"), "+------- -- s-s", of_call(reject_witness, ["P01"], TEXT, "")),
    (whisper, observed, "+--+---- -- -ss", of_ticket(whisper, "请看反光")),
    (why_lost, at("in_call"), "+------- -- o-o", of_ticket(why_lost)),
    (glance, ringing, "+------- -- o-o", plain(glance)),
    (ask_still, at("in_call"), "+------- -- s-s", of_call(ask_still, "capture_front")),
    # -- the supervisor
    (running_calls, at("in_call"), "---+---- -- --o", plain(running_calls)),
    (observe, at("in_call"), "---+---- -- --s", of_ticket(observe)),
    (stop_observing, observed, "---+---- -- --o", of_ticket(stop_observing)),
    (take_over, at("in_call"), "-------- -- --s", of_call(take_over, "quality")),
    (queue_overview, queued, "+--++--- -- +-o", plain(queue_overview)),
    (fairness, queued, "+--++--- -- o-o", plain(fairness)),
    (put_ahead, queued, "---+---- -- --s", of_ticket(put_ahead, "assistance")),
    (transfer_to_branch, queued, "---+---- -- --s", of_ticket(transfer_to_branch, "b2", "assistance")),
    (transfer_to_staff, idle, "---+---- -- --s", of_ticket(transfer_to_staff, "witness_b2", "assistance")),
    (send_message, queued, "---+---- -- --o", plain(send_message, "b1", "请稍候", timedelta(hours=1))),
    (end_message, message, "---+---- -- --s", lambda w, a: end_message(w.desk, a, w.kept)),
    (branches_of, booked, "---+---- -- --o", plain(branches_of)),
    (week_overview, booked, "---+---- -- --o", plain(week_overview, "b1", TUESDAY)),
    (day_list, booked, "---+---- -- --o", plain(day_list, "b1", TUESDAY)),
    (set_capacity, bookable, "---+---- -- --o", plain(set_capacity, "b1", TUESDAY, "09:00", 3)),
    (close_slots, bookable, "---+---- -- --o", plain(close_slots, "b1", TUESDAY, ["09:00"], "维护")),
    (open_slots, closed, "---+---- -- --o", plain(open_slots, "b1", TUESDAY, ["09:00"])),
    (roster_table, bookable, "---+---- -- --o", plain(roster_table, "b1")),
    (change_roster, bookable, "---+---- -- --o", plain(change_roster, "b1", {"witness": ["09:00-12:00"] + [""] * 6})),
    (serving_staff, new, "---+---+ -- --o", plain(serving_staff)),
    (change_skills, new, "---+---+ -- --o", plain(change_skills, "witness", {"b1": ["*"]})),
    (choices, new, "---+---+ -- --o", plain(choices)),
    (demand_problems, at("active"), "---+---+ -- --o", plain(demand_problems, DEMAND)),
    (preview_supplements, at("active"), "---+---+ -- --o", plain(preview_supplements, DEMAND)),
    (start_supplements, at("active"), "---+---+ -- --w", plain(start_supplements, DEMAND)),
    (campaign_list, campaign, "---+---+ -- --o", plain(campaign_list)),
    (customers_of, campaign, "---+---+ -- --o", lambda w, a: customers_of(w.desk, a, w.kept, Standing.WAITING)),
    (remind_supplements, tomorrow, "---+---+ -- --0", lambda w, a: remind_supplements(w.desk, a, w.kept)),
    (cancel_supplements, campaign, "---+---+ -- --0", lambda w, a: cancel_supplements(w.desk, a, w.kept)),
    (doors, new, "---+---+ -- --o", plain(doors)),
    (find_door, new, "---+---+ -- --o", plain(find_door, "b1")),
    *CASEWORK,
    # -- review, results, callback, counter
    (review_list, at("submitted"), "-+------ -- --o", plain(review_list)),
    (take_case, at("submitted"), "-+------ -- --0", of_case(take_case)),
    (release_case, at("in_review"), "-+------ -- --0", of_case(release_case)),
    (approve_case, at("in_review"), "-+------ -- --0", of_case(approve_case)),
    (reject_review, at("in_review"), "-+------ -- --0", of_case(reject_review, ["P01"], TEXT, "")),
    (photo_station, at("in_review"), "-+------ -- --0", of_case(photo_station)),
    (mark_photo, at("in_review"), "-+------ -- --0",
     lambda w, a: mark_photo(w.desk, a, w.case, w.slot("id_front"), "picture", (0, 0, 1, 1), "P01", TEXT, "")),
    (remove_mark, at("in_review"), "-+------ -- --0", of_case(remove_mark, "nothing")),
    (judge_finding, read_photo, "-+------ -- --0",
     lambda w, a: judge_finding(w.desk, a, w.case, w.kept, "glare", agrees=True)),
    (shown_marks, marked, "-------- +- -00", of_case(shown_marks)),
    (read_case, at("in_review"), "-+------ -- --0", of_case(read_case, "review")),
    (read_case, at("callback"), "--+----- -- --0", of_case(read_case, "callback")),
    (read_case, at("callback"), "-+------ -- --0", of_case(read_case, "report")),
    (read_case, at("submitted"), "-----+-- -- --0", of_case(read_case, "inspection")),
    (reveal, at("in_review"), "-+------ -- --0", of_case(reveal, "review", "phone")),
    (find_case, at("submitted"), "-----+-- -- --0", lambda w, a: find_case(w.desk, a, w.walk.case(w.bench).number)),
    (result_list, at("callback"), "-+------ -- --o", plain(result_list)),
    (record_exchange, at("callback"), "-+------ -- --0", of_case(record_exchange, "DCE", 4)),
    (callback_list, at("callback"), "--+----- -- --o", plain(callback_list)),
    (record_callback, at("callback"), "--+----- -- --0", of_case(record_callback, "unreached", "")),
    (counter_list, at_counter, "-+------ -- --o", plain(counter_list)),
    (record_counter, at_counter, "-+------ -- --0", of_case(record_counter, done=True, note="")),
    (decide_access, at("in_review", chosen=("CFFEX", "SHFE")), "-+------ -- --0",
     of_case(decide_access, "financial_funds", "met")),
    (agree_case, at("in_review", person=OLD), "-+------ -- --0", of_case(agree_case)),
    (export_lines, written, "-----+-- -- --0", of_case(export_lines)),
    (find_customers, at("bank"), "-+++-++- -- --o", lambda w, a: find_customers(w.desk, a, w.walk.person.phone)),
    (open_customer, at("bank"), "-+++-++- -- --0", lambda w, a: open_customer(w.desk, a, f"case:{w.case}")),
    (reveal_value, at("bank"), "-+++-++- -- --0", lambda w, a: reveal_value(w.desk, a, f"case:{w.case}", "phone")),
    (add_note, at("bank"), "-+++-++- -- --0", lambda w, a: add_note(w.desk, a, f"case:{w.case}", "来电询问进度")),
    (propose_phone, new, "-+------ -- --o", plain(propose_phone, EXISTING.id, "11150813088", "停用", id_seen=True)),
    (propose_class, new, "-+------ -- --o", plain(propose_class, EXISTING.id, "professional")),
    (waiting_proposals, proposed, "-+------ -- --o", plain(waiting_proposals)),
    (proof_files, proposed, "-+------ -- --o", lambda w, a: proof_files(w.desk, a, w.kept)),
    (approve_proposal, proposed, "-+------ -- --0", lambda w, a: approve_proposal(w.desk, a, w.kept)),
    (refuse_proposal, proposed, "-+------ -- --0", lambda w, a: refuse_proposal(w.desk, a, w.kept, "证件不符")),
    (open_requests, requested, "-----+-- -- --o", plain(open_requests)),
    (read_request, requested, "-----+-- -- --0", lambda w, a: read_request(w.desk, a, w.kept)),
    (answer_request, requested, "-----+-- -- --0",
     lambda w, a: answer_request(w.desk, a, w.kept, "已处理", planned(w))),
    (read_plan, requested, "-----+-- -- --0", lambda w, a: read_plan(w.desk, a, w.kept)),
    # -- the firm's own rules: the admin wrote the draft, so the admin changes it and does not decide it
    (rule_states, new, "---o-o-o -- --o", plain(rule_states)),
    (rule_history, new, "---o-o-o -- --o", plain(rule_history, "prepare")),
    (rule_body, new, "---o-o-o -- --o", plain(rule_body, "prepare", 1)),
    (rules_beside, new, "---o-o-o -- --o", plain(rules_beside)),
    (open_drafts, drafted, "---o-o-o -- --o", plain(open_drafts)),
    (read_draft, drafted, "---o-o-o -- --0", lambda w, a: read_draft(w.desk, a, w.kept.id)),
    (begin_draft, new, "---o-o-o -- --o", plain(begin_draft, "prepare")),
    (save_draft, drafted, "---w-w-+ -- --0",
     lambda w, a: save_draft(w.desk, a, w.kept.id, w.kept.revision, w.kept.content)),
    (propose_draft, drafted, "---w-w-+ -- --0", lambda w, a: propose_draft(w.desk, a, w.kept.id)),
    (withdraw_draft, rule_waiting, "---w-w-+ -- --0", lambda w, a: withdraw_draft(w.desk, a, w.kept.id)),
    *AGREEMENT_ROWS,
    (approve_draft, rule_waiting, "---+-+-- -- --0", lambda w, a: approve_draft(w.desk, a, w.kept.id)),
    (refuse_draft, rule_waiting, "---+-+-- -- --0", lambda w, a: refuse_draft(w.desk, a, w.kept.id, "不合适")),
    (start_dry_run, draft_to_try, "---o-o-o -- --0", lambda w, a: start_dry_run(w.desk, a, w.kept.id)),
    (export_rules, new, "---o-o-o -- --o", plain(export_rules)),
    (import_rules, new, "---o-o-o -- --o", plain(import_rules, b"{}", "试点")),
    (all_branches, new, "-------o -- --o", plain(all_branches)),
    (save_branch, new, "-------o -- --o", plain(save_branch, "", "新营业部", "上海市", "样张路 3 号")),
    # -- files, audit, figures
    (open_evidence, at("in_call"), "++000+00 +0 000", lambda w, a: open_evidence(w.desk, a, w.slot("id_front"))),
    (export_evidence, at("submitted"), "-----+-- -- --0",
     lambda w, a: export_evidence(w.desk, a, w.slot("capture_front"))),
    (open_crop, read_photo, "0+000+00 +0 000", lambda w, a: open_crop(w.desk, a, w.kept)),
    (reading_quality, new, "----++-- -- --o", plain(reading_quality)),
    (verify_audit, at("device"), "-----+-+ -- --o", plain(verify_audit)),
    (look_at_wallboard, queued, "+--++--- -- o-o", plain(look_at_wallboard)),
    (read_chart, queued, "+--++--- -- o-o", plain(read_chart, "volume", YEAR)),
    (read_tickets, queued, "+--++--- -- +-o", lambda w, a: read_tickets(w.desk, a, today(w))),
    (read_cases, queued, "+--++--- -- o-o", plain(read_cases, Span(20500, 20510, place="witness"))),
    (questionnaire_versions, queued, "+--++--- -- o-o", plain(questionnaire_versions)),
    (export_chart, queued, "+--++--- -- o-o", plain(export_chart, "volume", YEAR, "csv")),
    # -- calendar
    (days_between, booked, "---+---+ -- --o", plain(days_between, TUESDAY, TUESDAY)),
    (calendar_file, booked, "---+---+ -- --o", plain(calendar_file, 2026)),
    (unknown_from, booked, "---+---+ -- --o", plain(unknown_from)),
    (warning, booked, "---+---+ -- --o", plain(warning)),
    (preview_days, booked, "---+---+ -- --o", plain(preview_days, [CLOSED])),
    (save_days, booked, "---+---+ -- --o", plain(save_days, [CLOSED])),
    (stranded_reservations, stranded, "---+---+ -- --o", plain(stranded_reservations)),
    (cancel_stranded, stranded, "---+---+ -- --o", lambda w, a: cancel_stranded(w.desk, a, [w.kept])),
    *PEOPLE,
)  # fmt: skip
