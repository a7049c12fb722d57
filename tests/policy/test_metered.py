"""Quotas and breakers written out as one function charge what the same rules charge when each is asked by itself."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sandbox.policy import UNLIMITED, Book, Breaker, Call, Cell, Cells, Quota, judge
from sandbox.policy import breaker as breakers
from sandbox.policy.keys import keyer
from sandbox.policy.metered import weight, write_out
from sandbox.policy.windows import fixed

ACT = "p.act"
SCOPES = ((), ("action",), ("account",), ("user",), ("user", "action"), ("ip", "user"), ("ip", "user", "o'n{e}"))
NAMES = ("user", "ip", "o'n{e}", "units")
VALUES = st.sampled_from(["", "a", "3", "1:a", "a/b", "#p.q0", "{x}", "'"])


def slowly(quotas: tuple[Quota, ...], fuses: tuple[Breaker, ...], cells: Cells, call: Call, now: int) -> object:
    """What one after the other says: None when some rule refuses."""
    changed: dict[str, Cell] = {}
    lefts, fulls = [UNLIMITED], [0]
    for fuse in fuses:
        key = keyer(fuse, ACT)(call.account, call.actor)
        before = breakers.read(cells.get(key, ()))
        after, wait = breakers.admit(fuse, before, now)
        if wait:
            return None
        changed |= {key: breakers.write(after)} if before.state != breakers.CLOSED else {}
    for quota in quotas:
        key = keyer(quota, ACT)(call.account, call.actor)
        cost = weight(quota, call.actor, call.cost) if quota.weight else call.cost
        cell, wait, left, full = fixed(quota)(cells.get(key, ()), cost, now)
        if wait:
            return None
        changed[key] = cell
        lefts, fulls = [*lefts, left], [*fulls, full]
    return changed, min(lefts), max(fulls)


def quotas() -> st.SearchStrategy[tuple[Quota, ...]]:
    one = st.builds(
        Quota,
        st.just("p.q"),
        st.integers(0, 6),
        st.integers(1, 50),
        scope=st.sampled_from(SCOPES),
        offset=st.integers(0, 60),
        weight=st.sampled_from(["", "", "units"]),
    )
    return st.lists(one, max_size=4).map(
        lambda rules: tuple(
            Quota(f"p.q{n}", q.limit, q.window, scope=q.scope, offset=q.offset, weight=q.weight) for n, q in enumerate(rules)
        )
    )


FUSES = st.lists(
    st.builds(
        Breaker,
        st.just("p.fuse"),
        st.integers(1, 40),
        trip_on=st.just("excess"),
        scope=st.sampled_from(SCOPES),
        probes=st.just(2),
    ),
    max_size=1,
).map(tuple)
CALLS = st.lists(
    st.tuples(
        st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=4), st.integers(0, 4), st.integers(0, 30), st.booleans()
    ),
    min_size=1,
    max_size=12,
)


@given(quotas(), FUSES, CALLS)
def test_charged_together_as_one_by_one(
    rules: tuple[Quota, ...], fuses: tuple[Breaker, ...], calls: list[tuple[dict[str, str], int, int, bool]]
) -> None:
    charge, now = write_out(rules, fuses, ACT), 1_000
    cells: dict[str, Cell] = {}
    for actor, cost, later, trips in calls:
        now += later
        call = Call("p", ACT, "acct", actor, cost)
        if trips and fuses:
            memory = breakers.read(cells.get(keyer(fuses[0], ACT)("acct", actor), ()))
            cells[keyer(fuses[0], ACT)("acct", actor)] = breakers.write(breakers.change(fuses[0], memory, "trip", now))
        charged = charge(cells, "acct", actor, cost, now)
        assert charged == slowly(rules, fuses, cells, call, now)
        if charged:
            cells.update(charged[0])


def test_rules_of_the_same_shape_share_their_text_and_nothing_else() -> None:
    book = Book(
        "p", {"p.few": (Quota("p.q", 1, 1_000, scope=("user",)),), "p.many": (Quota("p.r", 9, 1_000, scope=("user",)),)}
    )
    charges = [book.ready[action][0] for action in ("p.few", "p.many")]
    assert len({charge.__code__ for charge in charges}) == 1
    lefts = [judge(book, {}, Call("p", action, "acct", {"user": "u"}), 5)[1].remaining for action in ("p.few", "p.many")]
    assert lefts == [0, 8]
