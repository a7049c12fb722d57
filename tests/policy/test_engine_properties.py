"""judge() against the plainest possible account of what it should say, and what must hold for any set of rules."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sandbox.policy import NEVER, UNLIMITED, Book, Breaker, Call, Cell, Quota, Verdict, judge
from sandbox.policy.engine import applies, weight
from sandbox.policy.windows import ALGORITHMS

ACTION = "p.act"
VALUES = st.sampled_from(["", "1", "2", "/", "#p.0", "3:a"])
ACTORS = st.dictionaries(st.sampled_from(["ip", "user", "kind"]), VALUES)
CALLS = st.tuples(st.just("p"), st.just(ACTION), st.sampled_from(["a", "b"]), ACTORS, st.integers(-1, 4)).map(
    lambda parts: Call(*parts)
)
STEPS = st.lists(st.tuples(st.integers(-3, 25), CALLS), max_size=25)


@st.composite
def books(draw: st.DrawFn) -> Book:
    fuses = tuple(
        Breaker(
            f"p.fuse{i}",
            draw(st.integers(1, 30)),
            trip_on="excess",
            scope=draw(st.sampled_from([(), ("ip",)])),
            probes=draw(st.integers(1, 3)),
            backoff=2,
            max_open_ms=90,
            forgive_ms=draw(st.integers(0, 60)),
        )
        for i in range(draw(st.integers(0, 2)))
    )
    quotas = tuple(
        Quota(
            f"p.{i}",
            draw(st.integers(0, 5)),
            draw(st.integers(1, 40)),
            draw(st.sampled_from(["fixed", *sorted(ALGORITHMS)])),
            draw(st.sampled_from([(), ("ip",), ("ip", "user"), ("account", "action")])),
            burst=draw(st.integers(0, 6)),
            offset=draw(st.integers(0, 50)),
            when=draw(st.sampled_from([(), (), (("kind", "1"),)])),
            weight=draw(st.sampled_from(["", "", "user"])),
            shadow=draw(st.booleans()) and draw(st.booleans()),
            trips=draw(st.sampled_from(["", *(fuse.id for fuse in fuses)])),
        )
        for i in range(draw(st.integers(1, 4)))
    )
    return Book("p", {ACTION: quotas}, {ACTION: fuses})


def plainly(book: Book, cells: dict[str, Cell], call: Call, now: int) -> tuple[dict[str, Cell], Verdict]:
    """What judge() should say of a book without breakers: ask every meter for the call, and for nothing."""
    rows = []
    for key_of, take, rule in book.meters[ACTION]:
        if applies(rule, call.actor):
            key = key_of(call.account, call.actor)
            cell = cells.get(key, ())
            cost = max(call.cost, 0)
            units = weight(rule, call.actor, cost) if rule.weight else cost
            rows.append((key, rule, take(cell, units, now), take(cell, 0, now)))
    enforced = [row for row in rows if not row[1].shadow]
    shadowed = tuple(rule.id for _, rule, (_, wait, _, _), _ in rows if rule.shadow and wait)
    refusals = [(wait, rule.id) for _, rule, (_, wait, _, _), _ in enforced if wait]
    counts = [untouched if refusals else charged for _, _, charged, untouched in enforced]
    left, full = min((one[2] for one in counts), default=UNLIMITED), max((one[3] for one in counts), default=0)
    if refusals:
        wait, rule = max(refusals, key=lambda refusal: refusal[0])
        return {}, Verdict(False, rule, wait, left, full, 0, shadowed)
    charged = {key: cell for key, _, (cell, wait, _, _), _ in rows if not wait}
    return charged, Verdict(True, remaining=left, reset_after=full, shadowed=shadowed)


@given(books(), STEPS)
def test_judging_is_asking_every_rule(book: Book, steps: list[tuple[int, Call]]) -> None:
    unfused = Book("p", book.quotas)
    cells: dict[str, Cell] = {}
    now = 1_000
    for passed, call in steps:
        now += passed
        changed, verdict = judge(unfused, cells, call, now)
        assert (changed, verdict) == plainly(unfused, cells, call, now)
        cells.update(changed)


@given(books(), STEPS)
def test_all_or_none(book: Book, steps: list[tuple[int, Call]]) -> None:
    """A refused call changes no meter; one that is let through charges all that apply, shadows with room included."""
    cells: dict[str, Cell] = {}
    now = 1_000
    for passed, call in steps:
        now += passed
        before = dict(cells)
        changed, verdict = judge(book, cells, call, now)
        assert cells == before, "the cells it is shown are left alone"
        meters = {key(call.account, call.actor): rule for key, _, rule in book.meters[ACTION] if applies(rule, call.actor)}
        charged = meters.keys() & changed.keys()
        if verdict.allowed:
            assert {meters[key].id for key in meters.keys() - charged} == set(verdict.shadowed)
        else:
            assert not charged
        cells.update(changed)


@given(books(), STEPS, CALLS)
def test_waiting_as_long_as_the_verdict_says_is_enough(book: Book, steps: list[tuple[int, Call]], call: Call) -> None:
    """Over all rules and the breakers that the refusal opened; and a millisecond less is not."""
    cells: dict[str, Cell] = {}
    now = 1_000
    for passed, earlier in steps:
        now += passed
        cells.update(judge(book, cells, earlier, now)[0])
    changed, verdict = judge(book, cells, call, now)
    cells.update(changed)
    if 0 < verdict.retry_after < NEVER:
        assert judge(book, cells, call, now + verdict.retry_after)[1].allowed
        early = judge(book, cells, call, now + verdict.retry_after - 1)[1]
        assert early.allowed is False
    assert verdict.allowed == (verdict.rule == "") == (verdict.retry_after == 0)


SUBJECTS = st.lists(VALUES | st.text(max_size=4), min_size=4, max_size=4)


@given(st.integers(1, 4), SUBJECTS, SUBJECTS)
def test_two_subjects_share_a_meter_only_when_they_are_the_same(names: int, one: list[str], other: list[str]) -> None:
    scope = ("ip", "user", "card", "shop")[:names]
    rules = Book("p", {ACTION: (Quota("p.q", 1, 1_000, scope=scope),)})
    cells, _ = judge(rules, {}, Call("p", ACTION, "a", dict(zip(scope, one, strict=False))), 1_000)
    verdict = judge(rules, cells, Call("p", ACTION, "a", dict(zip(scope, other, strict=False))), 1_000)[1]
    assert verdict.allowed is (one[:names] != other[:names])
