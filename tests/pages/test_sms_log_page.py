"""短信记录 as compliance sees it: masked lines, one opened for its words (R208)."""

from __future__ import annotations

from core.actor import Role
from tests.pages import staff_cases as made
from tests.pages.staff_cases import Bench
from tests.pages.staff_pages import Open, press, words

PHONE = "11150813044"


def test_messages_are_listed_masked_and_one_is_opened_on_record(office: Bench, page: Open) -> None:
    with office.work() as work:
        work.jobs.add_sms("phone:x", PHONE, "approved", "您的业务已通过复核。")
        work.jobs.add_sms("phone:x", PHONE, "code", "您的验证码是 482913")
        found = {each.template: each.id for each in work.jobs.recent_sms(office.desk.clock().replace(year=2000))}
    at = page("staff/sms_log.py", made.ADMIN, Role.COMPLIANCE)
    labels = " ".join(button.label for button in at.button)
    assert "111****3044" in labels and PHONE not in labels and "等待发送" in labels
    assert "您的业务已通过复核。" not in words(at)
    assert "您的业务已通过复核。" in words(press(at, f"sms_{found['approved']}"))
    shown = words(press(at, f"sms_{found['code']}"))
    assert "验证码短信不显示内容" in shown and "482913" not in shown
    assert ("staff:personal:read", f"sms:{found['approved']}", "sms") in made.audit_tags(office)
    at.segmented_control(key="sms_state").set_value("sent").run()
    assert "这一天没有短信" in words(at)
