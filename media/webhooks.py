"""Sends webhooks, and only to where they may go: the address is looked up first, and that very address is called."""

from __future__ import annotations

import ipaddress
import socket
import time
from collections.abc import Mapping

import httpx

from core.errors import OutsideService
from core.records_interfaces import Sent
from core.settings import Settings
from core.webhooks import url_problem

TIMEOUT_S = 5.0
ANSWER_BYTES = 200
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class HttpHooks:
    """Calls https addresses (http in the demo); private and loopback ones only where the deployment allows them."""

    def __init__(self, settings: Settings) -> None:
        self.demo, self.private = settings.demo, settings.webhook_private

    def send(self, url: str, headers: Mapping[str, str], body: bytes) -> Sent:
        """POST the body; no redirect is followed, no proxy is asked. Raises `OutsideService` with the reason.

        The host is resolved here and the connection made to the number that was looked at: a name that says
        something else the second time leads nowhere.
        """
        if problem := url_problem(url, demo=self.demo):
            raise OutsideService(problem)
        target = httpx.URL(url)
        place = self._resolve(target.host, target.port or (443 if target.scheme == "https" else 80))
        named = {**headers, "Host": target.netloc.decode("ascii")}
        numbered = target.copy_with(host=str(place))
        try:
            with httpx.Client(timeout=TIMEOUT_S, follow_redirects=False, trust_env=False) as client:
                extensions = {"sni_hostname": target.host}
                with client.stream("POST", numbered, content=body, headers=named, extensions=extensions) as answer:
                    return Sent(answer.status_code, _begin(answer))
        except httpx.HTTPError as error:
            raise OutsideService(f"对方没有应答（{type(error).__name__}）。") from error

    def _resolve(self, host: str, port: int) -> Address:
        """A number of a host, IPv4 if it has one; refused when any of its numbers lies inside."""
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise OutsideService("无法解析对方的域名。") from error
        places = [ipaddress.ip_address(row[4][0]) for row in found]
        if not places or not (self.private or all(is_outside(place) for place in places)):
            raise OutsideService("地址指向内部网络，不允许投递。")
        return min(places, key=lambda place: place.version)


def is_outside(place: Address) -> bool:
    """Whether a number belongs to the public internet, also when it is wrapped into another kind of number."""
    inner = [place]
    if isinstance(place, ipaddress.IPv6Address):
        inner += [each for each in (place.ipv4_mapped, place.sixtofour, *(place.teredo or ())) if each]
        if place in ipaddress.ip_network("64:ff9b::/96"):
            inner.append(ipaddress.IPv4Address(int(place) & 0xFFFFFFFF))
    return all(each.is_global and not each.is_multicast for each in inner)


def _begin(answer: httpx.Response) -> str:
    """The first bytes of an answer as plain text; the rest is not read."""
    held, until = b"", time.monotonic() + TIMEOUT_S
    for piece in answer.iter_raw():
        held += piece
        if len(held) >= ANSWER_BYTES or time.monotonic() > until:
            break
    text = held[:ANSWER_BYTES].decode("utf-8", "ignore")
    return "".join(c for c in text if c.isprintable())
