"""How a client reaches an account here: the names that `sandbox serve --env-file` writes.

Law: these names are fixed; tools and tests read them.
"""

from __future__ import annotations

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from mocks.world import SERVICES, Account
from sandbox.errors import MachineError


def connection(account: Account, base: str, admin_token: str, folder: Path | None = None) -> dict[str, str]:
    """Every credential of the account, and where its platforms are. Its PEM files belong into `folder`: see `write_pems`."""
    wechat, wecom, shopee = account.wechat, account.wecom, account.shopee
    return {
        "SANDBOX_BASE": base,
        "SANDBOX_ADMIN_TOKEN": admin_token,
        "WECHAT_BASE": f"{base}/wechat",
        "WECHAT_APPID": wechat.appid,
        "WECHAT_SECRET": wechat.secret,
        "WECHAT_TOKEN": wechat.callback_token,
        "WECHAT_AES_KEY": wechat.aes_key,
        "WECHAT_OPENID": wechat.followers[0],
        **_wechat_pay(account, base, folder or pem_folder()),
        "WECOM_BASE": f"{base}/wecom",
        "WECOM_CORPID": wecom.corpid,
        "WECOM_SECRET": wecom.secret,
        "WECOM_AGENTID": str(wecom.agentid),
        "WECOM_TOKEN": wecom.callback_token,
        "WECOM_AES_KEY": wecom.aes_key,
        "WECOM_WEBHOOK_KEY": wecom.robot_key,
        "WECOM_USERID": next(iter(wecom.users)),
        "SHOPEE_BASE": f"{base}/shopee",
        "SHOPEE_PARTNER_ID": str(shopee.partner_id),
        "SHOPEE_PARTNER_KEY": shopee.partner_key,
        "SHOPEE_SHOP_ID": str(shopee.shop_id),
        "SHOPEE_ACCESS_TOKEN": shopee.access_token,
        "SHOPEE_REFRESH_TOKEN": shopee.refresh_token,
        "SHOPEE_AUTH_CODE": shopee.code,
    }


def credentials(account: Account, base: str, admin_token: str, *, pem: bool) -> dict[str, Any]:
    """All that an account's owner knows of it; `identity` is what its credentials say on each platform."""
    return {
        "id": account.id,
        "env": connection(account, base, admin_token),
        "wxpay_pem": account.wechat_pay.keys.files() if pem else {},
        "binding_webhook_key": account.wecom.binding_key,
        "wecom_userids": list(account.wecom.users),
        "wechat_openids": account.wechat.followers,
        "identity": {name: account.state(name).identity for name in SERVICES},
    }


def _wechat_pay(account: Account, base: str, folder: Path) -> dict[str, str]:
    state = account.wechat_pay
    return {
        "WECHATPAY_BASE": f"{base}/wechatpay",
        "WXPAY_MCHID": state.mchid,
        "WXPAY_SERIAL": state.keys.serial,
        "WXPAY_APIV3_KEY": state.apiv3_key,
        **{f"WXPAY_{kind.upper()}_PATH": str(_pem(account, folder, kind)) for kind in PEMS},
        "WXPAY_PUBLIC_KEY_ID": state.keys.public_key_id,
        "WXPAY_V2_KEY": state.v2_key,
        "WXPAY_APPID": state.appid,
        "WXPAY_SUB_MCHID": state.sub_mchid,
    }


PEMS = ("private_key", "cert", "platform_cert", "public_key")
"""The files of a merchant at WeChat Pay."""


def _pem(account: Account, folder: Path, kind: str) -> Path:
    return folder.absolute() / f"wxpay-{account.wechat_pay.mchid}-{kind}.pem"


@cache
def pem_folder() -> Path:
    """Where the PEM files of accounts are that were opened without an env file: gone when the process ends."""
    made = Path(tempfile.mkdtemp(prefix="commerce-sandbox-"))
    atexit.register(shutil.rmtree, made, ignore_errors=True)
    return made


def write_pems(account: Account, folder: Path | None = None) -> None:
    """Write the account's PEM files, for its owner alone. Making its key takes 50 ms. Raises MachineError."""
    for kind, text in account.wechat_pay.keys.files().items():
        _private(_pem(account, folder or pem_folder(), kind), text, "PEM")


def write_env(path: Path, values: dict[str, str]) -> None:
    """Write a dotenv file that only its owner can read. Raises MachineError."""
    _private(path, "".join(f"{name}={value}\n" for name, value in values.items()), "env")


def _private(path: Path, text: str, what: str) -> None:
    try:
        path.touch(mode=0o600)
        path.chmod(0o600)  # it may have been there
        path.write_text(text, encoding="utf-8")
    except OSError as problem:
        raise MachineError(f"cannot write the {what} file {path}: {problem.strerror}") from None
