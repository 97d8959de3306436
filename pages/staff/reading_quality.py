"""识别评估: how often the machine read right in this firm's own cases, against what review confirmed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from core.charts import Chart, Column
from core.records_marks import FindingCount
from core.rules.device_kind import DEVICE_TITLES
from core.rules.read_against_typed import FIELDS
from core.usecases.reading_quality import Tally, reading_quality
from pages.parts import charts, notice, visitor, wiring
from pages.parts.language import _

PICTURES: Mapping[str, str] = {
    "id_front": _("身份证正面"), "id_back": _("身份证反面"), "bank_card": _("银行卡"), "portrait": _("手持证件照"),
    "score_report": _("成绩报告单"),
}  # fmt: skip
FINDINGS: Mapping[str, str] = {
    "aspect": _("签名方向不对"), "blurred": _("不清晰"), "covered_edge": _("边缘看不清"), "cut": _("超出画面"),
    "dark": _("太暗"), "different_cards": _("两面不是同一张"), "edited": _("经过修图软件"), "expired": _("证件过期"),
    "glare": _("反光"), "held_other_card": _("手持的不是同一张"), "held_unreadable": _("手持的看不清"),
    "low_contrast": _("与背景反差小"), "mismatch_birth": _("出生日期与号码不符"), "mismatch_sex": _("性别与号码不符"),
    "no_card": _("没有找到证件"), "no_card_held": _("没有看到手持的证件"), "no_face": _("没有看清脸"),
    "no_signature": _("没有看清签名"), "not_a_report": _("不是成绩报告单"), "report_other_person": _("报告不是本人的"),
    "report_unreadable": _("报告看不清"),
    "small": _("证件太小"), "swapped": _("正反面放反"), "temporary_card": _("临时身份证"),
    "typed_differs": _("与填写不一致"), "used_before": _("照片用过"), "wrong_side": _("面不对"),
}  # fmt: skip
FEW = 20
"""Below so many a share says little, and the page says so."""
COUNTED = (
    Column("total", _("复核确认"), _("次"), _("业务通过复核时，客户填写的值即为确认值；每张照片的每一项算一次。")),
    Column("read_right", _("读对"), _("次"), _("机器读出的值与确认值一致，不论是否替客户填入。")),
    Column("share", _("读对率"), "%", _("读对 ÷ 复核确认。")),
    Column(
        "wrong",
        _("校验通过但有误"),
        _("次"),
        _("校验通过，但与确认值不同。会替客户填入的项目（姓名、号码、住址、有效期、卡号）最需要留意。"),
    ),
    Column("held_back", _("读对未采用"), _("次"), _("读对了，但校验不通过，没有采用。")),
    Column("caught", _("读错被拦下"), _("次"), _("读错了，校验发现，没有采用。")),
    Column("missing", _("没有读出"), _("次"), _("这一项没有读到文字。")),
)
AGREED = (
    Column("total", _("复核评价"), _("次"), _("复核人员对这一发现点过“属实”或“不属实”的次数。")),
    Column("agreed", _("属实"), _("次")),
    Column("share", _("属实率"), "%", _("属实 ÷ 复核评价。没有点评的不计。")),
)
guest = visitor.read()
desk, actor = wiring.desk(), guest.actor_staff
assert actor is not None


def _cells(tally: Tally) -> tuple[float, ...]:
    others = (tally.counts["wrong"], tally.counts["held_back"], tally.counts["caught"], tally.counts["missing"])
    return (tally.total, tally.read_right, tally.read_right / tally.total, *others)


def _by_field(tallies: Sequence[Tally]) -> Chart:
    names = {(slot, key): f"{PICTURES[slot]}　{title}" for slot, keys in FIELDS.items() for key, title in keys.items()}
    order = list(names)
    rows = tuple((names[t.name], *_cells(t)) for t in sorted(tallies, key=lambda t: order.index(t.name)))
    note = _("民族、签发机关、成绩和考试日期不由客户填写，没有可比的确认值，不计入。")
    return Chart("by_field", _("哪些项目读得准？"), (Column("field", _("项目")), *COUNTED), rows, note)


def _by_camera(tallies: Sequence[Tally]) -> Chart:
    ranked = sorted(tallies, key=lambda t: -t.total)
    rows = tuple((f"{t.name[0] or _('没有写明相机')}　{_(DEVICE_TITLES[t.name[1]])}", *_cells(t)) for t in ranked)
    note = _("相机型号来自照片文件，设备种类来自浏览器，都可能缺失；现场拍摄的照片不写明相机型号。")
    return Chart("by_camera", _("哪些相机拍得能读？"), (Column("camera", _("相机与设备")), *COUNTED), rows, note)


def _findings(counts: Sequence[FindingCount]) -> Chart:
    rows = []
    for row in sorted(counts, key=lambda each: -each.agreed - each.disagreed):
        total = row.agreed + row.disagreed
        rows.append((FINDINGS.get(row.code, row.code), total, row.agreed, row.agreed / total))
    columns = (Column("finding", _("机器的发现")), *AGREED)
    note = _("漏报无法由此看出：没有发现的照片没有评价。")
    return Chart("findings", _("机器的发现有多少属实？"), columns, tuple(rows), note)


def _draw(chart: Chart, empty: str) -> None:
    with st.container(key=f"card-{chart.key}"):
        st.subheader(_(chart.title), help=charts.meanings(chart))
        if not chart.rows:
            notice.empty_state(empty)
            return
        st.html(charts.table(chart))
        if any(isinstance(row[1], int) and row[1] < FEW for row in chart.rows):
            st.caption(_("次数少于 {few} 的行，比率只供参考。").format(few=FEW))
        st.caption(chart.note)


st.title(_("识别评估"))
st.caption(_("统计本公司已通过复核的业务，不含任何客户信息。机器不比对人脸，不检测翻拍屏幕，也不检测修图。"))
found = reading_quality(desk, actor)
_draw(
    _by_field(found.by_field), _("还没有通过复核且由机器读过照片的业务。有业务通过后，这里按项目显示读对的次数和比率。")
)
_draw(_by_camera(found.by_camera), _("有业务通过复核后，这里按相机和设备显示读对的次数和比率。"))
_draw(_findings(found.findings), _("复核人员评价机器的发现后，这里显示每种发现属实的次数和比率。"))
