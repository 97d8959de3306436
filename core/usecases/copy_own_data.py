"""The copy of the own data (个人信息保护法 art. 45): after a fresh code by SMS, for ten minutes, in this session."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from datetime import datetime, timedelta
from html import escape
from typing import Any

from core.actor import Actor
from core.audit import Tag
from core.businesses import BUSINESSES
from core.case import STATE_TITLES
from core.errors import NotAllowed, TooMany, WrongState
from core.flow import Evidence
from core.ports import Desk
from core.records_customers import RequestKind
from core.rules.calendar import SHANGHAI
from core.steps.photos import ALL_SLOTS
from core.usecases.investor_class import CLASSES
from core.usecases.masked_file import MASKS, card_rows, profile_rows, rating_words
from core.usecases.own_data import KINDS, OwnData, add_request, load_own_data
from core.usecases.sign_in_customer import WRONG_CODE, over_limit
from core.usecases.sms_codes import accept_code, send_code

OPEN_FOR = timedelta(minutes=10)
_REVEALED = {value for value, _mask in MASKS.values()} | {"cards"}
_PICTURES = {**ALL_SLOTS, "bank_card": "银行卡"}
_STYLE = "body{font:16px/1.6 sans-serif;margin:2rem;max-width:50rem}td{padding:.2rem 1rem .2rem 0;vertical-align:top}"


def request_copy_code(desk: Desk, actor: Actor, address: str) -> str:
    """Send a code to the number on file; its id. Raises `TooMany` beyond the limits, `WrongState` without a number."""
    with desk.write(actor.firm_id) as work:
        found = load_own_data(work, actor)
        if not found.phone:
            raise WrongState("没有可以接收验证码的手机号码，请到营业部办理。")
        refusal = over_limit(work, found.phone, address)
        if not refusal:
            code_id = send_code(work, f"data_copy:{actor.id}", actor.id, found.phone, "下载个人信息")
            work.audit(actor, Tag.CUSTOMER_CODE_REQUEST, f"code:{code_id}")
            return code_id
    raise TooMany(refusal)


def prove_copy(desk: Desk, actor: Actor, code_id: str, code: str) -> dict[str, str]:
    """Take the code: the copy may be opened for ten minutes in this session; returns errors by field."""
    with desk.write(actor.firm_id) as work:
        if accept_code(work, code_id, code, f"data_copy:{actor.id}") is None:
            return {"copy_code": WRONG_CODE}
        add_request(work, actor, RequestKind.COPY, {"session": actor.session_id})
        return {}


def may_open_copy(found: OwnData, actor: Actor) -> bool:
    """Whether the code was given in this session a short while ago."""
    return any(
        each.kind is RequestKind.COPY
        and each.subject == actor.id
        and each.body.get("session") == actor.session_id
        and found.now - each.created_at < OPEN_FOR
        for each in found.requests
    )


def open_copy(desk: Desk, actor: Actor) -> bytes:
    """The copy as a zip; on record before it is made. Raises `NotAllowed` without a fresh code."""
    with desk.write(actor.firm_id) as work:
        found = load_own_data(work, actor)
        if not may_open_copy(found, actor):
            raise NotAllowed("请先用短信验证码确认，再下载。")
        work.audit(actor, Tag.CUSTOMER_COPY_OPEN, found.person.ref or "person", pictures=len(found.file.photos))
    return _zip(desk, actor.firm_id, found)


def _zip(desk: Desk, firm_id: str, found: OwnData) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("个人信息.json", json.dumps(as_data(found), ensure_ascii=False, indent=2))
        package.writestr("个人信息.html", as_page(found))
        for number, item in enumerate(found.file.photos, 1):
            package.writestr(_picture_name(number, item), _bytes(desk, firm_id, item))
    return out.getvalue()


def _picture_name(number: int, item: Evidence) -> str:
    return f"照片/{number}-{_PICTURES.get(item.slot, item.slot)}.jpg"


def _bytes(desk: Desk, firm_id: str, item: Evidence) -> bytes:
    reader = desk.vault.open(firm_id, item.file_id)
    return reader.read(0, reader.size)


def as_data(found: OwnData) -> dict[str, Any]:
    """The copy as plain values: for other programs (the values as stored) and for people (in words)."""
    known = found.person.customer
    return {
        "公司": found.rules["firm"]["name"],
        "生成时间": _time(found.now),
        "个人信息": {title: dict(rows) for title, rows in _sections(found).items()},
        "原始数据": {
            "资金账号": known.capital_account if known else None,
            "已开通交易所": list(known.exchanges) if known else [],
            "基本资料": dict(found.file.profile),
            "银行卡": dict(found.file.bank),
            "适当性评估": dict(found.file.suitability),
        },
    }


def _sections(found: OwnData) -> Mapping[str, list[tuple[str, str]]]:
    """Everything in words, by section."""
    known, rules = found.person.customer, found.rules
    account = (
        [("资金账号", known.capital_account or ""), ("投资者类型", CLASSES[known.investor_class])] if known else []
    )
    rating = rating_words(found.file.suitability, rules)
    return {
        "账户": account + ([("风险承受能力等级", rating)] if rating else []),
        **profile_rows(found.file, rules, _REVEALED),
        "结算账户": [(f"{bank} {at}", number) for at, (bank, number) in enumerate(card_rows(found.file, _REVEALED), 1)],
        "业务": [
            (case.number, f"{BUSINESSES[case.business].title}　{STATE_TITLES[case.state]}　{_time(case.created_at)}")
            for case in found.person.cases
        ],
        "申请": [
            (f"{_time(each.created_at)} {KINDS[each.kind]}", " ".join(
                str(each.body.get(part) or "") for part in ("text", "answer")).strip())
            for each in found.requests
        ],
    }  # fmt: skip


def _time(moment: datetime) -> str:
    return f"{moment.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}"


def as_page(found: OwnData) -> str:
    """The copy as a page that any browser opens."""
    parts = []
    for title, rows in _sections(found).items():
        if rows:
            cells = "".join(f"<tr><td>{escape(label)}</td><td>{escape(text)}</td></tr>" for label, text in rows)
            parts.append(f"<h2>{escape(title)}</h2><table>{cells}</table>")
    firm = escape(str(found.rules["firm"]["name"]))
    head = f'<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>个人信息副本</title><style>{_STYLE}</style>'
    said = f"{firm}保存的您的个人信息，生成于 {_time(found.now)}。照片在“照片”文件夹，协议请在“协议下载”获取。"
    return f"{head}<h1>个人信息副本</h1><p>{said}</p>{''.join(parts)}</html>"
