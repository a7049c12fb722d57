"""A million codes in one process: imported, taken by a user each, redeemed. What a code weighs, and whether the last are slower.

Through the service as HTTP and the simulation reach it (`World.perform`), gates included, without HTTP. Limits are lifted, for a
day's issue would end at a hundred thousand. The last card's codes take turns with those of a card in a new world, a thousand at a
time, because the machine's speed changes within the minutes that a million codes take.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Iterator
from pathlib import Path

from mocks.world import World
from sandbox.behaviour.coupons import cash_card
from sandbox.policy import Call, Signal
from sandbox.rulebooks import load_all

CARDS, EACH, TURN, AT_ONCE = 10, 100_000, 1_000, 100
NOW = 1_772_416_800_000
HIGH = 10**9
LIFTED = ("card_create_second", "card_consume_second", "card_deposit_minute", "service_issue_day", "catering_issue_day")
PAGE = 4096


def resident() -> int:
    """Bytes of this process that are in memory."""
    gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE


def world() -> World:
    """A world whose limits nobody meets."""
    return World(load_all(changes={"wechat": {"quota": {name: {"limit": HIGH} for name in LIFTED}}}), lambda: NOW)


def opened() -> World:
    """Such a world, with one account."""
    one = world()
    one.open_account("main")
    return one


def lives(one: World, card: int) -> Iterator[str]:
    """Import a card's codes, have each taken by another user, redeem them all; says after each turn what it was."""
    identity = one.accounts["main"].wechat.identity

    def ask(action: str, **payload: object) -> dict[str, object]:
        answer = one.perform(Call("wechat", f"wechat.card.{action}", "main", identity, payload=payload))
        assert answer.code == "0", (action, answer)  # noqa: S101 - a benchmark of refusals would say nothing
        return dict(answer.body)

    card_id = ask("create", card=cash_card("小店", "满百减二十"))["card_id"]
    one.tell(Signal("wechat", "wechat.card_approved", "main", payload={"card_id": card_id}))
    codes = [f"{card:04}{number:08}" for number in range(EACH)]
    yield "start"
    for first in range(0, EACH, TURN):
        for some in range(first, first + TURN, AT_ONCE):
            ask("deposit", card_id=card_id, code=codes[some : some + AT_ONCE])
        yield "deposit"
    ask("modifystock", card_id=card_id, increase_stock_value=EACH)
    yield "stock"
    for first in range(0, EACH, TURN):
        for number in range(first, first + TURN):
            taken = {"card_id": card_id, "openid": f"o{card:07}{number:020}"}
            one.tell(Signal("wechat", "wechat.card_received", "main", payload=taken))
        yield "receive"
    for first in range(0, EACH, TURN):
        for code in codes[first : first + TURN]:
            ask("consume", card_id=card_id, code=code)
        yield "consume"


def turns(*cards: Iterator[str]) -> Iterator[tuple[str, list[float]]]:
    """What each turn was, and the CPU seconds that each of these cards took for it."""
    while True:
        took, said = [], ""
        for card in cards:
            began = time.process_time()
            said = next(card, "")
            took.append(time.process_time() - began)
        if not said:
            return
        yield said, took


def main() -> None:
    """Print the tables."""
    one = opened()
    before = resident()
    for card in range(CARDS - 1):
        for _ in lives(one, card):
            pass
    grown, total = resident() - before, (CARDS - 1) * EACH
    spent: dict[str, list[list[float]]] = {"deposit": [], "receive": [], "consume": []}
    for stage, took in turns(lives(opened(), 0), lives(one, CARDS - 1)):
        if stage in spent:
            spent[stage].append(took)
    print(f"\n| {total:,} codes, each taken by another user | bytes a code | bar |\n|---|---:|---:|")
    print(f"| memory of the process, grown | {grown / total:.0f} | 200 |")
    print("\n| µs of CPU a code, in turns | first 100,000 | last 100,000 | ratio | bar |\n|---|---:|---:|---:|---:|")
    for name, times in spent.items():
        first, last = (sum(some) / EACH * 1e6 for some in zip(*times, strict=True))
        print(f"| {name} | {first:.1f} | {last:.1f} | {last / first:.2f} | 1.2 |")


if __name__ == "__main__":
    main()
