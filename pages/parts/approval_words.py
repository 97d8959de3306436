"""What an approval brings about, in words for whoever approves."""

from __future__ import annotations

from core.case import Ending
from core.rules.exchanges import names_of
from core.usecases.read_case import CaseFile
from pages.parts.language import _


def approval_words(file: CaseFile) -> str:
    """By the ending of the business."""
    chosen = names_of(file.loaded.facts.values("exchanges").get("chosen") or (), file.loaded.rules["exchanges"])
    return {
        Ending.ACCOUNT: _("通过后会分配资金账号，向{chosen}申请交易编码，短信通知客户，并转入电话回访。"),
        Ending.CODES: _("通过后会向{chosen}申请交易编码，短信通知客户。"),
        Ending.FILE: _("通过后，变更立即记入客户资料，短信通知客户，业务办结。"),
        Ending.COUNTER: _("通过后转柜台办理。柜台登记结果后，短信通知客户。"),
    }[file.loaded.business.ending].format(chosen=chosen)
