"""Brands: a product bears one only when the shop is authorised to sell it, and no longer than it is (V01).

Law: plans and facts. A request is reviewed on the sandbox's clock; nobody is refused by chance, since no rate was published.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from mocks.channels import events
from mocks.channels.fields import (
    NAME,
    Payload,
    checked,
    flag,
    having,
    ident,
    invalid,
    key,
    mapping,
    maybe,
    number,
    on,
    page,
    text,
    whole,
)
from mocks.channels.plan import Deed, Fact, Plan, ok, telling
from mocks.channels.state import Brand, State
from mocks.desk import Desk
from mocks.http import Answer
from sandbox.policy import Signal

IN_AUDIT, REJECTED, GRANTED, TAKEN_BACK = 1, 2, 3, 4
"""The status of a request; assumed, since no list of the values was found."""

LISTED, BRAND_EXPIRED = 5, 15
KNOWN: Final = {
    "10000531": ("尼康", "Nikon"),
    "10000083": ("维沃", "vivo"),
    "10002934": ("周大生", "Chow Tai Seng"),
    "10003001": ("海氏", "Hauswirt"),
}
"""The library of brands: Chinese and English names."""

_GRANT: Final = having({"start_time": maybe(whole()), "end_time": maybe(whole()), "is_permanent": maybe(flag)})
KINDS: Final = {
    "brand_id": ident,
    "ch_name": maybe(text(100, 0)),
    "en_name": maybe(text(100, 0)),
    "register_details": mapping,
    "grant_type": maybe(whole(1, 2)),
    "grant_details": maybe(_GRANT),
}


def every(_desk: Desk, _state: State, asked: Payload) -> Answer | Deed:
    """The library of brands."""
    rows = [{"brand_id": one, "ch_name": names[0], "en_name": names[1]} for one, names in KNOWN.items()]
    part = page(rows, asked, 1000, 100)
    return part if isinstance(part, Answer) else telling(brands=list(part[0]), next_key=part[1], continue_flag=part[2])


def _wanted(asked: Payload) -> dict[str, Any] | Answer:
    """The brand that a request describes: registered, and granted where it is another's."""
    wanted = asked.get("brand")
    if not isinstance(wanted, dict):
        return invalid("brand", "a brand")
    if refused := checked(wanted, KINDS, "brand."):
        return refused
    if key(wanted["brand_id"]) not in KNOWN:
        return invalid("brand.brand_id", "a brand of the library")
    if not wanted["register_details"].get("register_no"):
        return invalid("brand.register_details.register_no", "the trade mark's number")
    if number(wanted.get("grant_type"), 1) == 2 and not (wanted.get("grant_details") or {}).get("grant_certifications"):
        return invalid("brand.grant_details.grant_certifications", "the owner's authorisation")
    return wanted


def add(desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """Ask for the right to sell a brand."""
    wanted = _wanted(asked)
    if isinstance(wanted, Answer):
        return wanted
    if key(wanted["brand_id"]) in state.brands:
        return invalid("brand.brand_id", "a brand that was not asked for yet")
    return lambda: _submit(desk, state, wanted)


def update(desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """Ask anew, with other papers."""
    wanted = _wanted(asked)
    if isinstance(wanted, Answer):
        return wanted
    before = state.brands.get(key(wanted["brand_id"]))
    if before is None or before.status == IN_AUDIT:
        return invalid("brand.brand_id", "a brand of the shop that is not in review")
    return lambda: _submit(desk, state, wanted)


def _submit(desk: Desk, state: State, wanted: dict[str, Any]) -> Answer:
    brand_id, now = key(wanted["brand_id"]), desk.now()
    brand = Brand(brand_id, wanted, state.mint("audit"), now, now)
    state.brands[brand_id] = brand

    def decide() -> None:
        if state.brands.get(brand_id) is brand and brand.status == IN_AUDIT:
            _decided(desk, state, brand, GRANTED)

    desk.later(state.account, now + desk.setting(NAME, "brand_review"), f"review of channels brand {brand_id}", decide)
    return ok(audit_id=brand.audit_id)


def _decided(desk: Desk, state: State, brand: Brand, status: int, reason: str = "") -> None:
    brand.status, brand.reason, brand.updated = status, reason, desk.now()
    body = {"brand_id": brand.id, "audit_id": brand.audit_id, "status": status, "reason": reason}
    events.tell(desk, state, "channels_ec_brand", BrandEvent=body)
    if status == GRANTED and (end := _end(brand)):
        desk.later(state.account, end, f"end of channels brand {brand.id}", lambda: _ended(desk, state, brand))


def _end(brand: Brand) -> int:
    """When the authorisation ends, ms; 0 for never."""
    grant = brand.content.get("grant_details") or {}
    return 0 if on(grant.get("is_permanent")) else number(grant.get("end_time"), 0) * 1000


def _ended(desk: Desk, state: State, brand: Brand) -> None:
    """What bears the brand goes off sale."""
    if state.brands.get(brand.id) is not brand:
        return
    for product in state.products.values():
        if product.status == LISTED and product.shown["brand_id"] == brand.id:
            product.status = BRAND_EXPIRED
            events.listed(desk, state, product, "brand authorisation has ended")


def authorised(state: State, brand_id: str, now: int) -> bool:
    """May the shop sell this brand now?"""
    brand = state.brands.get(brand_id)
    return brand is not None and brand.status == GRANTED and not 0 < _end(brand) <= now


def brand_of(state: State, asked: Payload) -> Brand | Answer:
    """The shop's brand that a request means."""
    return state.brands.get(key(asked.get("brand_id"))) or invalid("brand_id", "a brand of the shop")


def _shown(brand: Brand) -> dict[str, Any]:
    result = {"audit_id": brand.audit_id, "reject_reason": brand.reason}
    times = {"create_time": brand.created // 1000, "update_time": brand.updated // 1000}
    return {**brand.content, "brand_id": brand.id, "status": brand.status, **times, "audit_result": result}


def get(_desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """One brand of the shop."""
    brand = brand_of(state, asked)
    return brand if isinstance(brand, Answer) else telling(brand=_shown(brand))


def delete(_desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """Give up the right to a brand."""
    brand = brand_of(state, asked)
    if isinstance(brand, Answer):
        return brand

    def deed() -> Answer:
        del state.brands[brand.id]
        return ok()

    return deed


def cancel(desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """Take a request back."""
    brand = brand_of(state, asked)
    if isinstance(brand, Answer):
        return brand
    if brand.status != IN_AUDIT:
        return invalid("brand_id", "a brand that is in review")

    def deed() -> Answer:
        brand.status, brand.updated = TAKEN_BACK, desk.now()
        return ok()

    return deed


def listed(_desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """The shop's brands, of one status or of all."""
    if refused := checked(asked, {"status": maybe(whole())}):
        return refused
    status = number(asked.get("status"), 0)
    return _page([one for one in state.brands.values() if not status or one.status == status], asked)


def valid(desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """The brands that it may sell now."""
    return _page([one for one in state.brands.values() if authorised(state, one.id, desk.now())], asked)


def _page(found: list[Brand], asked: Payload) -> Answer | Deed:
    part = page(found, asked, 50, 10)
    if isinstance(part, Answer):
        return part
    return telling(brands=[_shown(one) for one in part[0]], next_key=part[1], total_num=len(found))


def reviewed(desk: Desk, state: State, signal: Signal) -> Answer:
    """Somebody decides such a request now: `outcome` is passed or rejected."""
    brand, outcome = brand_of(state, signal.payload), signal.payload.get("outcome", "passed")
    if isinstance(brand, Answer):
        return brand
    if brand.status != IN_AUDIT or outcome not in ("passed", "rejected"):
        return invalid("brand_id", "a brand that is in review, passed or rejected")
    _decided(desk, state, brand, GRANTED if outcome == "passed" else REJECTED, str(signal.payload.get("reason", "")))
    return ok(brand_id=brand.id, status=brand.status)


PLANS: Final[Mapping[str, Plan]] = {
    "channels.brand_all": every,
    "channels.brand_add": add,
    "channels.brand_update": update,
    "channels.brand_get": get,
    "channels.brand_delete": delete,
    "channels.brand_audit_cancel": cancel,
    "channels.brand_list": listed,
    "channels.brand_valid": valid,
}
"""What can be asked about brands."""

SIGNALS: Final[Mapping[str, Fact]] = {"channels.brand_reviewed": reviewed}
"""What a reviewer does by hand."""
