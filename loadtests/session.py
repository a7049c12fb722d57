"""What a merchant's application holds: where the platforms are, its credentials, and the tokens it was given.

Law: no I/O but reading the env file. The names are those of `mocks.connection`; a name that is missing is an `InputError`
before anything is sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from sandbox.errors import InputError
from sandbox.serving import dotenv

PLATFORMS = {"wechat": "WECHAT_BASE", "wecom": "WECOM_BASE", "shopee": "SHOPEE_BASE", "wechat_pay": "WECHATPAY_BASE"}
"""The platforms, and the name under which the env file has each one's address."""

NAMES = (
    "SANDBOX_BASE",
    "SANDBOX_ADMIN_TOKEN",
    "WECHAT_BASE",
    "WECHAT_APPID",
    "WECHAT_SECRET",
    "WECOM_BASE",
    "WECOM_CORPID",
    "WECOM_SECRET",
    "WECOM_AGENTID",
    "WECOM_WEBHOOK_KEY",
    "WECHATPAY_BASE",
    "WXPAY_MCHID",
    "WXPAY_SERIAL",
    "WXPAY_PRIVATE_KEY_PATH",
    "SHOPEE_BASE",
    "SHOPEE_PARTNER_ID",
    "SHOPEE_PARTNER_KEY",
    "SHOPEE_SHOP_ID",
    "SHOPEE_ACCESS_TOKEN",
    "SHOPEE_REFRESH_TOKEN",
)
"""The names of the env file that are used here."""


@dataclass(frozen=True, slots=True)
class Base:
    """Where something is: `origin` (`http://host:port`) and the path that comes before the official one."""

    origin: str
    prefix: str = ""


@dataclass(slots=True)
class Session:
    """One account's connection. Tokens by platform; they change while it lives."""

    values: Mapping[str, str]
    control: Base
    bases: Mapping[str, Base]
    tokens: dict[str, str] = field(default_factory=dict)
    refresh_token: str = ""
    binding_key: str = ""

    def __getitem__(self, name: str) -> str:
        """A value of the env file."""
        return self.values[name]


def open_session(values: Mapping[str, str], where: str) -> Session:
    """The session that an env file's values describe; `where` names it in complaints. Raises InputError."""
    for name in NAMES:
        if name not in values:
            raise InputError(where, name, "(absent)", "a value: `sandbox serve --env-file` writes it")
    bases = {platform: base(values[name], name, where) for platform, name in PLATFORMS.items()}
    control = base(values["SANDBOX_BASE"], "SANDBOX_BASE", where)
    tokens = {"shopee": values["SHOPEE_ACCESS_TOKEN"]}
    return Session(values, control, bases, tokens, values["SHOPEE_REFRESH_TOKEN"])


def base(url: str, key: str, where: str) -> Base:
    """A URL in its two halves. Raises InputError."""
    try:
        parts = urlsplit(url)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        good = False
    if not good:
        raise InputError(where, key, url, "a URL such as http://127.0.0.1:8080")
    return Base(f"{parts.scheme}://{parts.netloc}", parts.path.rstrip("/"))


def read_env(path: Path) -> dict[str, str]:
    """The values of an env file. Raises InputError."""
    try:
        return dotenv(path)
    except (OSError, UnicodeDecodeError) as problem:
        raise InputError(str(path), "file", path.name, f"an env file that can be read ({problem})") from None
