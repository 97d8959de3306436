"""短信记录: masked by day and state; opening a message is on record (R208)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.errors import NotFound
from core.rules.calendar import local_day
from core.usecases.sms_log import read_sms, sms_log
from tests.builders import ZHANG, case_at
from tests.desk_bench import Bench


def test_a_day_s_messages_are_listed_masked_and_no_read_is_noted(bench: Bench) -> None:
    case_at(bench, "submitted")
    compliance, today = bench.staff("compliance"), local_day(bench.now)
    waiting = sms_log(bench.desk, compliance, today, "waiting")
    bench.run_jobs()
    rows = sms_log(bench.desk, compliance, today)
    assert rows and ZHANG.phone not in repr(rows) and {row.phone for row in rows} == {"111****3001"}
    assert {row.state for row in rows} == {"sent"} and sms_log(bench.desk, compliance, today, "failed") == []
    assert {row.id for row in waiting} <= {row.id for row in rows}
    assert sms_log(bench.desk, compliance, today - timedelta(days=1)) == []
    assert "staff:personal:read" not in bench.tags()


def test_opening_a_message_is_on_record_and_a_code_is_not_in_it(bench: Bench) -> None:
    case_at(bench, "submitted")
    compliance = bench.staff("compliance")
    with bench.work() as work:
        work.jobs.add_sms("phone:x", ZHANG.phone, "code", "您的验证码是 123456")
        work.jobs.add_sms("phone:x", ZHANG.phone, "approved", "已通过复核")
    code = next(row for row in sms_log(bench.desk, compliance, local_day(bench.now)) if "验证码" in row.title)
    assert read_sms(bench.desk, compliance, code.id)[1] == ""
    assert bench.audit()[-1][:2] == ("staff:personal:read", f"sms:{code.id}")
    bench.run_jobs()
    row, text = read_sms(bench.desk, compliance, code.id)
    assert (row.state, row.phone, text) == ("sent", "111****3001", "")
    other = next(each for each in sms_log(bench.desk, compliance, local_day(bench.now)) if each.title != row.title)
    assert read_sms(bench.desk, compliance, other.id)[1]
    with pytest.raises(NotFound):
        read_sms(bench.desk, compliance, "nothing")
