"""The one tree of exceptions. Each carries a Chinese sentence that is safe to show to anybody."""

from __future__ import annotations


class DeskError(Exception):
    """Something that must not happen or is not allowed; `text` is shown to the user as it stands."""

    text = "暂时无法完成操作，请稍后再试。"

    def __init__(self, text: str | None = None) -> None:
        if text is not None:
            self.text = text
        super().__init__(self.text)


class NotAllowed(DeskError):
    """The actor has no right to do this, or may not know that the object exists."""

    text = "您没有权限进行此操作。"


class NotFound(DeskError):
    """The object does not exist in this firm."""

    text = "没有找到对应的记录。"


class WrongState(DeskError):
    """The action does not fit the state of the case."""

    text = "当前状态下不能进行此操作，页面已为您更新。"


class NotYet(WrongState):
    """This customer may not begin the business now; `instead` is the business that helps first, empty: none."""

    def __init__(self, text: str, instead: str = "") -> None:
        super().__init__(text)
        self.instead = instead


class Stale(DeskError):
    """Somebody or another tab changed the object first."""

    text = "内容已在别处更新，请核对后再提交。"


class SignedOut(DeskError):
    """No valid session."""

    text = "登录已过期，请重新登录。"


class TooMany(DeskError):
    """A limit on tries or frequency is reached."""

    text = "操作过于频繁，请稍后再试。"


class BadFile(DeskError):
    """An uploaded file is refused."""

    text = "无法读取该文件，请更换后再上传。"


class NotConfigured(DeskError):
    """A setting is missing or too weak to start with."""

    text = "系统配置不完整，请联系管理员。"


class OutsideService(DeskError):
    """A foreign system (SMS gateway, certificate authority) did not do its part."""

    text = "外部服务暂时不可用，请稍后再试。"


class MediaTrouble(DeskError):
    """A call, capture or recording failed."""

    text = "音视频服务暂时不可用，请重试。"
