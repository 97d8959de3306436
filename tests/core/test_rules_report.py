"""What rows of a score report mean: whose it is, how many points, which day (R118)."""

from __future__ import annotations

import pytest

from core.rules.photo_fields import TextRow
from core.rules.report_fields import read_report_fields
from tests.desk_bench import id_number

NUMBER = id_number(7, "19900312")
TITLE = "知识测试成绩报告单"


def rows(*texts: str, least: float = 0.98) -> list[TextRow]:
    return [TextRow(text, 0.98, (0.1, 0.1 + 0.05 * i, 0.6, 0.03), (least,) * 40) for i, text in enumerate(texts)]


def held(*texts: str, least: float = 0.98) -> dict[str, str]:
    found = read_report_fields(rows(*texts, least=least)).fields
    return {name: field.value for name, field in found.items() if field.holds}


def test_every_field_of_a_report() -> None:
    page = (TITLE, "姓名：张某某", f"证件号码：{NUMBER}", "测试日期：2025年3月2日", "测试成绩：88分")
    assert held(*page) == {"name": "张某某", "id_number": NUMBER, "tested_on": "2025-03-02", "score": "88"}
    table = (TITLE, "姓名 张某某", f"证件号码 {NUMBER}", "考试时间 2025-03-02 10:30", "得分 100")
    assert held(*table) == {"name": "张某某", "id_number": NUMBER, "tested_on": "2025-03-02", "score": "100"}


@pytest.mark.parametrize(
    ("row", "name"),
    [
        ("测试成绩：120分", "score"),
        ("测试日期：2025年2月30日", "tested_on"),
        ("打印：2025年3月2日", "tested_on"),
        (f"证件号码：{NUMBER[:-2]}00", "id_number"),
        ("投资者知识测试成绩报告单", "name"),
    ],
)
def test_a_value_whose_check_fails_is_not_believed(row: str, name: str) -> None:
    assert name not in held(TITLE, row)


def test_the_words_beside_a_value_say_which_it_is() -> None:
    page = (TITLE, "考生编号：20250301", "总分：100", "合格成绩：80分", "成绩有效期：2年", "考生姓名：张某某性别：男",
            "打印日期：2025年12月31日", "考试日期：2025年3月2日", "得分：85")  # fmt: skip
    assert held(*page) == {"name": "张某某", "score": "85", "tested_on": "2025-03-02"}
    assert "score" not in held(TITLE, "成绩：85.5分")
    numbers = (TITLE, f"成绩单编号：{NUMBER[:-2]}00", f"证件号码：{NUMBER}")
    assert held(*numbers) == {"id_number": NUMBER}


def test_doubtful_characters_are_not_believed_and_other_pages_have_no_fields() -> None:
    assert held(TITLE, "姓名：张某某", "得分：88分", least=0.5) == {}
    assert read_report_fields(rows("姓名：张某某", "转账凭证")).kind == ""
    assert read_report_fields(rows("姓名：张某某", "转账凭证")).fields == {}
