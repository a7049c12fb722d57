"""The rulebooks as shipped: every figure cited, every refusal explained, the facts' figures as the facts say them.

The files of a user, and what is wrong with them, are in test_rulebook_files.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from sandbox.errors import InputError
from sandbox.policy import NEVER, Book, Breaker, Call, Reply, Verdict, judge
from sandbox.rulebooks import PLATFORMS, Rulebook, load, load_all
from sandbox.rulebooks.grammar import Cited

BOOKS = load_all()
SECOND, MINUTE, HOUR, DAY = 1_000, 60_000, 3_600_000, 86_400_000
NOW = 1_794_398_400_000
SECTIONS = ("quota", "breaker", "latency", "setting", "error", "detector", "tier", "capability", "ladder")


def entries(book: Rulebook) -> Iterator[tuple[str, Cited]]:
    """Everything with a figure, by its place in the file."""
    for section in SECTIONS:
        for name, entry in getattr(book.document, section).items():
            yield f"{section}.{name}", entry


RULES = {rule.id: (book, rule) for book in BOOKS.values() for rules in book.book.quotas.values() for rule in rules}


@pytest.mark.parametrize("platform", PLATFORMS)
def test_every_figure_is_cited_and_every_source_is_needed(platform: str) -> None:
    document = BOOKS[platform].document
    cited = {place: entry.source for place, entry in entries(BOOKS[platform])}
    assert set(cited.values()) == set(document.source)
    assert all(source.title and source.at for source in document.source.values())


@pytest.mark.parametrize("platform", PLATFORMS)
def test_what_has_no_source_is_not_called_published(platform: str) -> None:
    """The source `sandbox` is our own word."""
    wrong = [place for place, entry in entries(BOOKS[platform]) if entry.source == "sandbox" and entry.standing != "assumed"]
    assert not wrong


@pytest.mark.parametrize("platform", PLATFORMS)
def test_an_assumed_limit_says_what_is_assumed(platform: str) -> None:
    rules = [(place, entry) for place, entry in entries(BOOKS[platform]) if place.startswith(("quota.", "breaker."))]
    assert not [place for place, entry in rules if entry.standing == "assumed" and not entry.note]


@pytest.mark.parametrize("platform", PLATFORMS)
def test_facts_are_named_by_their_ids(platform: str) -> None:
    facts = [fact for _, entry in entries(BOOKS[platform]) for fact in entry.facts]
    assert not [fact for fact in facts if not re.fullmatch(r"[A-Z]\d\d", fact)]


@pytest.mark.parametrize("rule_id", RULES)
def test_every_rule_can_refuse_and_its_code_is_explained(rule_id: str) -> None:
    """One unit more than fits, from somebody whom the rule is about: by itself, and among all the others."""
    book, rule = RULES[rule_id]
    units = (rule.burst or rule.limit if rule.algorithm == "bucket" else rule.limit) + 1
    actor = {**dict(rule.when), rule.weight or "_": str(units)}
    for action in (action for action, rules in book.book.quotas.items() if rule in rules):
        call = Call(book.platform, action, "acme", actor, units)
        alone = judge(Book(book.platform, {action: (rule,)}), {}, call, NOW)[1]
        assert (alone.rule, alone.retry_after) == (rule.id, NEVER)
        assert book.refusal(alone) == Reply(False, book.codes[rule.id])
        for verdict in (alone, judge(book.book, {}, call, NOW)[1]):
            assert not verdict.allowed
            assert book.error(book.code(verdict)).text


def test_a_call_that_passes_has_no_code() -> None:
    assert BOOKS["wecom"].code(Verdict(True)) == ""


def test_a_code_that_is_not_listed_is_our_fault_and_says_so() -> None:
    with pytest.raises(InputError, match="wecom: error = '7': expected a code that the rulebook lists"):
        BOOKS["wecom"].error("7")


# ---------------------------------------------------------------- the facts' figures

ISSUE = "wechat.card.issue"
DAILY = {"window": DAY, "offset": 8 * HOUR, "scope": ("appid",)}
QUOTAS: list[tuple[str, str, tuple[str, ...], dict[str, Any]]] = [
    (
        "S01",
        "wecom.app_minute",
        ("wecom.message_send", "wecom.binding_push"),
        {"limit": 200, "window": MINUTE, "scope": ("application",), "trips": "wecom.app_fuse"},
    ),
    (
        "K01",
        "wechat.unverified_issue_day",
        (ISSUE,),
        {"limit": 0, **DAILY, "when": (("account_type", "unverified_subscription"),)},
    ),
    (
        "K02",
        "wechat.subscription_issue_day",
        (ISSUE,),
        {"limit": 1_000, **DAILY, "when": (("account_type", "verified_subscription"),)},
    ),
    ("K03", "wechat.service_issue_day", (ISSUE,), {"limit": 100_000, **DAILY, "when": (("account_type", "service"),)}),
    (
        "K04",
        "wechat.miniprogram_issue_day",
        (ISSUE,),
        {"limit": 500_000, **DAILY, "when": (("account_type", "miniprogram"),)},
    ),
    ("A03", "wechat.catering_issue_day", (ISSUE,), {"limit": 100_000, **DAILY, "when": (("category", "catering"),)}),
    ("A04", "wechat.ecommerce_issue_day", (ISSUE,), {"limit": 50_000, **DAILY, "when": (("category", "ecommerce"),)}),
    (
        "A05",
        "wechat.local_services_issue_day",
        (ISSUE,),
        {"limit": 20_000, **DAILY, "when": (("category", "local_services"),)},
    ),
    ("A08", "wechat.card_create_second", ("wechat.card.create",), {"limit": 50, "window": SECOND, "scope": ("appid",)}),
    ("A09", "wechat.card_consume_second", ("wechat.card.consume",), {"limit": 200, "window": SECOND, "scope": ("appid",)}),
    ("A10", "wechat.card_deposit_minute", ("wechat.card.deposit",), {"limit": 10, "window": MINUTE, "scope": ("appid",)}),
]


@pytest.mark.parametrize(
    ("fact", "rule", "actions", "figures"), QUOTAS, ids=[f"{fact} {rule}" for fact, rule, _, _ in QUOTAS]
)
def test_a_quota_fact_loads_as_it_says(fact: str, rule: str, actions: tuple[str, ...], figures: dict[str, Any]) -> None:
    """S01, K01-K04, A03-A05, A08-A10: limit, window, day in Beijing, whom it counts, when it applies."""
    platform, _, name = rule.partition(".")
    book = BOOKS[platform]
    assert book.document.quota[name].facts == (fact,)
    assert book.document.quota[name].standing == "published"
    assert {action for action, rules in book.book.quotas.items() if rule in {one.id for one in rules}} == set(actions)
    for action in actions:
        (found,) = (one for one in book.book.quotas[action] if one.id == rule)
        assert {field: getattr(found, field) for field in figures} == figures
        assert found.algorithm == "fixed"
        assert not found.shadow


def test_an_unverified_account_has_no_interface() -> None:
    """K01: not only no cards, but no call that makes one."""
    actor = {"account_type": "unverified_subscription"}
    for action in ("wechat.card.create", "wechat.card.deposit", ISSUE):
        verdict = judge(BOOKS["wechat"].book, {}, Call("wechat", action, "acme", actor), NOW)[1]
        assert (verdict.allowed, BOOKS["wechat"].code(verdict)) == (False, "48001")


@pytest.mark.parametrize(
    ("actor", "most"),
    [
        ({"account_type": "service", "category": "local_services"}, 20_000),
        ({"account_type": "verified_subscription", "category": "local_services"}, 1_000),
        ({"account_type": "miniprogram", "category": "catering"}, 100_000),
        ({"account_type": "service", "category": "none_of_these"}, 100_000),
        ({}, 0),
    ],
)
def test_of_account_type_and_category_the_smaller_limit_holds(actor: dict[str, str], most: int) -> None:
    """K01-K04 with A03-A05; who says nothing of himself gets the least of all."""
    for units, allowed in ((most, True), (most + 1, False)):
        verdict = judge(BOOKS["wechat"].book, {}, Call("wechat", ISSUE, "acme", actor, units), NOW)[1]
        assert verdict.allowed is allowed


def test_the_fuse_fact_loads_as_it_says() -> None:
    """S02: that an excess trips it is published; every figure fills the fact's gap, so it is marked as assumed."""
    book = BOOKS["wecom"]
    entry = book.document.breaker["app_fuse"]
    assert (entry.facts, entry.standing) == (("S02",), "assumed")
    (fuse,) = book.book.breakers["wecom.message_send"]
    assert book.book.breakers["wecom.binding_push"] == (fuse,)
    assert fuse == Breaker(
        "wecom.app_fuse",
        open_ms=60 * SECOND,
        trip_on="excess",
        scope=("application",),
        probes=5,
        backoff=2,
        max_open_ms=15 * MINUTE,
        forgive_ms=15 * MINUTE,
    )


@pytest.mark.parametrize(
    ("action", "takes"), [("wechat.card.create", 300), ("wechat.card.consume", 150), ("wechat.card.deposit", 1_500)]
)
def test_the_latency_fact_loads_as_it_says(action: str, takes: int) -> None:
    """A11."""
    assert BOOKS["wechat"].latency(action) == takes
    assert BOOKS["wechat"].document.latency[action].facts == ("A11",)


def test_an_action_without_a_latency_takes_no_time() -> None:
    assert BOOKS["wechat"].latency("wechat.token") == 0


def test_the_notice_fact_loads_as_it_says() -> None:
    """S12: within 30 s; a duration is kept in milliseconds."""
    assert BOOKS["wecom"].setting("notice_within") == 30 * SECOND


def test_loading_twice_gives_the_same_rules_and_fingerprint() -> None:
    for platform, book in BOOKS.items():
        again = load(platform)
        assert (again.digest, again.book, again.platform) == (book.digest, book.book, platform)
    assert len({book.digest for book in BOOKS.values()}) == len(BOOKS)
