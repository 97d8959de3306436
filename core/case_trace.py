"""Words for what the audit says of a case: the group it belongs to in the timeline, and what it is called."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from core.audit import Tag


class Group(StrEnum):
    """What the timeline can be filtered by."""

    STATE = "办理"
    DATA = "资料"
    CALL = "视频"
    SIGN = "协议与证书"
    MESSAGE = "短信与消息"
    STAFF = "分配与备注"
    READ = "查阅"


_T, _G = Tag, Group
WORDS: Mapping[str, tuple[Group, str]] = {
    _T.CUSTOMER_CALL_CHAT: (_G.CALL, "客户发送文字消息"),
    _T.CUSTOMER_CASE_ABANDON: (_G.STATE, "客户放弃"),
    _T.CUSTOMER_CASE_START: (_G.STATE, "开始办理"),
    _T.CUSTOMER_CASE_SUBMIT: (_G.STATE, "提交"),
    _T.CUSTOMER_CERTIFICATE_BEGIN: (_G.SIGN, "开始安装证书"),
    _T.CUSTOMER_CERTIFICATE_DETECT: (_G.SIGN, "检测到证书"),
    _T.CUSTOMER_CERTIFICATE_ISSUE: (_G.SIGN, "签发证书"),
    _T.CUSTOMER_CERTIFICATE_LOCK: (_G.SIGN, "证书密码多次错误，已锁定"),
    _T.CUSTOMER_CERTIFICATE_UNLOCK: (_G.SIGN, "输入证书密码"),
    _T.CUSTOMER_CERTIFICATE_WRONG: (_G.SIGN, "证书密码错误"),
    _T.CUSTOMER_DOCUMENT_PREPARE: (_G.SIGN, "生成待签协议"),
    _T.CUSTOMER_DOCUMENT_READ: (_G.SIGN, "阅读协议"),
    _T.CUSTOMER_DOCUMENT_SIGN: (_G.SIGN, "签署协议"),
    _T.CUSTOMER_EVIDENCE_ADD: (_G.DATA, "上传照片"),
    _T.CUSTOMER_EVIDENCE_REMOVE: (_G.DATA, "删除照片"),
    _T.CUSTOMER_NOTICE_ACKNOWLEDGE: (_G.DATA, "确认提示"),
    _T.CUSTOMER_QUEUE_JOIN: (_G.CALL, "进入排队"),
    _T.CUSTOMER_QUEUE_LEAVE: (_G.CALL, "离开排队"),
    _T.CUSTOMER_RESERVATION_BOOK: (_G.CALL, "预约视频"),
    _T.CUSTOMER_RESERVATION_CANCEL: (_G.CALL, "取消预约"),
    _T.CUSTOMER_RESERVATION_REBOOK: (_G.CALL, "改约"),
    _T.CUSTOMER_STEP_SAVE: (_G.DATA, "保存资料"),
    _T.CUSTOMER_TEST_END: (_G.DATA, "在线测试交卷"),
    _T.CUSTOMER_TEST_REUSE: (_G.DATA, "使用以前的测试结果"),
    _T.CUSTOMER_TEST_START: (_G.DATA, "开始在线测试"),
    _T.STAFF_ACCESS_DECIDE: (_G.STATE, "认定准入条件"),
    _T.STAFF_CALL_CAPTURE: (_G.CALL, "截取"),
    _T.STAFF_CALL_CHAT: (_G.CALL, "见证人员发送文字消息"),
    _T.STAFF_CALL_CLAIM: (_G.CALL, "接通视频"),
    _T.STAFF_CALL_FINISH: (_G.CALL, "视频结束"),
    _T.STAFF_CALL_OBSERVE: (_G.CALL, "主管监看"),
    _T.STAFF_CALL_RELEASE: (_G.CALL, "退回队首"),
    _T.STAFF_CALL_STEP: (_G.CALL, "完成话术"),
    _T.STAFF_CALL_TAKEOVER: (_G.CALL, "主管接管"),
    _T.STAFF_CALL_WHISPER: (_G.CALL, "主管耳语"),
    _T.STAFF_CALLBACK_RECORD: (_G.STATE, "电话回访"),
    _T.STAFF_CASE_ACTIVATE: (_G.STATE, "激活"),
    _T.STAFF_CASE_AGREE: (_G.STATE, "第一位复核人员同意"),
    _T.STAFF_CASE_APPROVE: (_G.STATE, "复核通过"),
    _T.STAFF_CASE_ASSIGN: (_G.STAFF, "领取或分配"),
    _T.STAFF_CASE_ERASE: (_G.DATA, "按客户申请删除资料"),
    _T.STAFF_CASE_ESCALATE: (_G.STAFF, "上报主管"),
    _T.STAFF_CASE_FINISH: (_G.STATE, "办结"),
    _T.STAFF_CASE_NOTE: (_G.STAFF, "备注"),
    _T.STAFF_CASE_REJECT: (_G.STATE, "驳回"),
    _T.STAFF_CASE_RELEASE: (_G.STAFF, "放回列表"),
    _T.STAFF_CASE_SETTLE: (_G.STAFF, "处理结果"),
    _T.STAFF_CASE_SNOOZE: (_G.STAFF, "延后"),
    _T.STAFF_CASE_TAKE: (_G.STAFF, "领取复核"),
    _T.STAFF_CASE_TERMINATE: (_G.STATE, "终止"),
    _T.STAFF_CASE_WAKE: (_G.STAFF, "取消延后"),
    _T.STAFF_EVIDENCE_EXPORT: (_G.READ, "导出文件"),
    _T.STAFF_EXCHANGE_RECORD: (_G.STATE, "登记交易所回报"),
    _T.STAFF_HOLD_LIFT: (_G.STAFF, "解除法定保全"),
    _T.STAFF_HOLD_SET: (_G.STAFF, "法定保全"),
    _T.STAFF_MATCH_DECIDE: (_G.STATE, "判断相同信息"),
    _T.STAFF_OFFER_DECLINE: (_G.CALL, "未接听"),
    _T.STAFF_PERSONAL_READ: (_G.READ, "查阅"),
    _T.STAFF_QUEUE_AHEAD: (_G.CALL, "提前接待"),
    _T.STAFF_QUEUE_TRANSFER: (_G.CALL, "转接"),
    _T.STAFF_SAMPLE_CHECK: (_G.STAFF, "质量检查"),
    _T.STAFF_SHEET_PRINT: (_G.READ, "打印受理单"),
    _T.SYSTEM_CASE_APPROVE: (_G.STATE, "系统办结"),
    _T.SYSTEM_CASE_ERASE: (_G.DATA, "保存期满，删除资料"),
    _T.SYSTEM_CASE_EXPIRE: (_G.STATE, "超过期限，已失效"),
    _T.SYSTEM_CASE_RELEASE: (_G.STAFF, "闲置，放回列表"),
    _T.SYSTEM_CASE_WARN: (_G.MESSAGE, "提醒客户即将失效"),
    _T.SYSTEM_DOCUMENT_SEAL: (_G.SIGN, "加盖电子印章"),
    _T.SYSTEM_RECORDING_CHECK: (_G.CALL, "检查录像"),
    _T.SYSTEM_RECORDING_STORE: (_G.CALL, "保存录像"),
}
PURPOSE_WORDS: Mapping[str, str] = {
    "callback": "回访",
    "cards": "卡号",
    "customer": "客户资料",
    "inspection": "录像查阅",
    "phone": "手机号码",
    "report": "交易所回报",
    "review": "复核",
    "sheet": "打印受理单",
    "trace": "时间线",
    "trace:values": "时间线中的内容",
    "work": "工作列表",
}


def words_of(tag: str) -> tuple[Group, str]:
    """Group and name of a tag; one that has no words of its own stands as it is."""
    return WORDS.get(tag, (Group.STATE, tag))


def purpose_words(purpose: str) -> str:
    """What somebody looked at, in words: `review:phone` is 复核 · 手机号码."""
    if purpose in PURPOSE_WORDS:
        return PURPOSE_WORDS[purpose]
    return " · ".join(PURPOSE_WORDS.get(part, part) for part in purpose.split(":"))
