"""Statistics of cards, day by day: what really happened to them, counted as it happened.

Law: a day on which nothing happened has no row. Spans have 62 days at most. Cards are all made through the interface
(`cond_source` 1); those of the console, which nobody uses here, have no figures.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from mocks.desk import Desk
from mocks.http import Answer
from mocks.wechat.cards.card import Card
from mocks.wechat.cards.codes import USABLE
from mocks.wechat.figures import Figures, day_of
from mocks.wechat.state import State
from sandbox.policy import Call

NAME: Final = "wechat"
WRITTEN: Final = "%Y-%m-%d"
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
DAY_MS: Final = 86_400_000
KINDS: Final[Mapping[str, int]] = {"DISCOUNT": 0, "CASH": 1, "GIFT": 2, "GENERAL_COUPON": 3, "GROUPON": 4}
"""What the statistics call each type of card."""

MEMBER: Final = "MEMBER_CARD"
Row = Callable[[State, str, str, list[tuple[str, Figures]]], dict[str, Any]]


def _day(text: object) -> int | None:
    """The number of the day that is written so, or None."""
    try:
        found = datetime.strptime(str(text), WRITTEN).replace(tzinfo=UTC)
    except ValueError:
        return None
    return (found - EPOCH) // timedelta(days=1) if found.strftime(WRITTEN) == text else None


def _span(desk: Desk, asked: Mapping[str, Any]) -> range | Answer:
    begin, end = _day(asked.get("begin_date")), _day(asked.get("end_date"))
    if begin is None or end is None:
        return Answer("61500")
    if not begin <= end < begin + desk.setting(NAME, "datacube_span") // DAY_MS:
        return Answer("61501")
    return range(begin, end + 1)


def statistics(*, member: bool | None, each: bool, row: Row) -> Callable[[Desk, State, Call], Answer]:
    """An interface: of member cards, of the others or of all, a row for each card and day or for each day."""

    def act(desk: Desk, state: State, call: Call) -> Answer:
        asked = call.payload
        span = _span(desk, asked)
        if isinstance(span, Answer):
            return span
        source, wanted = asked.get("cond_source", 1), asked.get("card_id")
        if source not in (0, 1):
            return Answer("40097", text="invalid args, cond_source: expecting 0 or 1")
        if wanted is not None and not (isinstance(wanted, str) and wanted in state.cards):
            return Answer("40073")
        if refused := desk.ask(call):
            return refused
        rows = []
        for day, found in _days(state, desk.now(), span if source else range(0), wanted, member=member):
            groups = [[one] for one in found] if each else [found]
            rows += [row(state, (EPOCH + timedelta(days=day)).strftime(WRITTEN), group[0][0], group) for group in groups]
        return Answer("0", {"list": rows})

    return act


def _days(
    state: State, now: int, span: range, wanted: object, *, member: bool | None
) -> Iterator[tuple[int, list[tuple[str, Figures]]]]:
    """The days on which something happened, with the cards it happened to."""
    cards = [one for one in state.cards.values() if wanted in (None, one.id) and member in (None, one.kind == MEMBER)]
    ended = {one.id: _ended(one, now, span) for one in cards}
    for day in span:
        found = []
        for one in cards:
            counted, over = state.office.figures.get(day, {}).get(one.id), ended[one.id].get(day)
            if counted or over:
                shown = Figures(Counter(counted.times), dict(counted.people)) if counted else Figures()
                for user in over or ():
                    shown.add("expire", user)
                found.append((one.id, shown))
        if found:
            yield day, found


def _ended(card: Card, now: int, span: range) -> dict[int, list[int]]:
    """Which users' codes ran out unused, by day."""
    found: dict[int, list[int]] = {}
    for number, what in enumerate(card.codes.states):
        end = card.validity(number)[1]
        if what in USABLE and end <= now and (day := day_of(end)) in span:
            found.setdefault(day, []).append(card.codes.holders[number])
    return found


def _people(state: State, group: list[tuple[str, Figures]], name: str) -> int:
    """How many different people it happened to; of one card that is a count."""
    if len(group) == 1:
        return group[0][1].users(name)
    return len({openid for card_id, one in group for openid in _openids(state, card_id, one, name)})


def _openids(state: State, card_id: str, figures: Figures, name: str) -> Iterator[str]:
    users = state.cards[card_id].codes.users
    return (users[user] for user in figures.who(name))


def _sums(state: State, group: list[tuple[str, Figures]], *names: str) -> dict[str, int]:
    """How often, and how many people, over several cards."""
    found = {}
    for name in names:
        found[f"{name}_cnt"] = sum(figures.times[name] for _, figures in group)
        found[f"{name}_user"] = _people(state, group, name)
    return found


def _overview(state: State, date: str, _card: str, group: list[tuple[str, Figures]]) -> dict[str, Any]:
    return {"ref_date": date, **_sums(state, group, "view", "receive", "verify", "given", "expire")}


def _of_card(state: State, date: str, card_id: str, group: list[tuple[str, Figures]]) -> dict[str, Any]:
    kind = KINDS.get(state.cards[card_id].kind, 3)
    sums = _sums(state, group, "view", "receive", "verify", "given", "expire")
    return {"ref_date": date, "card_id": card_id, "card_type": kind, **sums}


def _until(state: State, date: str, cards: set[str]) -> set[str]:
    """Everybody who had taken one of these cards by the end of a day."""
    last = _day(date) or 0
    return {
        openid
        for day, found in state.office.figures.items()
        if day <= last
        for card_id, figures in found.items()
        if card_id in cards
        for openid in _openids(state, card_id, figures, "receive")
    }


def _members(state: State, date: str, _card: str, group: list[tuple[str, Figures]]) -> dict[str, Any]:
    total = len(_until(state, date, {card_id for card_id, _ in group}))
    sums = _sums(state, group, "view", "receive", "active", "verify")
    del sums["active_cnt"]
    return {"ref_date": date, **sums, "total_user": total, "total_receive_user": total}


def _member_detail(state: State, date: str, card_id: str, group: list[tuple[str, Figures]]) -> dict[str, Any]:
    figures = group[0][1]
    sums = _sums(state, group, "view", "receive", "verify", "active")
    return {
        "ref_date": date,
        "merchanttype": 1,
        "cardid": card_id,
        "submerchantid": 0,
        **sums,
        "total_user": len(_until(state, date, {card_id})),
        "new_user": sums["receive_user"],
        "payOriginalFee": figures.times["original_fee"],
        "fee": figures.times["fee"],
    }


ACTIONS: Final[Mapping[str, Any]] = {
    "wechat.datacube_all": statistics(member=None, each=False, row=_overview),
    "wechat.datacube_card": statistics(member=False, each=True, row=_of_card),
    "wechat.datacube_members": statistics(member=True, each=False, row=_members),
    "wechat.datacube_member": statistics(member=True, each=True, row=_member_detail),
}
"""What can be asked about figures."""
