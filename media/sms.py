"""SMS gateways: a generic HTTP one, and the demo's on-screen outbox, which sends nothing."""

from __future__ import annotations

import json

import httpx

from core.errors import OutsideService
from core.ports import SmsGateway
from core.settings import Settings


class ScreenOutbox:
    """Demo mode: the message is shown on screen from the outbox, so there is nothing to do."""

    def send(self, phone: str, text: str) -> None:
        """Accept the message."""


class HttpGateway:
    """POSTs JSON made from a template, in which {phone}, {text} and {signature} are filled in as JSON strings."""

    def __init__(self, url: str, template: str, signature: str, timeout_s: float = 10) -> None:
        self.url, self.template, self.signature, self.timeout_s = url, template, signature, timeout_s

    def send(self, phone: str, text: str) -> None:
        """Send one message; raises `OutsideService` unless the gateway answers with 2xx."""
        body = self.template or '{"phone": {phone}, "text": {text}, "signature": {signature}}'
        for name, value in (("{phone}", phone), ("{text}", text), ("{signature}", self.signature)):
            body = body.replace(name, json.dumps(value))
        try:
            answer = httpx.post(
                self.url, content=body, headers={"content-type": "application/json"}, timeout=self.timeout_s
            )
        except httpx.HTTPError as error:
            raise OutsideService("短信网关没有回应。") from error
        if not answer.is_success:
            raise OutsideService("短信网关拒绝了消息。")


def gateway_for(settings: Settings) -> SmsGateway:
    """The gateway that the settings name."""
    if settings.sms_url:
        return HttpGateway(settings.sms_url, settings.sms_template, settings.sms_signature)
    return ScreenOutbox()
