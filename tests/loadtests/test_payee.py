"""The merchants' servers that WeChat Pay tells of payments: what they believe, what they pay out, and what becomes of lost notices."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest

from loadtests.targets.payee import a_new_one, app, own
from mocks.asgi import FastLane
from mocks.connection import connection, write_pems
from mocks.wechat_pay import courier
from mocks.wechat_pay.routes import PLATFORM
from sandbox.cli.running import simulated
from sandbox.cli.scenarios import load_scenario
from sandbox.events import Event
from sandbox.report import metrics, parse
from sandbox.rulebooks import load_all
from tests.mocks.pay_rig import PayRig
from tests.mocks.rig import ADMIN

ROOT = Path(__file__).resolve().parents[2]
CALLBACKS, TWICE = (f"scenarios/load/pay_callbacks{tail}.toml" for tail in ("", "_twice"))


@pytest.fixture
def pay(tmp_path: Path) -> Iterator[PayRig]:
    one = PayRig()
    write_pems(one.main, tmp_path)
    yield one
    one.close()


def notices(pay: PayRig, fault: str = "") -> Callable[[], tuple[Mapping[str, str], bytes]]:
    """A paid order; each call packs its notice once more."""
    pay.paid(settle_info={"profit_sharing": True})
    return lambda: (made := courier.envelope(pay.world, pay.main, pay.told[-1], fault)) and (made.headers, made.body)


async def nobody(scope: Any, *_: Any) -> None:
    """Nothing but WeChat Pay is asked."""
    raise AssertionError(scope["path"])


def told(
    pay: PayRig, folder: Path, number: Any, luck: list[float], *packs: Callable[[], tuple[Mapping[str, str], bytes]]
) -> list[int]:
    """What a server of that kind answers to these notices, one after another."""
    values = connection(pay.main, "http://sandbox.test", ADMIN, folder)
    chances, platform = iter(luck), httpx.ASGITransport(FastLane(pay.world, (PLATFORM,), nobody, ports={}))

    async def play() -> list[int]:
        door = app(values, number, lambda: next(chances), platform)
        async with door.router.lifespan_context(door), httpx.AsyncClient(transport=httpx.ASGITransport(door)) as client:
            answers = []
            for pack in packs:
                headers, body = pack()
                answers.append((await client.post("http://shop.test/push", content=body, headers=dict(headers))).status_code)
            return answers

    return pay.run(play())


def paid_out(pay: PayRig) -> int:
    """How many payouts there were."""
    return sum(one.get("became") == "paid_out" for one in pay.server.journal.since(0)[0])


@pytest.mark.parametrize(("number", "payouts"), [(own, 1), (a_new_one(), 2)])
def test_a_notice_that_comes_again_is_paid_out_again_only_under_a_new_number(
    pay: PayRig, tmp_path: Path, number: Any, payouts: int
) -> None:
    """V12: the first answer is lost after the work was done, the second arrives."""
    notice = notices(pay)
    assert told(pay, tmp_path, number, [0.1, 0.9], notice, notice) == [500, 204]
    assert paid_out(pay) == payouts


def test_a_notice_that_is_lost_before_anything_was_done_is_as_if_it_never_came(pay: PayRig, tmp_path: Path) -> None:
    assert told(pay, tmp_path, own, [0.2], notices(pay)) == [500]
    assert paid_out(pay) == 0


@pytest.mark.parametrize("fault", ["stale_timestamp", "wrong_serial", "tampered_body", "wrong_key"])
def test_a_notice_that_is_not_genuine_is_refused(pay: PayRig, tmp_path: Path, fault: str) -> None:
    assert told(pay, tmp_path, own, [0.9], notices(pay, fault)) == [401]
    assert paid_out(pay) == 0


QUICK = {
    "duration": "1m",
    "drain": "15m",
    "population.buyers.phases": [{"lasts": "1m", "per_second": 1, "spacing": "exact"}],
}


@pytest.mark.parametrize(("scenario", "twice"), [(CALLBACKS, False), (TWICE, True)])
def test_simulated_losses_are_made_good_by_retries_and_double_payouts_break_the_expectation(
    scenario: str, twice: bool
) -> None:
    """V12, V16: the same losses, the same ladder; one merchant keeps what is expected, the other does not."""
    books, events = load_all(), list[Event]()
    wanted, _ = load_scenario(ROOT / scenario, books, QUICK)
    simulated(wanted, books, 7, events.append, lambda _: None)
    found = metrics(events)
    broken = [name for name, text in wanted.expect.items() if not parse(name, text, scenario).holds(found[name])]
    assert broken == (["pay.settled_twice"] if twice else [])
    assert found["pay.asked"] == 60
    assert found["pay.paid"] == found["pay.settled"] > 30
    assert found["wechat_pay.sharing.calls"] > found["pay.paid"], "answers were lost after the work was done"
