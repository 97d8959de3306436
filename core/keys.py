"""Master keys of the deployment and the keys of each firm derived from them.

Everything at rest stands under keys derived here: personal answers, evidence files, blind indexes, the audit
chain. A firm's keys are derived with HKDF-SHA256 (RFC 5869) from the master key with the firm's id in `info`,
so a value sealed for one firm cannot be opened with the keys of another.

Two kinds of keys:

* rotating: `seal` and `wrap_file_key` use the current master key and write its id into the result, so older
  values stay readable as long as the ring holds the older key;
* constant: `index`, `mac` and `subkey` come from master key 1 for ever, because a blind index or a hash chain
  must give the same value after a rotation. Key 1 can therefore never be removed from the ring.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import json
import os
import stat
import tempfile
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from core.errors import DeskError, NotConfigured

KEY_BYTES = 32
NONCE_BYTES = 12
TAG_BYTES = 16
SEALED_EXTRA = 3 + NONCE_BYTES + TAG_BYTES
"""Bytes that sealing adds to the plain value."""
CONSTANT_KEY = 1
"""Id of the master key behind indexes, chains and subkeys."""
_VERSION = 1
_LAST_KEY_ID = 0xFFFF

Ring = tuple[int, dict[int, bytes]]
"""Id of the current key, and all keys by id."""


class Unreadable(DeskError):
    """A sealed value was altered, moved, belongs to another firm, or its key is gone. Never says which."""

    text = "数据无法读取，请联系管理员。"


class FirmKeys:
    """The keys of one firm. Safe to share between threads; holds no secret in its repr."""

    def __init__(self, master: MasterKeys, firm_id: str) -> None:
        self._master = master
        self._firm_id = firm_id
        self._derived: dict[tuple[int, str, str], bytes] = {}

    def seal(self, data: bytes, aad: bytes) -> bytes:
        """Encrypt with AES-256-GCM: 0x01 | key id, 2 bytes | nonce, 12 bytes | ciphertext and tag.

        `aad` says where the value belongs (table|column|row); the same bytes are needed to open it. A random
        nonce of 96 bits allows 2^32 values per firm and master key (NIST SP 800-38D, 8.3).
        """
        return self._seal("value", data, aad)

    def open(self, blob: bytes, aad: bytes) -> bytes:
        """Return what `seal` was given. Raises Unreadable for anything else."""
        return self._open("value", blob, aad)

    def index(self, field: str, value: str) -> bytes:
        """Return 16 bytes, equal for equal values of a field in this firm, to search without decrypting.

        The caller brings the value to one spelling first (upper case, no blanks). Unchanged by rotation.
        """
        return hmac.digest(self._key(CONSTANT_KEY, "index", field), _utf8(value), "sha256")[:16]

    def mac(self, purpose: str, data: bytes) -> bytes:
        """Return the HMAC-SHA256 (32 bytes) of `data` for one purpose. Unchanged by rotation."""
        return hmac.digest(self._key(CONSTANT_KEY, "mac", purpose), data, "sha256")

    def subkey(self, purpose: str) -> bytes:
        """Return a key of 32 bytes for one purpose of this firm. Unchanged by rotation."""
        return self._key(CONSTANT_KEY, "subkey", purpose)

    def wrap_file_key(self, raw: bytes, file_id: str) -> bytes:
        """Seal the random key of one evidence file; the result opens only for the same file id."""
        return self._seal("file", raw, _utf8(file_id))

    def unwrap_file_key(self, blob: bytes, file_id: str) -> bytes:
        """Return the key of an evidence file. Raises Unreadable."""
        return self._open("file", blob, _utf8(file_id))

    def _seal(self, purpose: str, data: bytes, aad: bytes) -> bytes:
        key_id = self._master.current
        nonce = os.urandom(NONCE_BYTES)
        sealed = AESGCM(self._key(key_id, purpose, "")).encrypt(nonce, data, aad)
        return bytes((_VERSION,)) + key_id.to_bytes(2, "big") + nonce + sealed

    def _open(self, purpose: str, blob: bytes, aad: bytes) -> bytes:
        if len(blob) < SEALED_EXTRA or blob[0] != _VERSION:
            raise Unreadable
        key = self._key(int.from_bytes(blob[1:3], "big"), purpose, "")
        nonce, sealed = blob[3 : 3 + NONCE_BYTES], blob[3 + NONCE_BYTES :]
        try:
            return AESGCM(key).decrypt(nonce, sealed, aad)
        except InvalidTag:
            raise Unreadable from None

    def _key(self, key_id: int, purpose: str, name: str) -> bytes:
        place = (key_id, purpose, name)
        if place not in self._derived:
            self._derived[place] = _derive(self._master.key(key_id), self._firm_id, purpose, name)
        return self._derived[place]


class MasterKeys:
    """The ring of master keys. One instance per process, made by `load`."""

    def __init__(
        self,
        keys: Mapping[int, bytes],
        current: int,
        extend: Callable[[], Ring] | None = None,
        reread: Callable[[], Ring] | None = None,
    ) -> None:
        """Hold `keys`; `extend` adds a key to the stored ring, `reread` fetches the stored ring again."""
        self._keys = dict(keys)
        self.current = current
        self._extend = extend
        self._reread = reread
        self._firms: dict[str, FirmKeys] = {}
        self._lock = threading.Lock()

    @classmethod
    def load(cls, path: Path, environ: str | None) -> MasterKeys:
        """Read the ring from the environment value, else from `path`, made by the first start with mode 0600.

        The value is JSON `{"current": 1, "keys": {"1": "<base64 of 32 bytes>"}}` or the base64 of one key.
        Raises NotConfigured for a malformed value or a file that others than its owner can read.
        """
        if environ is not None and environ.strip():
            current, keys = _parse(environ)
            return cls(keys, current, extend=_refuse_to_extend)
        if not path.exists():
            _create(path)
        current, keys = _read(path)
        return cls(keys, current, extend=lambda: _extend_file(path), reread=lambda: _read(path))

    @classmethod
    def in_memory(cls) -> MasterKeys:
        """Make a ring with one random key that is stored nowhere (tests)."""
        return cls({CONSTANT_KEY: os.urandom(KEY_BYTES)}, CONSTANT_KEY)

    def firm(self, firm_id: str) -> FirmKeys:
        """Return the keys of one firm, the same object for the same id."""
        with self._lock:
            return self._firms.setdefault(firm_id, FirmKeys(self, firm_id))

    def rotate(self) -> int:
        """Add a random key, store the ring, make the key current and return its id. Old keys keep reading.

        Other processes take the new key up when they first meet its id. Raises NotConfigured when the ring
        comes from the environment, where only the operator can add a key.
        """
        with self._lock:
            self._take(self._extend() if self._extend else _extended((self.current, self._keys)))
            return self.current

    def key(self, key_id: int) -> bytes:
        """Return a master key of 32 bytes. Raises Unreadable when the ring lacks it."""
        with self._lock:
            if key_id not in self._keys and self._reread is not None:
                self._take(self._reread())
            found = self._keys.get(key_id)
        if found is None:
            raise Unreadable
        return found

    def _take(self, ring: Ring) -> None:
        current, keys = ring
        self._keys = {**self._keys, **keys}
        self.current = current


def _derive(master: bytes, *parts: str) -> bytes:
    """HKDF with the parts in `info`, each after its length, so that no two lists of parts look the same."""
    info = b"jianzheng 1" + b"".join(len(part).to_bytes(4, "big") + part for part in map(_utf8, parts))
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=info).derive(master)


def _utf8(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _parse(value: str) -> Ring:
    value = value.strip()
    try:
        if not value.startswith("{"):
            return CONSTANT_KEY, {CONSTANT_KEY: _decode(value)}
        body = json.loads(value)
        current, keys = int(body["current"]), {int(name): _decode(key) for name, key in body["keys"].items()}
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise NotConfigured("主密钥的格式不正确，请检查配置。") from None
    if current not in keys or CONSTANT_KEY not in keys or not all(0 < name <= _LAST_KEY_ID for name in keys):
        raise NotConfigured("主密钥不完整：需要包含 1 号密钥和当前密钥。")
    return current, keys


def _decode(text: str) -> bytes:
    try:
        key = base64.b64decode(text, validate=True)
    except binascii.Error:
        raise ValueError("not base64") from None
    if len(key) != KEY_BYTES or len(set(key)) < 8:
        raise ValueError("not a random key of 32 bytes")
    return key


def _dump(ring: Ring) -> bytes:
    current, keys = ring
    encoded = {str(name): base64.b64encode(key).decode() for name, key in sorted(keys.items())}
    return json.dumps({"current": current, "keys": encoded}, indent=1).encode() + b"\n"


def _read(path: Path) -> Ring:
    try:
        with path.open("rb") as file:
            mode, content = os.fstat(file.fileno()).st_mode, file.read()
    except OSError:
        raise NotConfigured("无法读取主密钥文件，请检查它是否存在以及访问权限。") from None
    if os.name == "posix" and stat.S_IMODE(mode) & 0o077:
        raise NotConfigured("主密钥文件可以被其他用户访问，请将权限改为 600 后再启动。")
    return _parse(content.decode("ascii", "replace"))


def _create(path: Path) -> None:
    """Make the file of the first start. Of two processes starting together one wins, both read its key."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    draft = Path(name)
    try:
        _write(handle, _dump((CONSTANT_KEY, {CONSTANT_KEY: os.urandom(KEY_BYTES)})))
        path.hardlink_to(draft)
    except FileExistsError:
        return
    finally:
        draft.unlink()
    _sync_folder(path.parent)


def _extend_file(path: Path) -> Ring:
    """Store one more key. The draft's fixed name keeps a second process out until it is in place."""
    draft = path.with_name(path.name + ".new")
    try:
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise NotConfigured("主密钥正在更换。若上次更换中断，请删除 .new 文件后再试。") from None
    try:
        ring = _extended(_read(path))
        _write(handle, _dump(ring))
    except BaseException:
        draft.unlink()
        raise
    draft.replace(path)
    _sync_folder(path.parent)
    return ring


def _extended(ring: Ring) -> Ring:
    keys = ring[1]
    if (fresh := max(keys) + 1) > _LAST_KEY_ID:
        raise NotConfigured("主密钥的数量已达上限。")
    return fresh, {**keys, fresh: os.urandom(KEY_BYTES)}


def _refuse_to_extend() -> Ring:
    raise NotConfigured("主密钥来自环境变量，请在部署配置中添加新密钥。")


def _write(handle: int, data: bytes) -> None:
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
