"""The merchant itself: its platform certificates, the terms it trades on, what a fresh one has already sold.

Law: plain functions over one merchant's state.
"""

from __future__ import annotations

from typing import Any

from mocks.desk import Desk
from mocks.http import Answer
from mocks.wechat_pay import money, wire
from mocks.wechat_pay.fields import NAME, text_of
from mocks.wechat_pay.keys import certificate, pem_certificate, serial_of
from mocks.wechat_pay.state import State, Terms
from sandbox.policy import Call, Signal

PLATFORM_OWNER = "Tenpay.com sign"
ACCOUNTS = ("BASIC", "OPERATION", "FEES")


def certificates(desk: Desk, state: State, call: Call) -> Answer:
    """All platform certificates that are good, each sealed under the APIv3 key."""
    if text_of(call.payload, "/algorithm_type") not in ("", "RSA", "ALL"):
        return Answer("PARAM_ERROR", text=desk.setting(NAME, "text_algorithm"))
    return desk.ask(call) or Answer("0", {"data": [_sealed(state, name) for _, name in state.keys.platform]})


def _sealed(state: State, name: str) -> dict[str, Any]:
    known, nonce = certificate(name, PLATFORM_OWNER), state.derived(f"certificate/{state.ordinal('certificate')}")[:12]
    sealed = wire.seal(state.apiv3_key, nonce, "certificate", pem_certificate(name, PLATFORM_OWNER).encode())
    return {
        "serial_no": serial_of(name),
        "effective_time": f"{known.not_valid_before_utc:%Y-%m-%dT%H:%M:%S}+00:00",
        "expire_time": f"{known.not_valid_after_utc:%Y-%m-%dT%H:%M:%S}+00:00",
        "encrypt_certificate": {
            "algorithm": wire.ALGORITHM,
            "nonce": nonce,
            "associated_data": "certificate",
            "ciphertext": sealed,
        },
    }


def rotate(desk: Desk, state: State, signal: Signal) -> Answer:
    """A new platform certificate: listed at once, signing after `after_ms` (at once, unless said otherwise)."""
    after = signal.payload.get("after_ms", 0)
    if not isinstance(after, int) or isinstance(after, bool) or after < 0:
        return Answer("PARAM_ERROR", text="after_ms: a whole number of milliseconds")
    return Answer("0", {"serial_no": state.keys.rotate(desk.now() + after)})


def probe(_desk: Desk, state: State, signal: Signal) -> Answer:
    """The next `answers` bear a signature that is wrong on purpose and says so: a client must not take them."""
    answers = signal.payload.get("answers", 1)
    if type(answers) is not int or answers < 0:
        return Answer("PARAM_ERROR", text="answers: a whole number")
    state.probes = answers
    return Answer("0")


def balance(desk: Desk, state: State, call: Call) -> Answer:
    """What the merchant can use now, and what is not settled yet."""
    if text_of(call.payload, "/account_type") not in ACCOUNTS:
        return Answer("PARAM_ERROR", text=desk.setting(NAME, "text_account_type"))
    if refused := desk.ask(call):
        return refused
    found = money.balance(state.orders.values(), desk.now())
    basic = text_of(call.payload, "/account_type") == "BASIC"
    return Answer(
        "0", {"available_amount": found.settled if basic else 0, "pending_amount": found.unsettled if basic else 0}
    )


CHECKED = {
    "goods": lambda value: value in ("standard", "luxury", "international"),
    "shop": lambda value: value in ("enterprise", "individual"),
    "rate": lambda value: type(value) is int,
    "periods": lambda value: type(value) is int and 0 <= value <= 24,
    "agreed_days": lambda value: type(value) is int and 0 <= value <= 365,
    "deposit": lambda value: type(value) is int and value >= 0,
    "entity_equal": lambda value: type(value) is bool,
    "channel_leased": lambda value: type(value) is bool,
    "customs_no": lambda value: isinstance(value, str),
    "settles_to": lambda value: value in ("corporate", "personal"),
}
"""What each of the terms may be."""


def agree(desk: Desk, state: State, signal: Signal) -> Answer:
    """Change the terms that the merchant trades on; see `Terms`. An enterprise settles to a corporate account only (V25)."""
    given = dict(signal.payload)
    for name, value in given.items():
        if name not in CHECKED or not CHECKED[name](value):
            return Answer("PARAM_ERROR", text=f"{name}: unknown, or not of this value; there are: {', '.join(CHECKED)}")
    rate = given.get("rate", 0)
    least, most = desk.setting(NAME, "fee_rate_least"), desk.setting(NAME, "fee_rate_most")
    if rate and not least <= rate <= most:
        return Answer("PARAM_ERROR", text=f"rate: from {least} to {most} basis points")
    terms = Terms(**{**{name: getattr(state.terms, name) for name in CHECKED}, **given})
    if (terms.shop, terms.settles_to) == ("enterprise", "personal"):
        return Answer("INVALID_REQUEST", text=desk.setting(NAME, "text_settles_to"))
    state.terms = terms
    return Answer("0")
