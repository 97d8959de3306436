"""Refuse to start with a configuration that would leak, whoever changed it."""

from __future__ import annotations

from streamlit import config

from core.errors import NotConfigured
from core.settings import Settings

REQUIRED = {
    "server.enableStaticServing": False,
    "server.enableAgentApi": False,
    "server.enableXsrfProtection": True,
    "server.maxUploadSize": 10,
    "client.showErrorDetails": "none",
    "runner.postScriptGC": False,
    "browser.gatherUsageStats": False,
}


def assert_configuration(settings: Settings) -> None:
    """Raise `NotConfigured` naming the first option that is weaker than shipped."""
    for option, wanted in REQUIRED.items():
        if config.get_option(option) != wanted:
            raise NotConfigured(f"配置项 {option} 应为 {wanted}，系统未启动。")
    trusted = config.get_option("server.trustedUserHeaders") or {}
    if trusted != {"x-jianzheng-customer": "customer", "x-jianzheng-staff": "staff"}:
        raise NotConfigured("配置项 server.trustedUserHeaders 被改动，系统未启动。")
    if not settings.demo and config.get_option("global.developmentMode"):
        raise NotConfigured("正式运行不能打开 developmentMode，系统未启动。")
