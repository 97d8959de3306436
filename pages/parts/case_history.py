"""What happened to a case: the witness's result, every rejection, the callbacks, the exchanges' answers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import streamlit as st

from core.flow import Proof, Rules
from core.records import ExchangeRequest
from core.rules.exchanges import names_of
from core.steps.witness import attested
from core.usecases.complete_case import COUNTER, OUTCOMES, RETURNS
from core.usecases.read_case import CaseFile, RejectionNote
from pages.parts import clock_words, notice
from pages.parts.fact_table import cell, fact_table, unusual
from pages.parts.language import _

STAGES: Mapping[str, str] = {"witness": "视频验证", "review": "复核", "callback": "电话回访"}
REQUEST_STATES: Mapping[str, str] = {"waiting": "等待回报", "opened": "已开通", "failed": "未开通"}


def show_witness(file: CaseFile) -> None:
    """Who passed the video check, the note, and when each step of the script was done."""
    proof = next((p for p in reversed(file.loaded.facts.proofs) if p.kind == "witness"), None)
    if proof is None:
        st.caption(_("还没有见证结果。"))
        return
    body, current = proof.body, proof.fingerprint == attested(file.loaded.facts)
    witness = _("{name}　执业证号 {licence}").format(name=body.get("name", ""), licence=body.get("licence", ""))
    fact_table(_("见证结果"), [
        (_("见证人员"), cell(witness)),
        (_("通过时间"), cell(clock_words.exact(proof.created_at))),
        (_("备注"), cell(body.get("note"))),
        (_("与现有资料"), cell(_("一致")) if current else unusual(_("见证后资料有变化"))),
    ])  # fmt: skip
    fact_table(_("话术"), _script(proof, file.loaded.rules), _("完成时间"))


def _script(proof: Proof, rules: Rules) -> list[tuple[str, str]]:
    done = proof.body.get("script") or {}
    steps = sorted(rules["witness_script"]["steps"], key=lambda step: step["order"])
    times = {key: clock_words.exact(datetime.fromisoformat(str(value))) for key, value in done.items()}
    return [(step["title"], cell(times[step["key"]])) for step in steps if step["key"] in times]


def show_history(file: CaseFile) -> None:
    """Every rejection, newest first, with the note that only staff read."""
    _counter(file)
    if not file.history:
        st.caption(_("没有驳回记录。"))
    labels = {r["code"]: r["label"] for r in file.loaded.rules["reject_reasons"]["reasons"]}
    for note in reversed(file.history):
        _rejection(note, labels)


def _counter(file: CaseFile) -> None:
    """What the counter did (密码重置)."""
    for proof in file.loaded.facts.proofs:
        if proof.kind == COUNTER:
            said = _("已办理完成") if proof.subject == "done" else _("没有办成")
            rows = [(_("结果"), cell(said)), (_("说明"), cell(proof.body.get("note")))]
            fact_table(_("柜台办理　{exact}").format(exact=clock_words.exact(proof.created_at)), rows)


def _rejection(note: RejectionNote, labels: Mapping[str, str]) -> None:
    rejection = note.rejection
    when = clock_words.exact(rejection.created_at)
    reasons = _("；").join(f"{code} {labels.get(code, '')}" for code in rejection.codes)
    fact_table(_("{stage}驳回　{when}").format(stage=_(STAGES.get(rejection.stage, rejection.stage)), when=when), [
        (_("经办人"), cell(note.author)),
        (_("原因"), cell(reasons)),
        (_("给客户的话"), cell(rejection.customer_text)),
        (_("内部备注"), cell(note.internal)),
    ])  # fmt: skip


def show_callbacks(file: CaseFile) -> None:
    """The calls made so far, newest first."""
    for call in reversed(file.callbacks):
        who = file.names.get(call.created_by, call.created_by)
        said = OUTCOMES.get(call.outcome, call.outcome)
        note = _("：{note}").format(note=notice.plain(call.note)) if call.note else ""
        st.markdown(f"**{said}**　{clock_words.exact(call.created_at)}　{notice.plain(who)}{note}")


def request_words(request: ExchangeRequest, rules: Rules) -> str:
    """`上海期货交易所：未开通（2 客户资料检查失败）` for staff."""
    name = names_of([request.exchange], rules["exchanges"])
    answered = request.return_code is not None and request.return_code != 0
    why = (
        _("（{return_code} {returns}）").format(
            return_code=request.return_code, returns=_(RETURNS[request.return_code])
        )
        if answered
        else ""
    )  # type: ignore[index]
    return _("{name}：{state}{why}").format(
        name=name, state=_(REQUEST_STATES.get(request.state, request.state)), why=why
    )
