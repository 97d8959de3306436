"""拦截名单, and 相同信息 at the review station."""

from __future__ import annotations

from core.actor import Role
from core.case import State
from core.usecases.block_list import block_list
from core.usecases.review_case import take_case
from tests.pages import staff_cases as made
from tests.pages.staff_cases import Bench
from tests.pages.staff_pages import Open, press, words

PAGE = "staff/block_list.py"
NUMBER = "11150813044"


def test_one_proposes_another_one_confirms_and_it_is_lifted_with_a_reason(office: Bench, page: Open) -> None:
    at = page(PAGE, made.SECOND, Role.COMPLIANCE)
    at.radio(key="block_kind").set_value("phone")
    at.text_input(key="block_new_value").set_value(NUMBER)
    at = press(at, "block_propose")
    assert "请写明原因" in words(at)
    at.text_area(key="block_new_reason").set_value("冒用他人证件")
    at = press(at, "block_propose")
    assert "由您提出" in words(at) and "111****3044" in words(at) and NUMBER not in words(at)
    [row] = block_list(office.desk, made.staff(made.SECOND, Role.COMPLIANCE))
    at = page(PAGE, made.ADMIN)
    at = press(at, f"block_True_{row.block.id}")
    assert "生效　拦截 0 次" in words(at)
    at.text_input(key=f"lift_{row.block.id}").set_value("已查清")
    assert "已解除" in words(press(at, f"lift_go_{row.block.id}"))


def test_an_empty_list_says_so(page: Open) -> None:
    assert "名单是空的" in words(page(PAGE, made.ADMIN))


def test_the_reviewer_judges_a_shared_card_beside_the_case(office: Bench, page: Open) -> None:
    made.case_in(office, State.ACTIVE, order=3)
    case_id = made.submitted_case(office)
    with office.work() as work:
        for order in (1, 3):
            work.watch.mark("card", made.CARD, f"case:{order:032x}")
    take_case(office.desk, made.staff(made.REVIEWER), case_id)
    at = page("staff/review.py", made.REVIEWER, case=case_id)
    assert "相同的银行卡" in words(at) and "受理单 8001260302000003" in words(at)
    at = press(at, "match_0_family")
    assert "请写明判断的依据" in words(at)
    at.text_input(key="match_0_note").set_value("夫妻，已电话核实")
    assert "家人：夫妻，已电话核实" in words(press(at, "match_0_family"))
