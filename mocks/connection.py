"""How a client reaches an account here: the names that `sandbox serve --env-file` writes.

Law: these names are fixed; tools and tests read them.
"""

from __future__ import annotations

from pathlib import Path

from mocks.world import Account
from sandbox.errors import MachineError


def connection(account: Account, base: str, admin_token: str) -> dict[str, str]:
    """Every credential of the account, and where its platforms are."""
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


def write_env(path: Path, values: dict[str, str]) -> None:
    """Write a dotenv file that only its owner can read. Raises MachineError."""
    try:
        path.touch(mode=0o600)
        path.chmod(0o600)  # it may have been there
        path.write_text("".join(f"{name}={value}\n" for name, value in values.items()), encoding="utf-8")
    except OSError as problem:
        raise MachineError(f"cannot write the env file {path}: {problem.strerror}") from None
