"""Settings of one deployment, read once from the environment (prefix JIANZHENG_)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from core.errors import NotConfigured

MODES = ("demo", "production")
VIDEO_MODES = ("packet", "decode")


@dataclass(frozen=True)
class Settings:
    """`data` holds the key file, the embedded database and the evidence folder unless URLs say otherwise."""

    mode: str
    data: Path
    database_url: str
    storage: Path
    master_key: str | None
    public_url: str
    video_mode: str
    worker: str
    demo_password: str | None
    sms_url: str
    sms_template: str
    sms_signature: str
    turn_urls: tuple[str, ...]
    turn_secret: str
    webhook_private: bool = False

    @property
    def demo(self) -> bool:
        """Whether invented firms and on-screen codes are shown."""
        return self.mode == "demo"

    @property
    def secure(self) -> bool:
        """Whether cookies must carry Secure (TLS in front)."""
        return self.public_url.startswith("https://")


def read_settings(environ: Mapping[str, str], root: Path) -> Settings:
    """Settings from the environment; raises `NotConfigured` for values that cannot work."""

    def value(name: str, default: str = "") -> str:
        return environ.get(f"JIANZHENG_{name}", default).strip()

    data = Path(value("DATA") or root / "data")
    settings = Settings(
        mode=value("MODE", "production"),
        data=data,
        database_url=value("DATABASE_URL") or f"sqlite:///{data / 'jianzheng.db'}",
        storage=Path(value("STORAGE") or data / "evidence"),
        master_key=value("MASTER_KEY") or None,
        public_url=value("PUBLIC_URL"),
        video_mode=value("VIDEO_MODE", "packet"),
        worker=value("WORKER", "child"),
        demo_password=value("DEMO_PASSWORD") or None,
        sms_url=value("SMS_URL"),
        sms_template=value("SMS_TEMPLATE"),
        sms_signature=value("SMS_SIGNATURE"),
        turn_urls=tuple(url.strip() for url in value("TURN_URLS").split(",") if url.strip()),
        turn_secret=value("TURN_SECRET"),
        webhook_private=value("WEBHOOK_PRIVATE") == "1",
    )
    check_settings(settings)
    return settings


def check_settings(settings: Settings) -> None:
    """Refuse to start with settings that are unknown, or weak in production; raises `NotConfigured`."""
    if settings.mode not in MODES or settings.video_mode not in VIDEO_MODES:
        raise NotConfigured("JIANZHENG_MODE 只能是 demo 或 production，JIANZHENG_VIDEO_MODE 只能是 packet 或 decode。")
    if bool(settings.turn_urls) != bool(settings.turn_secret):
        raise NotConfigured("JIANZHENG_TURN_URLS 与 JIANZHENG_TURN_SECRET 需要一起设置。")
    if not all(url.startswith(("turn:", "turns:")) for url in settings.turn_urls):
        raise NotConfigured("JIANZHENG_TURN_URLS 中每个地址都要以 turn: 或 turns: 开头，用逗号分开。")
    if settings.demo:
        return
    if not settings.sms_url:
        raise NotConfigured("正式运行需要短信网关：请设置 JIANZHENG_SMS_URL。试用请设置 JIANZHENG_MODE=demo。")
    if not settings.secure:
        raise NotConfigured("正式运行需要 HTTPS：请把 JIANZHENG_PUBLIC_URL 设为 https:// 开头的对外地址。")
    if settings.demo_password:
        raise NotConfigured("正式运行不接受演示密码：请删除 JIANZHENG_DEMO_PASSWORD。")
