"""One attempt of somebody else's shop to be bound: only the check is made, no account is changed.

Law: what the check says of the parties as they are described; a population of merchants tries without an account each.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any, Final

from mocks.binding.parties import GOOD, REFUSALS, changed, refusal
from mocks.desk import Desk
from mocks.http import Answer
from mocks.shopee.state import State
from sandbox.policy import Signal

SAID: Final = {one.code: one.text for one in REFUSALS}


def tried(_desk: Desk, _state: State, signal: Signal) -> Answer:
    """A shop and a corp that differ from a good pair in what `shop` and `corp` say: may they be bound?"""
    shop, corp = signal.payload.get("shop", {}), signal.payload.get("corp", {})
    if not _fits(shop, GOOD.shop) or not _fits(corp, GOOD.corp):
        return Answer(
            "error_param", text="shop, corp: fields of either side, as in PATCH /_sandbox/bindings/ACCOUNT/parties"
        )
    code = refusal(changed(GOOD, shop, corp))
    return Answer(code, text=SAID.get(code, ""))


def _fits(said: Any, whole: Any) -> bool:
    """Does a change name fields that are there, with values of their types?"""
    if not isinstance(said, Mapping):
        return False
    known = {one.name: getattr(whole, one.name) for one in fields(whole)}
    return all(
        name in known and (_fits(value, known[name]) if is_dataclass(known[name]) else type(value) is type(known[name]))
        for name, value in said.items()
    )
