"""What happens to cards by itself: stock runs low, validity runs out, what is long past is cleared away.

Law: on the agenda, planned when a card is made, changed or taken; a job that finds its card changed does nothing. Facts K14, A32, M18.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from mocks.desk import Desk
from mocks.wechat.happenings import happened
from sandbox.clock import DAY
from sandbox.events import Event

from . import codes
from .card import DELETED, ON_SALE, YEAR_2100, Card
from .codes import Codes

if TYPE_CHECKING:
    from mocks.wechat.state import State

BEIJING = DAY // 3
LOW, WAS_MORE_THAN = 100, 200


def plan(desk: Desk, state: State, card: Card) -> None:
    """Note on the agenda when a card with fixed dates is near its end, and when it is long past it."""
    _, end, _, term = card.dates
    if term or end >= YEAR_2100 * 1000:
        return
    before, after = desk.setting("wechat", "expiry_notice"), desk.setting("wechat", "claims_kept")
    _once(desk, state, card, end - before, f"card {card.id} is near its end", lambda: _remind(desk, state, card, end))
    _once(desk, state, card, end + after, f"card {card.id} is cleared away", lambda: _clear(desk, state, card, end))


def after_take(desk: Desk, state: State, card: Card, number: int) -> None:
    """A card was taken: its stock may be low now, and its holder's own term has an end."""
    if card.dates[3]:
        day = -(-(card.validity(number)[1] + BEIJING) // DAY) * DAY - BEIJING
        due = day - desk.setting("wechat", "expiry_notice")
        gone = day + desk.setting("wechat", "claims_kept")
        _once(desk, state, card, due, f"card {card.id} is near its end for some", lambda: _remind(desk, state, card, day))
        _once(
            desk,
            state,
            card,
            gone,
            f"card {card.id} is cleared away, if nobody has it",
            lambda: _clear(desk, state, card, day),
        )
    if card.stock <= LOW < WAS_MORE_THAN < card.total:
        warn(desk, state, card)


def _once(desk: Desk, state: State, card: Card, due: int, what: str, job: Callable[[], None]) -> None:
    if due >= desk.now() and due not in card.planned:
        card.planned.add(due)
        desk.later(state.account, due, what, job)


def warn(desk: Desk, state: State, card: Card) -> None:
    """The stock is low: said now and every twelve hours while it is."""
    gap, now = desk.setting("wechat", "stock_reminder_every"), desk.now()
    if card.warned_at and now < card.warned_at + gap:
        return
    card.warned_at = now
    happened(desk, state, "card_sku_remind", CardId=card.id, Detail=f"the card's quantity is equal to {card.stock}")

    def again() -> None:
        if card.stock <= LOW and card.status in ON_SALE and (card.dates[3] or card.dates[1] > desk.now()):
            warn(desk, state, card)

    desk.later(state.account, now + gap, f"stock of card {card.id} is still low", again)


def _remind(desk: Desk, state: State, card: Card, end: int) -> None:
    """Tell everybody whose code ends by then: a template message, or a mini-program's service notice, if they want any."""
    channel = "service_notice" if state.account_type == "miniprogram" else "template_message"
    event: Event = {"kind": "notice", "account": state.account, "action": "wechat.card_expiring", "channel": channel}
    now = desk.now()
    for number, one in enumerate(card.codes.states):
        if one not in codes.USABLE or not end - DAY < card.validity(number)[1] <= end:
            continue
        openid = card.codes.holder(number)
        if openid not in state.shelf.unsubscribed:
            ends = card.validity(number)[1]
            desk.record(
                {"at": now, **event, "card_id": card.id, "code": card.codes.texts[number], "openid": openid, "ends": ends}
            )


def _over(card: Card, end: int) -> bool:
    """Is a card without a date of its own at its end: nothing is left to be taken, and the last code ended by then?"""
    last = max(range(len(card.codes.texts)), key=card.codes.taken_at.__getitem__)
    return (card.stock == 0 or card.status == DELETED) and card.validity(last)[1] <= end


def _clear(desk: Desk, state: State, card: Card, end: int) -> None:
    """A card that ended as long ago as its log must be kept goes, with its codes (K14, K15)."""
    if _over(card, end) if card.dates[3] else card.dates[1] == end:
        kept = Codes(users=card.codes.users, counts=card.codes.counts)
        card.codes, card.stock, card.status = kept, 0, DELETED
        desk.record(
            {"at": desk.now(), "kind": "cleared", "account": state.account, "action": "wechat.card", "card_id": card.id}
        )
