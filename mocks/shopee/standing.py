"""What the vendor thinks of a partner and its shop, and from where the partner may call: what the console says, not the interface.

Law: facts, and one check. A trouble of the partner bars every call, one of the shop those that are made for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import ip_address
from typing import Final

from mocks.desk import Desk
from mocks.http import Answer
from mocks.shopee.fields import each, wrong
from mocks.shopee.plan import Fact, ok
from mocks.shopee.state import State
from mocks.trouble import troubling
from sandbox.policy import Signal

OF_PARTNER: Final = ("error_partner_key_expired", "partner_frozen", "error_inner", "error_system_busy", "error_server")
OF_SHOP: Final = (
    "shop_banned",
    "user_banned",
    "error_kyc_auth",
    "error_api_permission",
    "error_ashop_api_permission",
    "error_api_call_restricted",
)
"""What a call can be answered whatever it asks."""

UNDECLARED: Final = (
    "Request Source IP ({ip}) is undeclared. Please declare all your IP addresses in the Shopee Open Platform Console"
    " > App list > IP Address Whitelist"
)


def barred(state: State, ip: str, path: str, *, of_shop: bool) -> Answer | None:
    """Why a call from this address to this path, for the shop or not, is refused whatever it asks."""
    if state.trusted_ips and ip not in state.trusted_ips:
        return Answer("source_ip_undeclared", text=UNDECLARED.format(ip=ip))
    concerns = of_shop or state.trouble.code in OF_PARTNER
    return Answer(code) if concerns and (code := state.trouble.draw(path)) else None


def _an_address(value: object) -> bool:
    try:
        return isinstance(value, str) and bool(ip_address(value))
    except ValueError:
        return False


def addresses(_desk: Desk, state: State, signal: Signal) -> Answer:
    """The partner declares the addresses (`ips`) that it calls from; none for any."""
    if not each(_an_address, 100, 0)(signal.payload.get("ips")):
        return wrong("ips must be a list of addresses")
    state.trusted_ips = tuple(signal.payload["ips"])
    return ok()


SIGNALS: Final[Mapping[str, Fact]] = {
    "shopee.ip_whitelist": addresses,
    "shopee.trouble": troubling("", "error_param", (*OF_PARTNER, *OF_SHOP), "/api/v2/"),
}
"""What happens at the console."""
