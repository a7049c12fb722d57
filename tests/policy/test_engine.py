"""judge() and observe(): rules that are judged together, breakers that an excess opens, facts told afterwards."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sandbox.policy import NEVER, UNLIMITED, Book, Breaker, Call, Cells, Quota, Sanction, Signal, Verdict, judge, observe

MINUTE = 60_000
NOW = 28_333_334 * MINUTE
ACTION = "p.act"


def book(*quotas: Quota, breakers: tuple[Breaker, ...] = ()) -> Book:
    return Book("p", {ACTION: quotas}, {ACTION: breakers})


def call(cost: int = 1, account: str = "acme", **actor: str) -> Call:
    return Call("p", ACTION, account, actor, cost)


class World:
    """A book and the cells so far: what a store does, without one."""

    def __init__(self, rules: Book) -> None:
        self.book, self.cells = rules, dict[str, tuple[int, ...]]()

    def ask(self, asked: Call, at: int = 0) -> Verdict:
        changed, verdict = judge(self.book, self.cells, asked, NOW + at)
        self.cells.update(changed)
        return verdict

    def tell(self, kind: str, at: int = 0, **said: object) -> tuple[Sanction, ...]:
        changed, sanctions = observe(self.book, self.cells, Signal("p", kind, "acme", ACTION, **said), NOW + at)
        self.cells.update(changed)
        return sanctions


SECOND_AND_MINUTE = (Quota("p.second", 2, 1_000), Quota("p.minute", 3, MINUTE))


def test_an_action_without_rules_is_free() -> None:
    assert judge(Book("p"), {}, call(), NOW) == ({}, Verdict(True))
    assert Verdict(True).remaining == UNLIMITED


def test_all_quotas_are_charged() -> None:
    world = World(book(*SECOND_AND_MINUTE))
    assert world.ask(call()) == Verdict(True, remaining=1, reset_after=MINUTE)
    assert world.cells == {"acme#p.second": (NOW + 1_000, 1), "acme#p.minute": (NOW + MINUTE, 1)}


def test_or_none_is() -> None:
    world = World(book(*SECOND_AND_MINUTE))
    world.ask(call())
    before = dict(world.cells)
    assert not world.ask(call(cost=3)).allowed
    assert world.cells == before


def test_the_longest_wait_is_reported_and_its_rule() -> None:
    world = World(book(*SECOND_AND_MINUTE))
    world.ask(call(cost=2))
    second = world.ask(call())
    assert (second.rule, second.retry_after) == ("p.second", 1_000)
    world.ask(call(), at=1_000)
    both = world.ask(call(cost=2), at=1_500)
    assert (both.rule, both.retry_after) == ("p.minute", MINUTE - 1_500)


def test_a_wait_that_never_ends_is_the_longest() -> None:
    verdict = World(book(*SECOND_AND_MINUTE)).ask(call(cost=3))
    assert (verdict.rule, verdict.retry_after) == ("p.second", NEVER)


def test_a_refusal_reports_what_is_left_uncharged() -> None:
    """The quota that has room is not charged, so what it would have left does not count."""
    world = World(book(Quota("p.a", 5, MINUTE), Quota("p.b", 9, 2 * MINUTE)))
    world.ask(call(cost=1))
    verdict = world.ask(call(cost=5))
    assert (verdict.rule, verdict.remaining, verdict.reset_after) == ("p.a", 4, 2 * MINUTE)


def test_an_untouched_quota_is_full_already() -> None:
    assert World(book(*SECOND_AND_MINUTE)).ask(call(cost=0)) == Verdict(True, remaining=2, reset_after=0)


def test_less_than_nothing_counts_as_nothing() -> None:
    """A negative cost gives nothing back, whatever the algorithm and whether the rule is plain or not."""
    world = World(book(Quota("p.a", 5, MINUTE), Quota("p.b", 5, MINUTE, "sliding")))
    world.ask(call(cost=2))
    before = dict(world.cells)
    assert world.ask(call(cost=-2)).remaining == 3
    assert world.cells == before


# ---------------------------------------------------------------- whom a rule counts


def test_each_value_of_the_scope_counts_alone() -> None:
    world = World(book(Quota("p.q", 1, MINUTE, scope=("ip",))))
    assert [world.ask(call(ip=ip)).allowed for ip in ("1", "2", "1")] == [True, True, False]
    assert not world.ask(call(ip="2")).allowed
    assert world.ask(call(ip="2", account="other")).allowed, "accounts never share a meter"


def test_those_who_leave_the_attribute_out_share_a_meter() -> None:
    world = World(book(Quota("p.q", 1, MINUTE, scope=("ip",))))
    assert [world.ask(one).allowed for one in (call(), call(user="u"), call(ip="1"))] == [True, False, True]


def test_actions_share_a_quota_unless_its_scope_says_action() -> None:
    shared, apart = Quota("p.s", 1, MINUTE), Quota("p.s", 1, MINUTE, scope=("action",))
    for rule, second_allowed in ((shared, False), (apart, True)):
        rules = {"p.one": (rule,), "p.two": (rule,)}
        cells, _ = judge(Book("p", rules), {}, Call("p", "p.one", "acme"), NOW)
        assert judge(Book("p", rules), cells, Call("p", "p.two", "acme"), NOW)[1].allowed is second_allowed


COLLISIONS = [
    ("a slash moves the border between two values", {"ip": "a/b", "user": "c"}, {"ip": "a", "user": "b/c"}),
    ("a length that is part of the value", {"ip": "1:a", "user": "b"}, {"ip": "1", "user": "a/b"}),
    ("a forged length", {"ip": "", "user": "1:x/y"}, {"ip": "x", "user": "y"}),
    ("an empty value is not its neighbour's", {"ip": "a", "user": ""}, {"ip": "", "user": "a"}),
    ("a hash that looks like a rule's name", {"ip": "a#p.q", "user": "b"}, {"ip": "a", "user": "b#p.q"}),
]


@pytest.mark.parametrize("scope", [("ip", "user"), ("shop", "ip", "user")])
@pytest.mark.parametrize(("says", "one", "other"), COLLISIONS)
def test_no_choice_of_values_passes_for_anothers(
    says: str, one: dict[str, str], other: dict[str, str], scope: tuple[str, ...]
) -> None:
    world = World(book(Quota("p.q", 1, MINUTE, scope=scope)))
    assert [world.ask(call(**actor)).allowed for actor in (one, other, one)] == [True, True, False], says


def test_a_value_does_not_reach_into_another_rules_meter() -> None:
    """A single value may hold anything: what comes last in the key is the rule's own name."""
    world = World(book(Quota("p.q", 1, MINUTE, scope=("ip",)), Quota("p.r", 2, MINUTE)))
    world.ask(call(ip="x#p.r"))
    assert set(world.cells) == {"acme/x#p.r#p.q", "acme#p.r"}


def test_the_books_keys_are_all_that_judging_writes() -> None:
    rules = book(
        Quota("p.q", 9, MINUTE, scope=("ip", "user")),
        Quota("p.r", 9, MINUTE, scope=("action",)),
        breakers=(Breaker("p.b", 1),),
    )
    asked = call(ip="1", user="u")
    assert list(rules.keys(ACTION, "acme", asked.actor)) == ["acme#p.b", "acme/1:1/u#p.q", "acme#p.r@p.act"]
    assert set(judge(rules, {}, asked, NOW)[0]) <= set(rules.keys(ACTION, "acme", asked.actor))
    assert not list(rules.keys("p.other", "acme", {}))


# ---------------------------------------------------------------- when, weight, shadow

FORCED = Quota("p.forced", 1, MINUTE, when=(("force", "yes"), ("kind", "a")))


@pytest.mark.parametrize(
    ("says", "actor", "counted"),
    [
        ("carries both", {"force": "yes", "kind": "a"}, True),
        ("carries another value", {"force": "no", "kind": "a"}, False),
        ("leaves one out: nobody escapes by omission", {"force": "yes"}, True),
        ("leaves both out", {}, True),
        ("leaves one out and has another value in the other", {"kind": "b"}, False),
        ("an empty value is a value", {"force": "", "kind": "a"}, False),
    ],
)
def test_a_rule_with_a_condition_applies_when_the_call(says: str, actor: dict[str, str], counted: bool) -> None:
    world = World(book(FORCED))
    verdicts = [world.ask(call(**actor)) for _ in range(2)]
    assert [verdict.allowed for verdict in verdicts] == [True, not counted], says
    assert counted or verdicts[0].remaining == UNLIMITED


def test_nobody_escapes_a_limit_of_the_account_by_an_attribute_of_that_name() -> None:
    world = World(book(Quota("p.q", 1, MINUTE, scope=("account", "action"))))
    calls = [Call("p", ACTION, "acme", {"account": name, "action": name}) for name in ("a", "b")]
    assert [world.ask(one).allowed for one in calls] == [True, False]


@pytest.mark.parametrize(
    ("says", "actor", "remaining"),
    [
        ("the attribute is the cost", {"n": "7"}, 3),
        ("zero is a number", {"n": "0"}, 10),
        ("without it the call's own cost counts", {}, 8),
        ("so it does when it is no number", {"n": "many"}, 8),
        ("or a negative one", {"n": "-5"}, 8),
        ("or a fraction", {"n": "1.5"}, 8),
        ("or empty", {"n": ""}, 8),
    ],
)
def test_weight(says: str, actor: dict[str, str], remaining: int) -> None:
    assert World(book(Quota("p.q", 10, MINUTE, weight="n"))).ask(call(2, **actor)).remaining == remaining, says


def test_a_weight_beyond_all_figures_is_refused_like_any_other_excess() -> None:
    """Five thousand digits are more than Python converts; they must neither raise nor count as little."""
    verdict = World(book(Quota("p.q", 10, MINUTE, weight="n"))).ask(call(n="9" * 5_000))
    assert (verdict.allowed, verdict.retry_after) == (False, NEVER)


def test_a_shadow_rule_counts_and_never_refuses() -> None:
    world = World(book(Quota("p.q", 1, MINUTE, shadow=True), Quota("p.r", 3, MINUTE)))
    assert [world.ask(call()) for _ in range(3)] == [
        Verdict(True, remaining=left, reset_after=MINUTE, shadowed=shadowed)
        for left, shadowed in ((2, ()), (1, ("p.q",)), (0, ("p.q",)))
    ]
    assert world.cells["acme#p.q"] == (NOW + MINUTE, 1)


def test_a_shadow_rule_counts_nothing_of_a_refused_call() -> None:
    world = World(book(Quota("p.q", 9, MINUTE, shadow=True), Quota("p.s", 0, MINUTE, shadow=True), Quota("p.r", 0, MINUTE)))
    verdict = world.ask(call())
    assert (verdict.rule, verdict.remaining, verdict.shadowed, world.cells) == ("p.r", 0, ("p.s",), {})


# ---------------------------------------------------------------- breakers and what trips them

FUSE = Breaker("p.fuse", MINUTE, trip_on="excess", probes=2, backoff=2, max_open_ms=4 * MINUTE, forgive_ms=MINUTE)
FUSED = (Quota("p.q", 2, 1_000, trips="p.fuse"), Quota("p.day", 100, 1_440 * MINUTE))
COUNTING = Breaker("p.count", MINUTE, size=2, min_calls=2, failure_percent=100)


def fused() -> World:
    return World(book(*FUSED, breakers=(FUSE,)))


def test_two_hundred_a_minute_and_the_fuse() -> None:
    """S01: 200 pushes a minute, S02: the next one trips the fuse, whose minute is the longer wait."""
    fuse = replace(FUSE, probes=5)
    world = World(book(Quota("p.q", 200, MINUTE, trips="p.fuse"), breakers=(fuse,)))
    assert all(world.ask(call(), at=1_000).allowed for _ in range(200))
    verdict = world.ask(call(), at=20_000)
    assert verdict == Verdict(False, "p.q", MINUTE, 0, 40_000, 0, (), "p.fuse")
    assert world.ask(call(), at=20_000 + MINUTE - 1).retry_after == 1
    assert world.ask(call(), at=20_000 + MINUTE).allowed


def test_a_closed_breaker_costs_nothing_to_remember() -> None:
    world = fused()
    assert world.ask(call()).allowed
    assert set(world.cells) == {"acme#p.q", "acme#p.day"}


def test_an_open_breaker_charges_nothing_and_is_not_tripped_again() -> None:
    world = fused()
    for cost in (2, 1):
        world.ask(call(cost))
    before = dict(world.cells)
    again = world.ask(call(), at=500)
    assert (again.rule, again.retry_after, again.tripped) == ("p.fuse", MINUTE - 500, "")
    assert world.cells == before


def test_an_excess_of_a_quota_that_names_no_breaker_trips_none() -> None:
    world = World(book(Quota("p.q", 0, 1_000), breakers=(FUSE,)))
    assert world.ask(call()) == Verdict(False, "p.q", NEVER, 0)
    assert world.cells == {}


def test_a_probe_that_another_rule_refuses_is_not_used_up() -> None:
    world = World(
        book(Quota("p.q", 1, 1_000, trips="p.fuse"), Quota("p.ip", 0, 1_000, when=(("ip", "bad"),)), breakers=(FUSE,))
    )
    world.ask(call(2, ip="good"))
    for ip, allowed in (("bad", False), ("bad", False), ("bad", False), ("good", True)):
        assert world.ask(call(ip=ip), at=MINUTE).allowed is allowed
    assert world.cells["acme#p.fuse"][0] == 2, "half-open, one of two probes used"


@pytest.mark.parametrize("probes", [0, 1])
def test_an_excess_while_half_open_opens_again_for_twice_as_long(probes: int) -> None:
    world = fused()
    world.ask(call(3))
    for _ in range(probes):
        assert world.ask(call(), at=MINUTE).allowed
    again = world.ask(call(3), at=MINUTE)
    assert (again.tripped, world.cells["acme#p.fuse"][2]) == ("p.fuse", NOW + 3 * MINUTE)


def test_a_disabled_breaker_is_tripped_by_nothing() -> None:
    world = fused()
    world.tell("disable")
    assert world.ask(call(3)) == Verdict(False, "p.q", NEVER, 2)


def test_the_wait_of_a_quota_outlasts_that_of_the_breaker_it_trips() -> None:
    world = World(book(Quota("p.q", 1, 10 * MINUTE, trips="p.fuse"), breakers=(FUSE,)))
    world.ask(call())
    wait = world.ask(call()).retry_after
    assert wait > MINUTE
    assert not judge(world.book, world.cells, call(), NOW + wait - 1)[1].allowed
    assert judge(world.book, world.cells, call(), NOW + wait)[1].allowed


# ---------------------------------------------------------------- facts told afterwards


def test_outcomes_trip_a_breaker_and_say_so() -> None:
    world = World(book(breakers=(COUNTING, FUSE)))
    assert world.tell("outcome", ok=False, started=NOW) == ()
    assert world.tell("outcome", ok=False, started=NOW) == (Sanction("p.count", "open", "acme", NOW + MINUTE),)
    assert world.ask(call(), at=1).rule == "p.count"
    assert set(world.cells) == {"acme#p.count"}, "a breaker that excesses trip remembers no outcomes"


def test_an_outcome_of_a_breaker_left_alone_shows_the_state_it_is_in() -> None:
    world = fused()
    world.ask(call(3))
    assert world.tell("outcome", at=MINUTE) == (Sanction("p.fuse", "half_open", "acme", NEVER),)


@pytest.mark.parametrize(
    ("command", "effect", "allowed"),
    [
        ("force_open", "forced_open", False),
        ("disable", "disabled", True),
        ("metrics_only", "metrics_only", True),
        ("reset", "closed", True),
    ],
)
def test_a_hand_on_the_breaker(command: str, effect: str, allowed: bool) -> None:
    world = fused()
    world.ask(call(3))
    assert world.tell(command) == (Sanction("p.fuse", effect, "acme", NEVER),)
    assert world.ask(call(), at=1).allowed is allowed


def test_a_finished_call_frees_its_place() -> None:
    world = World(book(Quota("p.q", 2, MINUTE, "concurrent"), Quota("p.r", 9, MINUTE)))
    assert [world.ask(call(cost=2)).allowed, world.ask(call(), at=5).allowed] == [True, False]
    assert world.tell("finished", at=5, started=NOW, cost=2) == ()
    assert world.ask(call(cost=2), at=5).allowed


def test_a_finished_call_frees_the_weight_it_had() -> None:
    world = World(book(Quota("p.q", 5, MINUTE, "concurrent", weight="n")))
    world.ask(call(n="5"))
    world.tell("finished", started=NOW, actor={"n": "4"})
    assert world.ask(call(n="5")).remaining == 4


@pytest.mark.parametrize(
    ("says", "said"),
    [
        ("that started at another time", {"started": NOW + 1}),
        ("that the rule is not about", {"started": NOW, "actor": {"kind": "b"}}),
        ("that held less than nothing, nor does it take one", {"started": NOW, "cost": -1}),
    ],
)
def test_a_finished_call_frees_no_place(says: str, said: dict[str, object]) -> None:
    world = World(book(Quota("p.q", 1, MINUTE, "concurrent", when=(("kind", "a"),))))
    world.ask(call(kind="a"))
    before = dict(world.cells)
    world.tell("finished", **said)
    assert world.cells == before, says


@pytest.mark.parametrize("kind", ["", "complaint", "trip", "cooled", "passed", "stale"])
def test_other_kinds_of_signals_change_nothing(kind: str) -> None:
    """In particular none of the events that only time and outcomes may cause."""
    world = fused()
    world.ask(call(3))
    cells: Cells = dict(world.cells)
    assert world.tell(kind) == ()
    assert world.cells == cells


@pytest.mark.parametrize(("field", "value"), [("limit", -1), ("window", 0), ("burst", -1)])
def test_a_quota_that_counts_nothing_is_no_quota(field: str, value: int) -> None:
    with pytest.raises(ValueError, match=f"p.q: {field} = {value}: expected"):
        replace(Quota("p.q", 1, 1), **{field: value})


def test_an_algorithm_that_does_not_exist_makes_no_book() -> None:
    with pytest.raises(KeyError, match="leaky"):
        book(Quota("p.q", 1, 1, "leaky"))
