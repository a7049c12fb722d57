"""Rules written out as one function say what the same rules say when they are counted the slow way, whatever their names are."""

from __future__ import annotations

from statistics import fmean, pstdev

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.policy import Book, Call, Cell, Quota, judge
from sandbox.policy.detect import Detector
from sandbox.policy.risk import Risk
from sandbox.policy.sanctions import Penalties

ACT = "p.act"
WINDOW = 80
NOW = 1_000_000
RULES = {
    "p.frequency": Detector("p.frequency", "frequency", 1, (ACT,), scope=("user",), limit=3, missing=1, window=WINDOW),
    "p.aligned": Detector("p.aligned", "frequency", 1, (ACT,), scope=("user",), limit=3, window=WINDOW, offset=30),
    "p.distinct": Detector(
        "p.distinct", "distinct", 1, (ACT,), scope=("user",), of="device", limit=2, missing=0, window=WINDOW
    ),
    "p.repeat": Detector("p.repeat", "repeat", 1, (ACT,), scope=("user",), of="device", samples=3, window=WINDOW),
    "p.interval": Detector("p.interval", "interval", 1, (ACT,), scope=("user",), samples=2, percent=20, window=WINDOW),
}


class Slowly:
    """The same rules for one user, with everything kept that was ever seen."""

    def __init__(self, limits: dict[str, int], most: int) -> None:
        self.limits, self.most = limits, most
        self.ends, self.used = dict.fromkeys(limits, 0), dict.fromkeys(limits, 0)
        self.devices: dict[str, int] = {}
        self.values: list[tuple[str, int]] = []
        self.times: list[int] = []

    def hits(self, device: str, cost: int, now: int) -> set[str]:
        said = set()
        for rule, end in (("p.frequency", now + WINDOW), ("p.aligned", now + WINDOW - (now + 30) % WINDOW)):
            if now >= self.ends[rule]:
                self.ends[rule], self.used[rule] = end, 0
            self.used[rule] += cost
            said |= {rule} if self.used[rule] > self.limits[rule] else set()
        self.devices = {one: when for one, when in self.devices.items() if when > now - WINDOW}
        if now - self.devices.get(device, -WINDOW) >= WINDOW // 8:
            self.devices.pop(device, None)
            self.devices[device] = now
            self.devices = dict(list(self.devices.items())[-self.most - 1 :])
        said |= {"p.distinct"} if len(self.devices) > self.most else set()
        live = [one for one in self.values if one[1] > now - WINDOW]
        said |= {"p.repeat"} if len(live) >= 3 or device in dict(live) else set()
        self.values = [*live, (device, now)][-3:]
        if self.times and now - self.times[-1] > WINDOW:
            self.times = []
        self.times = [*self.times, now][-3:]
        gaps = [late - early for early, late in zip(self.times, self.times[1:], strict=False)]
        said |= {"p.interval"} if len(gaps) == 2 and pstdev(gaps) < 0.2 * fmean(gaps) else set()
        return said


GAPS = st.sampled_from([0, 1, 9, 10, 11, 20, 30, 40, 60, 69, 70, 79, 80, 81])
ACTS = st.lists(st.tuples(GAPS, st.sampled_from(["me", ""]), st.sampled_from("abcd"), st.integers(0, 2)), max_size=40)


@given(ACTS)
def test_rules_written_out_hit_as_rules_counted_slowly(acts: list[tuple[int, str, str, int]]) -> None:
    book = Book("p", risk=Risk(tuple(RULES.values()), (), Penalties("p")))
    cells: dict[str, Cell] = {}
    slow = {"me": Slowly({"p.frequency": 3, "p.aligned": 3}, 2), "": Slowly({"p.frequency": 1, "p.aligned": 0}, 0)}
    now = NOW
    for gap, user, device, cost in acts:
        now += gap
        changed, verdict = judge(book, cells, Call("p", ACT, "a", {"user": user, "device": device}, cost), now)
        cells.update(changed)
        assert verdict.risk is not None
        assert set(verdict.risk.rules) == slow[user].hits(device, cost, now)


@pytest.mark.parametrize("odd", ["it's", 'a "b"', "{x}", "\\", "line\nbreak", "用户", "x') or __import__('os"])
def test_a_name_from_a_rulebook_is_never_read_as_code(odd: str) -> None:
    """Names of attributes, values and rules are whatever somebody writes."""
    rules = (
        Detector(f"p.{odd}", "frequency", 1, (ACT,), scope=(odd,), limit=1, window=WINDOW),
        Detector("p.pair", "frequency", 1, (ACT,), scope=(odd, "user"), limit=1, window=WINDOW, when=((odd, odd),)),
        Detector("p.kinds", "distinct", 1, (ACT,), scope=("user",), of=odd, limit=1, window=WINDOW),
    )
    book = Book(odd, risk=Risk(rules, (), Penalties(odd)))
    cells: dict[str, Cell] = {}
    said = []
    for value in (odd, odd, "other"):
        changed, verdict = judge(book, cells, Call(odd, ACT, "a", {odd: value, "user": "me"}), NOW)
        cells.update(changed)
        assert verdict.risk is not None
        said.append(verdict.risk.rules)
    assert said == [(), (f"p.{odd}", "p.pair"), ("p.kinds",)]


@pytest.mark.parametrize("scope", [(), ("user",), ("user", "ip"), ("user", "ip", "shop")])
def test_a_record_lies_where_a_meter_of_the_same_scope_lies(scope: tuple[str, ...]) -> None:
    actor = {"user": "1:a/b", "ip": "", "shop": "s"}
    rule = Detector("p.rule", "frequency", 1, (ACT,), scope=scope, limit=1, window=WINDOW)
    book = Book("p", {ACT: (Quota("p.quota", 5, WINDOW, scope=scope),)}, risk=Risk((rule,), (), Penalties("p")))
    changed, _ = judge(book, {}, Call("p", ACT, "a", actor), NOW)
    assert len({key.rpartition("#")[0] for key in changed}) == 1
    assert len(changed) == 2
