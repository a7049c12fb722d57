"""Who the account is, and what it may: licence, trade, permission, linked accounts, its users' choice to be told.

Law: set by the control plane; what takes working days takes them on the clock.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mocks.desk import Desk
from mocks.http import Answer
from sandbox.clock import DAY
from sandbox.policy import Signal

from .card import DISPATCH
from .finding import OK, card_of
from .shelf import LEVELS

if TYPE_CHECKING:
    from mocks.wechat.state import State

WRONG = "40097"


def licensed(desk: Desk, state: State, signal: Signal) -> Answer:
    """Change what is known of the licence: `entity`, `registered_as`, `trades`, `certificates`, `prices` (fen)."""
    del desk
    said, licence = signal.payload, state.shelf.licence
    lists = {name: said[name] for name in ("trades", "certificates", "prices") if name in said}
    texts = {name: said[name] for name in ("entity", "registered_as") if name in said}
    if not all(isinstance(one, list) for one in lists.values()) or not all(isinstance(one, str) for one in texts.values()):
        return Answer(WRONG)
    for name, value in texts.items():
        setattr(licence, name, value)
    for name, value in lists.items():
        setattr(licence, name, tuple(value))
    return Answer(OK)


def changed_trade(desk: Desk, state: State, signal: Signal) -> Answer:
    """The account asks for another category: it has it after so many working days (A06)."""
    wanted = signal.payload.get("category")
    if not isinstance(wanted, str) or wanted not in desk.setting("wechat", "categories"):
        return Answer(WRONG)
    trades = state.shelf.licence.trades
    if trades is not None and wanted not in trades:
        return Answer("48001")
    state.shelf.changing_to = wanted
    due = working_days(desk.now(), desk.setting("wechat", "category_change_days"))

    def end() -> None:
        if state.shelf.changing_to == wanted:
            state.category, state.shelf.changing_to = wanted, ""

    desk.later(state.account, due, f"category becomes {wanted}", end)
    return Answer(OK, {"due": due})


def working_days(now: int, days: int) -> int:
    """So many working days later (ms): Saturdays and Sundays of Beijing do not count."""
    while days:
        now += DAY
        days -= ((now + DAY // 3) // DAY + 3) % 7 < 5  # 1970 began on a Thursday: day 0 of the week is Monday
    return now


def permitted(desk: Desk, state: State, signal: Signal) -> Answer:
    """What the account's integration may do: operator, developer or administrator (A08-A10); and whether cards are opened (A02)."""
    del desk
    level, opened = signal.payload.get("level", state.shelf.level), signal.payload.get("open", state.shelf.open)
    if level not in LEVELS or not isinstance(opened, bool):
        return Answer(WRONG)
    state.shelf.level, state.shelf.open = level, opened
    return Answer(OK)


def linked(desk: Desk, state: State, signal: Signal) -> Answer:
    """Which other accounts stand on the same open platform: their users are known by one UnionID (A33)."""
    del desk
    appids = signal.payload.get("appids")
    if not isinstance(appids, list) or not all(isinstance(one, str) for one in appids):
        return Answer(WRONG)
    state.shelf.linked = set(appids)
    return Answer(OK)


def subscribed(desk: Desk, state: State, signal: Signal) -> Answer:
    """A user chooses whether to be told of his cards, and his form to be shown (M18)."""
    del desk
    openid, on = signal.payload.get("openid"), signal.payload.get("subscribed")
    if not isinstance(openid, str) or not isinstance(on, bool):
        return Answer("40003")
    (state.shelf.unsubscribed.discard if on else state.shelf.unsubscribed.add)(openid)
    return Answer(OK)


def dispatched(desk: Desk, state: State, signal: Signal) -> Answer:
    """The console puts a card out."""
    del desk
    card = card_of(state, signal.payload)
    if isinstance(card, Answer):
        return card
    return Answer(OK) if card.move(DISPATCH) else Answer("40078")
