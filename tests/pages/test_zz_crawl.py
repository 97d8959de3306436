import pytest
from core.actor import Role
from tests.pages import staff_cases as made
from tests.pages.conftest import *
from tests.pages.spoken import chinese_left, said
from tests.pages.test_large_text import kept_by_browser
from tests.pages.test_page_access import FILES
from tests.stand_ins import LightImages
NAMES=("样张期货","总部营业部","郑州营业部","张样张","王芳","赵强","刘洁","钱静","管理员","中文")
@pytest.mark.parametrize("who",["customer",*Role])
def test_crawl(office, page, monkeypatch, who):
    kept_by_browser(monkeypatch, {"jianzheng-language":"en"})
    office.desk = made.replace(office.desk, images=LightImages())
    made.submitted_case(office)
    for key, file in FILES.items():
        try:
            at = page(file, customer=1) if who=="customer" else page(file, made.WITNESS, Role(who))
        except ValueError: continue
        left=chinese_left(at,*NAMES)
        if left: print(who,key,sorted(left))
