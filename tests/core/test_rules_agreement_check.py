"""What keeps an agreement from being proposed, told with its line (R130)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from core.defaults import load_kind
from core.rules.agreement_check import Known, check_agreement, check_list, problems
from core.rules.agreement_text import Weight, leftover, read_text

TODAY = date(2026, 3, 2)
NAMES = ("客户姓名", "日期")
TITLES = {
    "business": {"open_account": "开立期货账户", "profile": "我的基本资料", "settlement": "修改结算账户"},
    "part": {"other": "其他信息", "contact": "联系电话"},
    "investor_class": {"ordinary": "普通投资者", "professional": "专业投资者"},
    "level": {"C1": "C1", "C3": "C3"},
    "exchange": {"DCE": "大连商品交易所"},
    "bank": {"ICBC": "中国工商银行"},
}
ASKS = {
    "open_account": ("level", "exchange", "bank", "insisted"), "profile": ("part",), "settlement": ("bank", "exchange"),
}  # fmt: skip
KNOWN = Known(
    NAMES,
    TODAY,
    {("night", "2026.1"): "旧的正文"},
    {"privacy": "sign_in", "risk_statement": "agreements"},
    TITLES,
    ASKS,
)


def row(**changes: Any) -> dict[str, Any]:
    return {
        "code": "night", "title": "夜盘交易告知书", "version": "2026.2", "effective_from": "2026-03-10",
        "text": "{{客户姓名}}：\n\n## 一、时间\n\n夜盘从二十一时开始。", "place": "agreements",
        "order": 300, "signed": True,
        "min_read_seconds": 5, "applies": {}, **changes,
    }  # fmt: skip


OTHER = row(code="risk_statement", title="期货交易风险说明书", text="风险", order=100, version="2026.1")


def said(changes: dict[str, Any], weight: Weight = Weight.ERROR) -> list[str]:
    changed = row(**changes)
    return [each.said for each in check_agreement(changed, [OTHER, changed], KNOWN) if each.weight is weight]


def test_a_good_agreement_has_no_remark() -> None:
    good = row()
    assert check_agreement(good, [OTHER, good], KNOWN) == []


def test_the_firms_first_agreements_have_no_errors() -> None:
    body = load_kind("agreements")
    variables = [each["name"] for each in body["variables"]]
    found = [
        (each["code"], remark.said)
        for each in body["agreements"]
        for remark in read_text(each["text"], variables, each["title"])
        if remark.weight is Weight.ERROR
    ]
    assert found == []


@pytest.mark.parametrize(("changes", "sentence"), [
    ({"text": " \n "}, "正文为空。"),
    ({"text": "按 {{手机}}"}, "第 1 行：未知变量 {{手机}}，请从变量列表中选择。"),
    ({"text": "好\n\n按 {{客户-号}}"}, "第 3 行：变量没有写完整，请写成 {{变量名}}，变量名只用汉字、字母和数字。"),
    ({"text": "甲\n\n这里是测试文本。"}, "第 3 行：有试写的内容没有删除：测试文本。"),
    ({"text": "甲\nlorem ipsum"}, "第 2 行：有试写的内容没有删除：lorem。"),
    ({"text": "乙方：XXX 公司"}, "第 1 行：有试写的内容没有删除：XXX。"),
    ({"text": "TODO 补上"}, "第 1 行：有试写的内容没有删除：TODO。"),
    ({"text": "费率见样例。"}, "第 1 行：有试写的内容没有删除：样例。"),
    ({"text": "甲\n\n[网页](http://a)"}, "第 3 行：PDF 不支持网页链接：[网页](http://a)。"),
    ({"text": "![图](a.png)"}, "第 1 行：PDF 不支持图片：![图](a.png)。"),
    ({"text": "甲<br>乙"}, "第 1 行：PDF 不支持网页标记：<br>。"),
    ({"text": "`code`"}, "第 1 行：PDF 不支持代码：`code`。"),
    ({"text": "*斜*体"}, "第 1 行：PDF 不支持斜体：*斜*。"),
    ({"text": "~~删~~"}, "第 1 行：PDF 不支持删除线：~~删~~。"),
    ({"text": "好\n\n**注意"}, "第 3 行：加粗记号 ** 没有成对。"),
    ({"text": "##标题"}, "第 1 行：标题的 # 后面要有一个空格。"),
    ({"text": "## \n甲"}, "第 1 行：标题是空的。"),
    ({"text": "# 甲\n\n### 乙"}, "第 3 行：标题从 1 级跳到了 3 级，中间缺少一级。"),
    ({"text": "#### 甲"}, "第 1 行：标题最多 3 级，请减少 #。"),
    ({"text": "| 甲 | 乙 |\n| 1 | 2 |"}, "第 1 行：表格第二行应是分隔线，例如 |--|--|。"),
    ({"text": "| 甲 | 乙 |\n|--|--|\n| 1 |"}, "第 3 行：表格这一行有 1 格，表头有 2 格。"),
    ({"text": "|" + " 甲 |" * 7 + "\n|" + "--|" * 7}, "第 1 行：表格最多 6 列，现在有 7 列。"),
    ({"text": "说明\n| 甲 |\n|--|"}, "第 2 行：表格前面要空一行。"),
    ({"text": "甲\u200b乙"}, "第 1 行：有看不见的控制字符，请删除后重新输入这一行。"),
    ({"text": "甲" * 60_001}, "正文超过 60000 个字，请分成几份协议。"),
    ({"text": "风 险"}, "正文与《期货交易风险说明书》完全相同。"),
    ({"code": "risk_statement", "order": 50}, "代码与《期货交易风险说明书》相同。"),
    ({"code": "夜盘"}, "代码应由小写字母、数字和下划线组成，以字母开头，最多 40 个字符。"),
    ({"title": " "}, "没有填写协议名称。"),
    ({"title": "11111"}, "协议名称像是试写的：11111。"),
    ({"title": "《夜盘》"}, "协议名称最多 40 个字，不带书名号、花括号和换行。"),
    ({"title": "期货交易风险说明书"}, "已有同名的协议《期货交易风险说明书》。"),
    ({"version": ""}, "没有填写版本号。"),
    ({"version": "第二版"}, "版本号只用数字、字母、点和短横线，最多 20 个字符，例如 2026.2。"),
    ({"version": "2026.1"}, "版本 2026.1 已经使用过，内容不能再改。请换一个新的版本号。"),
    ({"effective_from": ""}, "没有填写生效日期。"),
    ({"effective_from": "2026-03-01"}, "生效日期已经过去。"),
    ({"place": "hall"}, "没有选择出现的步骤。"),
    ({"place": "sign_in", "signed": False}, "这份协议只能出现在“阅读相关协议”。"),
    ({"order": 0}, "顺序应是 1 到 9999 的整数。"),
    ({"order": 100}, "《期货交易风险说明书》必须最先签署，请把顺序改为大于 100。"),
    ({"min_read_seconds": 601}, "最少阅读时间应是 0 到 600 秒。"),
    ({"applies": {"weather": ["rain"]}}, "不认识的适用条件：weather。"),
    ({"applies": {"business": []}}, "适用条件“业务类型”没有选择任何一项，协议永远不会出现。"),
    ({"applies": {"exchange": ["NYSE"]}}, "适用条件“交易所”中没有这些选项：NYSE。"),
    ({"applies": {"age": {}}}, "适用条件“年龄”没有填写。"),
    ({"applies": {"age": {"from": 70, "to": 60}}}, "年龄从 70 到 60 周岁，协议永远不会出现。"),
    ({"applies": {"age": {"to": 17}}}, "未满 18 周岁不能开户，协议永远不会出现。"),
    ({"applies": {"age": {"from": 200}}}, "年龄应在 0 到 120 周岁之间。"),
    ({"applies": {"business": ["profile"], "bank": ["ICBC"]}}, "所选业务类型没有“结算银行”，协议永远不会出现。"),
    (
        {"applies": {"business": ["settlement"], "insisted": True}},
        "所选业务类型没有“高于自身等级的选择”，协议永远不会出现。",
    ),
    (
        {"applies": {"insisted": True, "investor_class": ["professional"]}},
        "只有普通投资者会选择高于自身等级的交易所，协议永远不会出现。",
    ),
])  # fmt: skip
def test_what_keeps_a_version_from_being_proposed(changes: dict[str, Any], sentence: str) -> None:
    assert said(changes) == [sentence]


@pytest.mark.parametrize(("changes", "sentence"), [
    ({"text": "## 一、甲\n\n## 三、乙"}, "第 3 行：标题编号不连续：“三、”应是第 2 个。"),
    ({"text": "## 甲\n\n## 甲"}, "第 3 行：标题与第 1 行相同。"),
    ({"text": "# 夜盘交易告知书"}, "第 1 行：标题与协议名称相同，PDF 的首行已经印有协议名称。"),
    ({"text": "请保管帐户"}, "第 1 行：“帐户”建议写作“账户”。"),
    ({"text": "甲,乙"}, "第 1 行：汉字之间用了半角标点。"),
    ({"text": "试点样张"}, "第 1 行：有“样张”字样，正式使用前请确认。"),
    ({"text": "甲" * 2000}, "最少阅读时间 5 秒，全文 2000 字，客户可能没有读完。"),
    ({"place": "agreements", "order": 100, "signed": False}, "顺序与《期货交易风险说明书》相同，都是 100。"),
    ({"effective_from": "2036-03-10"}, "生效日期在一年以后，请确认年份。"),
])  # fmt: skip
def test_what_asks_to_look_again(changes: dict[str, Any], sentence: str) -> None:
    assert said(changes, Weight.WARNING) == [sentence]
    assert said(changes) == []


def test_numbers_of_chapters_and_articles_count_apart() -> None:
    text = "# 第一章 甲\n\n## 第一条 子\n\n## 第二条 丑\n\n# 第二章 乙\n\n## 第三条 寅"
    assert read_text(text, ()) == []
    text = "# 一、甲\n\n## （一）子\n\n## 一、丑\n\n# 二、乙\n\n## 一、寅"
    assert read_text(text, ()) == []
    long = "\n\n".join(
        f"## {each}、节" for each in ["一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二"]
    )
    assert read_text(long, ()) == []


def test_words_of_the_trade_are_no_leftovers() -> None:
    assert [leftover(each) for each in ("可以免除测试和交易经历", "在线测试成绩", "知识测试")] == ["", "", ""]


def test_a_list_tells_of_what_changed_only_and_of_what_pages_need() -> None:
    kept = row(
        code="privacy", title="隐私政策", place="sign_in", signed=False, text="旧 {{手机}}", effective_from="2020-01-01"
    )
    assert check_list([kept, OTHER], [kept, OTHER], KNOWN) == {}
    found = check_list([OTHER, row(version="")], [kept, OTHER], KNOWN)
    assert [each.said for each in problems(found)] == [
        "没有填写版本号。", "不能停用《隐私政策》：办理页面需要这份文件。",
    ]  # fmt: skip
