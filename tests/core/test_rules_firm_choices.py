"""What a firm chose, also where its data are older than the choice (C02, C03, C13-C15, C20)."""

from __future__ import annotations

from typing import Any

import pytest

from core.defaults import load_kind
from core.rules import firm_choices as choices

OLD: dict[str, Any] = {"businesses": {"open_account": {"follow_up": True}, "add_code": {}}}
"""As it was before these settings existed."""


@pytest.mark.parametrize("body", [OLD, load_kind("business_rules")])
def test_an_older_version_means_what_the_defaults_say(body: dict[str, Any]) -> None:
    for business in OLD["businesses"]:
        assert choices.uploads_of(body, business) == choices.UPLOADS
        assert choices.captures_of(body, business) == choices.CAPTURES
        assert choices.phone_callback(body, business) == "always"
        assert choices.newcomers_sign_in(body, business) == "phone_first"
    assert choices.line_of(body) == "branch"
    assert choices.password_rule(body) == choices.PasswordRule(6, 8, letters=False)
    assert choices.upload_rule(body) == choices.UploadRule()


@pytest.mark.parametrize(
    ("customer", "witness", "taken"),
    [
        (["id_front", "id_back"], [], ()),
        (["id_back"], [], ("capture_front",)),
        ([], ["clip_head"], ("capture_front", "capture_back", "clip_head")),
        (["id_back", "id_front"], ["clip_head", "capture_portrait"], ("capture_portrait", "clip_head")),
    ],
)
def test_each_side_of_the_card_is_seen_by_somebody(customer: list[str], witness: list[str], taken: tuple[str]) -> None:
    body = {"businesses": {"add_code": {"pictures": {"customer": customer, "witness": witness}}}}
    assert choices.captures_of(body, "add_code") == taken
    assert "signature" in choices.uploads_of(body, "add_code"), "documents show it"
    assert choices.captures_of(body, "profile") == choices.CAPTURES, "the others keep theirs"


@pytest.mark.parametrize(
    ("kind", "size", "said"),
    [("png", 2**20, ""), ("png", 2**20 + 1, "图片超过 1 MB"), ("jpg", 1, "请上传 png、bmp 格式")],
)
def test_an_upload_is_taken_or_told_why_not(kind: str, size: int, said: str) -> None:
    rule = choices.upload_rule({"uploads": {"kinds": ["bmp", "png", "tiff"], "most_mb": 1}})
    found = rule.problem(kind, size)
    assert found.startswith(said) and bool(found) is bool(said)


def test_nobody_sets_more_than_the_server_takes() -> None:
    assert choices.upload_rule({"uploads": {"kinds": [], "most_mb": 99}}) == choices.UploadRule()


@pytest.mark.parametrize(
    ("body", "signs"), [({}, choices.RISKS), ({"video_risks": []}, ()), ({"video_risks": ["age", "weather"]}, ("age",))]
)
def test_the_firm_names_the_signs_of_risk(body: dict[str, Any], signs: tuple[str, ...]) -> None:
    assert choices.video_risks(body) == signs
