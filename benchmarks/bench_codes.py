"""A million codes in one process: imported, taken by a user each, redeemed. What a code weighs, and whether the last are slower.

Through the service as HTTP and the simulation reach it (`World.perform`), gates included, without HTTP. Limits are lifted, for a
day's issue would end at a hundred thousand.
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

CARDS, EACH, AT_ONCE = 10, 100_000, 100
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


def lives(one: World, card: int) -> Iterator[str]:
    """Import a card's codes, have each taken by another user, redeem them all; says after each stage what it was."""
    identity = one.accounts["main"].wechat.identity

    def ask(action: str, **payload: object) -> dict[str, object]:
        answer = one.perform(Call("wechat", f"wechat.card.{action}", "main", identity, payload=payload))
        assert answer.code == "0", (action, answer)  # noqa: S101 - a benchmark of refusals would say nothing
        return dict(answer.body)

    card_id = ask("create", card=cash_card("小店", "满百减二十"))["card_id"]
    one.tell(Signal("wechat", "wechat.card_approved", "main", payload={"card_id": card_id}))
    codes = [f"{card:04}{number:08}" for number in range(EACH)]
    yield "start"
    for first in range(0, EACH, AT_ONCE):
        ask("deposit", card_id=card_id, code=codes[first : first + AT_ONCE])
    yield "deposit"
    ask("modifystock", card_id=card_id, increase_stock_value=EACH)
    for number in range(EACH):
        taken = {"card_id": card_id, "openid": f"o{card:07}{number:020}"}
        one.tell(Signal("wechat", "wechat.card_received", "main", payload=taken))
    yield "receive"
    for code in codes:
        ask("consume", card_id=card_id, code=code)
    yield "consume"


def main() -> None:
    """Print the tables."""
    one = world()
    one.open_account("main")
    spent: dict[str, list[float]] = {"deposit": [], "receive": [], "consume": []}
    before = resident()
    for card in range(CARDS):
        began = time.process_time()
        for stage in lives(one, card):
            if stage in spent:
                spent[stage].append((time.process_time() - began) / EACH * 1e6)
            began = time.process_time()
    grown = resident() - before
    total = CARDS * EACH
    print(f"\n| {total:,} codes, each taken by another user | bytes a code | bar |\n|---|---:|---:|")
    print(f"| memory of the process, grown | {grown / total:.0f} | 200 |")
    print("\n| µs of CPU a code | first 100,000 | last 100,000 | ratio | bar |\n|---|---:|---:|---:|---:|")
    for name, times in spent.items():
        print(f"| {name} | {times[0]:.1f} | {times[-1]:.1f} | {times[-1] / times[0]:.2f} | 1.2 |")


if __name__ == "__main__":
    main()
