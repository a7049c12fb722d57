"""May the shop's data cross to the corp at all (S06)?

Law: looks at the account as it is; the code of what speaks against it, "" for nothing.
"""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from mocks.world import Account


def crossing(account: Account) -> str:
    """May data cross (S06)? Only while the shop's OAuth grant is in force, and over TLS; what stays on this machine needs none."""
    if not account.shopee.authorised:
        return "ERR_NOT_AUTHORISED"
    return "" if all(map(_safe, (account.shopee.push_url, account.wecom.callback_url))) else "ERR_NOT_TLS"


def _safe(url: str) -> bool:
    """Is an address empty, of TLS, or this machine's own?"""
    parts = urlsplit(url)
    if not url or parts.scheme == "https" or parts.hostname == "localhost":
        return True
    try:
        return ip_address(parts.hostname or "").is_loopback
    except ValueError:
        return False
