"""Who may do what with the work on cases: lists, holders, notes, timeline, shared marks, block list, samples."""

from __future__ import annotations

from datetime import timedelta

from core.usecases.block_list import block_list, decide_block, lift_block, propose_block
from core.usecases.case_tasks import settle_task
from core.usecases.check_samples import check_sample, quality
from core.usecases.decide_match import decide_match, matches_of
from core.usecases.hold_case import assign_case, claim_case, give_back, hand_over
from core.usecases.legal_holds import lift_hold, set_hold
from core.usecases.open_work import open_work
from core.usecases.park_case import add_case_note, answer_escalation, escalate_case, snooze_case, wake_case
from core.usecases.print_sheet import print_case, print_list
from core.usecases.read_retention import read_retention
from core.usecases.trace_case import find_trace, trace_case
from core.usecases.work_lists import counted_lists, work_list
from tests.core.access_calls import Row, of_case, plain
from tests.core.access_worlds import at, blocked, blocking, held, new, on_hold, sampled, shared

CASEWORK: tuple[Row, ...] = (
    (print_case, at("submitted"), "-+---+-- -- --0", of_case(print_case)),
    (print_list, at("submitted"), "-+++---- -- --o", plain(print_list, "unheld")),
    (quality, sampled, "-+-+-+-- -- --o", plain(quality)),
    (check_sample, sampled, "-+-+-+-- -- --0",
     lambda w, a: check_sample(w.desk, a, w.kept, "good", {"identity": True}, "")),
    # -- work lists
    (counted_lists, at("submitted"), "-+++---- -- --o", plain(counted_lists)),
    (work_list, at("submitted"), "-+++---- -- --o", plain(work_list, "unheld")),
    (open_work, at("submitted"), "-+++---- -- --0", of_case(open_work)),
    (claim_case, at("submitted"), "-+------ -- --0", of_case(claim_case)),
    (give_back, at("submitted"), "-+++---- -- --0", of_case(give_back)),
    (assign_case, at("submitted"), "---+---- -- --0", of_case(assign_case, "review2")),
    (hand_over, at("in_review"), "---+---- -- --o", plain(hand_over, "review", "review2")),
    (snooze_case, at("submitted"), "-+++---- -- --0",
     lambda w, a: snooze_case(w.desk, a, w.case, w.bench.now + timedelta(hours=1), "等补件")),
    (wake_case, at("submitted"), "-+++---- -- --0", of_case(wake_case)),
    (escalate_case, at("submitted"), "-+++---- -- --0", of_case(escalate_case, "请主管看一下")),
    (answer_escalation, held("submitted"), "---+---- -- --0", of_case(answer_escalation, "请重拍")),
    (add_case_note, at("submitted"), "-+++-+-- -- --0", of_case(add_case_note, "来电询问")),
    (settle_task, held("submitted"), "-+++---- -- --0", lambda w, a: settle_task(w.desk, a, w.kept, "已核实")),
    (find_trace, at("submitted"), "-+---+-- -- --0", lambda w, a: find_trace(w.desk, a, w.walk.case(w.bench).number)),
    (trace_case, at("submitted"), "-+---+-- -- --0", of_case(trace_case)),
    (matches_of, shared, "-+------ -- --0", of_case(matches_of)),
    (decide_match, shared, "-+------ -- --0",
     lambda w, a: decide_match(w.desk, a, w.case, w.kept, "family", "夫妻共用手机")),
    (read_retention, on_hold, "-----+-- -- --o", plain(read_retention)),
    (set_hold, at("photos"), "-----+-- -- --o",
     lambda w, a: set_hold(w.desk, a, w.walk.case(w.bench).number, "诉讼")),
    (lift_hold, on_hold, "-----+-- -- --s", lambda w, a: lift_hold(w.desk, a, w.kept)),
    (block_list, blocking, "---+-+-- -- --o", plain(block_list)),
    (propose_block, new, "---+-+-- -- --o", plain(propose_block, "phone", "11150813099", "冒用他人证件")),
    (decide_block, blocking, "---+-+-- -- --0", lambda w, a: decide_block(w.desk, a, w.kept, agreed=True)),
    (lift_block, blocked, "---+-+-- -- --0", lambda w, a: lift_block(w.desk, a, w.kept, "已查清")),
)  # fmt: skip
