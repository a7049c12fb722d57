"""Keeping a shop: what kind it is, its papers, its opening, its deposit, and the bank account that it is paid to.

Law: plans and facts. A shop opens only with its licence and its filing number shown (M19); an enterprise is paid to a corporate
account only (V25).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from mocks.channels import orders
from mocks.channels.fields import NAME, Payload, checked, invalid, number, text
from mocks.channels.plan import Deed, Fact, Plan, ok, telling, trading
from mocks.channels.state import Shop, State
from mocks.desk import Desk
from mocks.http import Answer
from sandbox.policy import Signal

BUSINESS, PRIVATE = "ACCOUNT_TYPE_BUSINESS", "ACCOUNT_TYPE_PRIVATE"
BANKS: Final = {"enterprise": (BUSINESS,), "individual": (BUSINESS, PRIVATE), "personal": ()}
"""To which kinds of account a shop of each kind may be paid."""


PAPERS: Final = {
    "enterprise": ("licence", "icp", "legal_person_id"),
    "individual": ("licence", "icp", "id_card", "face_check", "bank_card"),
    "personal": ("licence", "icp", "id_card"),
}
"""What a shop of each kind hands in before it opens."""


def balance(_desk: Desk, state: State, _asked: Payload) -> Answer | Deed:
    """What can be taken out, and what is on its way, fen."""
    done = [one for one in state.orders.values() if one.settled]
    waiting = [one for one in state.orders.values() if one.paid and not one.settled and one.status != orders.REFUNDED]
    back = sum(one.refunded for one in state.aftersales.values() if one.order.settled)
    available = sum(map(orders.due, done)) - back
    return telling(available_amount=available, pending_amount=sum(map(orders.due, waiting)), sub_mchid="")


def bank(_desk: Desk, state: State, _asked: Payload) -> Answer | Deed:
    """The account that the shop is paid to."""
    return telling(account_info=state.shop.bank)


def set_bank(_desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """Another account to be paid to."""
    wanted = asked.get("account_info")
    kinds = {"bank_account_type": text(40), "account_bank": text(100), "account_number": text(100)}
    if not isinstance(wanted, dict):
        return invalid("account_info", "an account")
    if refused := checked(wanted, kinds, "account_info."):
        return refused
    if wanted["bank_account_type"] not in BANKS[state.shop.entity]:
        return invalid("account_info.bank_account_type", " or ".join(BANKS[state.shop.entity]))

    def deed() -> Answer:
        state.shop.bank = {**wanted}
        return ok()

    return deed


def opened(_desk: Desk, state: State, signal: Signal) -> Answer:
    """The shop wants to open: it shows licence and filing number (M19), and hands in the papers of its kind (V01, V02)."""
    shop = state.shop
    for name in PAPERS[shop.entity]:
        if not isinstance(signal.payload.get(name), str) or not signal.payload[name].strip():
            return invalid(name, "a paper without which the shop may not open")
    shop.licence, shop.icp, shop.opened = signal.payload["licence"], signal.payload["icp"], True
    return ok(status="open_finished")


def closed(_desk: Desk, state: State, _signal: Signal) -> Answer:
    """The shop is not open yet: its home page shows no papers."""
    state.shop.licence = state.shop.icp = ""
    state.shop.opened = False
    return ok(status="opening")


def entity(_desk: Desk, state: State, signal: Signal) -> Answer:
    """The shop is of another kind: `entity` enterprise, individual or personal (V01, V02, V03)."""
    wanted = signal.payload.get("entity")
    if not isinstance(wanted, str) or wanted not in BANKS:
        return invalid("entity", "enterprise, individual or personal")
    state.shop.entity = wanted
    if state.shop.bank.get("bank_account_type") not in BANKS[wanted]:
        state.shop.bank = {}
    return ok(entity=wanted)


def deposit(desk: Desk, state: State, signal: Signal) -> Answer:
    """The shop's deposit is so many fen now; `enough` says whether it suffices."""
    fen = number(signal.payload.get("fen"))
    if fen < 0:
        return invalid("fen", "a whole number")
    state.shop.deposit = fen
    return ok(deposit=fen, enough=state.shop.deposit >= least_deposit(desk, state.shop))


def least_deposit(desk: Desk, shop: Shop) -> int:
    """What a shop of this kind must have paid in, fen (V01, V02)."""
    return 0 if shop.entity == "personal" else int(desk.setting(NAME, f"deposit_{shop.entity}"))


def filed(_desk: Desk, state: State, signal: Signal) -> Answer:
    """A mini-program is filed (`filed` true) or not: only from a filed one may buyers jump to the shop (V13)."""
    appid, wanted = signal.payload.get("appid"), signal.payload.get("filed", True)
    if not isinstance(appid, str) or not appid or not isinstance(wanted, bool):
        return invalid("appid", "the appid of a mini-program")
    (state.shop.filed.add if wanted else state.shop.filed.discard)(appid)
    return ok(appid=appid, filed=wanted)


PLANS: Final[Mapping[str, Plan]] = {
    "channels.balance": trading(balance),
    "channels.bank": trading(bank),
    "channels.set_bank": trading(set_bank),
}
"""What can be asked about the shop's money."""

SIGNALS: Final[Mapping[str, Fact]] = {
    "channels.shop_opened": opened,
    "channels.shop_closed": closed,
    "channels.shop_entity": entity,
    "channels.deposit_paid": deposit,
    "channels.miniprogram_filed": filed,
}
"""What is done outside the API."""
