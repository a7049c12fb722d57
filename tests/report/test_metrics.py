"""Each metric from a handful of events written by hand."""

from collections.abc import Callable

import pytest

from sandbox.errors import InputError
from sandbox.events import Event
from sandbox.report import metrics
from sandbox.report.metrics import fold
from sandbox.report.times import Times, needed

SEND = "wecom.message_send"
Sale = Callable[..., list[Event]]


def verdict(code: str = "", rule: str = "") -> Event:
    return {
        "at": 0,
        "kind": "verdict",
        "account": "a",
        "action": SEND,
        "allowed": not code,
        "code": code,
        "rule": rule,
    }


def reply(order: str = "", at: int = 0, intended: int = 0, *, ok: bool = True, msgid: str = "", action: str = SEND) -> Event:
    event = {"at": at, "kind": "reply", "account": "a", "population": "p", "action": action, "ok": ok, "code": "0"}
    event |= {"intended": intended, "sent": intended}
    return event | ({"order": order} if order else {}) | ({"msgid": msgid} if msgid else {})


def placed(order: str, intended: int = 0) -> Event:
    return {
        "at": intended,
        "kind": "signal",
        "account": "a",
        "population": "b",
        "signal": "shopee.order_placed",
        "intended": intended,
        "order": order,
    }


def drop(msgid: str, at: int = 0) -> Event:
    return {"at": at, "kind": "drop", "account": "a", "action": SEND, "user": "u", "msgid": msgid}


def move(at: int, was: str, state: str, until: int = 0, subject: str = "s") -> Event:
    return {
        "at": at,
        "kind": "breaker",
        "account": "a",
        "rule": "f",
        "subject": subject,
        "was": was,
        "state": state,
        "until": until,
    }


def inbox(kind: str, at: int = 0, who: str = "m") -> Event:
    return {"at": at, "kind": kind, "account": "a", "population": who, "topic": "t", "order": "o"}


def end(at: int) -> Event:
    return {"at": at, "kind": "note", "account": "a"}


def payment(became: str) -> Event:
    return {"at": 0, "kind": "payment", "account": "a", "order": "o", "became": became}


def load(**counts: object) -> Event:
    return {
        "at": 0,
        "kind": "load",
        "account": "",
        "lag_p99_us": 7,
        "planned": 5,
        "sent": 5,
        "late": 0,
        "dropped": 0,
    } | counts


CALLS = [verdict(), verdict("45009", "q"), verdict("-1", "r")]

TABLE = [
    ("calls are counted by outcome and code", CALLS, {f"{SEND}.calls": 3, f"{SEND}.allowed": 1, f"{SEND}.refused": 2}),
    ("each code has its count", CALLS, {f"{SEND}.refused.45009": 1, f"{SEND}.refused.-1": 1, f"{SEND}.dropped": 0}),
    ("drops are counted by action", [verdict(), drop("m"), drop("n")], {f"{SEND}.dropped": 2}),
    ("a response is timed from when it was intended", [reply(at=90, intended=10)], {f"{SEND}.response_ms.max": 80}),
    ("a reply before its time counts as at once", [reply(at=5, intended=10)], {f"{SEND}.response_ms.max": 0}),
    ("twenty replies give a median", [reply(at=ms) for ms in range(1, 21)], {f"{SEND}.response_ms.p50": 10}),
    ("two hundred give a p95", [reply(at=ms) for ms in range(1, 201)], {f"{SEND}.response_ms.p95": 190}),
    ("a thousand give a p99", [reply(at=ms) for ms in range(1, 1001)], {f"{SEND}.response_ms.p99": 990}),
    (
        "a percentile is never above the longest",
        [reply(at=100_001)] * 20,
        {f"{SEND}.response_ms.p50": 100_001, f"{SEND}.response_ms.max": 100_001},
    ),
    (
        "an open breaker is open until it may be probed, however late somebody looks",
        [move(0, "closed", "open", 60), move(500, "open", "half_open"), move(600, "half_open", "closed"), end(900)],
        {"f.opened": 1, "f.open_ms": 60},
    ),
    (
        "a failed probe opens it once more",
        [move(0, "closed", "open", 60), move(70, "open", "half_open"), move(80, "half_open", "open", 200), end(300)],
        {"f.opened": 2, "f.open_ms": 180},
    ),
    (
        "an excess as the very first probe opens it once more without a state between",
        [move(0, "closed", "open", 60), move(70, "open", "open", 190), end(300)],
        {"f.opened": 2, "f.open_ms": 180},
    ),
    ("a run that ends cuts it short", [move(0, "closed", "open", 60), end(25)], {"f.opened": 1, "f.open_ms": 25}),
    (
        "opened by hand it stays open",
        [move(0, "closed", "forced_open"), end(90)],
        {"f.opened": 1, "f.open_ms": 90},
    ),
    (
        "by hand on top of open is one opening",
        [move(0, "closed", "open", 60), move(10, "open", "forced_open"), end(90)],
        {"f.opened": 1, "f.open_ms": 90},
    ),
    (
        "subjects add up",
        [move(0, "closed", "open", 60), move(0, "closed", "open", 50, subject="t"), end(90)],
        {"f.opened": 2, "f.open_ms": 110},
    ),
    (
        "an inbox is as deep as what waits",
        [inbox("push"), inbox("push"), inbox("take"), inbox("push"), inbox("take"), inbox("take")],
        {"m.inbox.max": 2},
    ),
    (
        "a notice that is accepted is delivered",
        [placed("o", 1_000), reply("o", at=3_000, msgid="m")],
        {"order_notice.placed": 1, "order_notice.delivered": 1, "order_notice.lost": 0, "order_notice.within_30s": 1.0},
    ),
    (
        "a binding push is a notice too",
        [placed("o"), reply("o", at=1, action="wecom.binding_push")],
        {"order_notice.delivered": 1},
    ),
    ("another action is none", [placed("o"), reply("o", at=1, action="shopee.order_detail")], {"order_notice.delivered": 0}),
    ("a refused notice is lost", [placed("o"), reply("o", at=1, ok=False)], {"order_notice.lost": 1}),
    (
        "a notice dropped before its reply is lost",
        [placed("o"), drop("m", at=1), reply("o", at=2, msgid="m")],
        {"order_notice.lost": 1, "order_notice.within_30s": 0.0},
    ),
    (
        "a notice dropped after its reply is lost",
        [placed("o"), reply("o", at=2, msgid="m"), drop("m", at=3)],
        {"order_notice.lost": 1},
    ),
    (
        "of two notices the first that arrived counts, once",
        [
            placed("o"),
            reply("o", at=1, msgid="m"),
            drop("m", 1),
            reply("o", at=40_000, msgid="n"),
            reply("o", at=9, msgid="p"),
        ],
        {"order_notice.delivered": 1, "order_notice.within_30s": 1.0},
    ),
    (
        "30 s is within, a millisecond more is not, and what is lost is not within",
        [placed("o"), placed("p"), placed("q"), reply("o", at=30_000), reply("p", at=30_001)],
        {"order_notice.within_30s": 1 / 3, "order_notice.delivered": 2, "order_notice.lost": 1},
    ),
    (
        "an order placed twice is one order, placed when it was first",
        [placed("o", 5), placed("o", 9_000), reply("o", at=31_000)],
        {"order_notice.placed": 1, "order_notice.within_30s": 0.0},
    ),
    (
        "twenty delivered orders give a median in seconds",
        [event for n in range(20) for event in (placed(f"o{n}"), reply(f"o{n}", at=1_500))],
        {"order_notice.seconds.p50": 1.5},
    ),
    (
        "a generator's processes add up",
        [load(), load(late=2)],
        {"load.planned": 10, "load.sent": 10, "load.late": 2, "load.dropped": 0},
    ),
]


@pytest.mark.parametrize(("events", "expected"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_each_metric(events: list[Event], expected: object) -> None:
    found = metrics(events)
    assert {name: found.get(name) for name in expected} == expected


ABSENT = [
    ("no events, no metrics", [], ""),
    ("nineteen replies give no median", [reply(at=1)] * 19, f"{SEND}.response_ms.p50"),
    ("199 give no p95", [reply(at=1)] * 199, f"{SEND}.response_ms.p95"),
    ("999 give no p99", [reply(at=1)] * 999, f"{SEND}.response_ms.p99"),
    ("no order, no share", [reply("o", at=1)], "order_notice.within_30s"),
    ("no call, no refusals", [reply(at=1)], f"{SEND}.refused"),
    ("no account of the generator, no load", [verdict()], "load.planned"),
    ("no payment made, none left unsettled", [payment("asked")], "pay.unsettled"),
    ("nor settled twice", [payment("asked")], "pay.settled_twice"),
    ("a signal of another kind places no order", [placed("o") | {"signal": "complaint"}], "order_notice.placed"),
]


@pytest.mark.parametrize(("events", "name"), [row[1:] for row in ABSENT], ids=[row[0] for row in ABSENT])
def test_what_was_not_seen_has_no_metric(events: list[Event], name: str) -> None:
    assert name not in metrics(events)


BAD = [
    ("no time", {"kind": "verdict"}, "verdict.at"),
    ("no kind", {"at": 1}, "event.kind"),
    ("an outcome that is no yes or no", verdict() | {"allowed": 1}, "verdict.allowed"),
    ("a time that is no number", reply() | {"intended": "now"}, "reply.intended"),
    ("an order without a name", placed("o") | {"order": None}, "signal.order"),
    ("true is no number", load(planned=True), "load.planned"),
]


@pytest.mark.parametrize(("event", "where"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
def test_an_event_that_does_not_fit_is_a_loud_error(event: Event, where: str) -> None:
    with pytest.raises(InputError, match=where):
        metrics([event])


def test_worlds_are_folded_apart() -> None:
    worlds = fold([verdict() | {"world": "sim"}, verdict() | {"world": "live"}, verdict() | {"world": "live"}])
    assert [world.metrics()[f"{SEND}.calls"] for world in worlds.values()] == [1, 2]
    with pytest.raises(InputError, match="sim or live"):
        fold([verdict() | {"world": "dream"}])


def test_percentiles_take_ten_samples_beyond_them() -> None:
    assert [needed(percent) for percent in (50, 95, 99)] == [20, 200, 1_000]


def test_times_beyond_the_histogram_are_counted_at_its_end() -> None:
    times = Times()
    for _ in range(20):
        times.add(10**12)
    assert times.longest == 10**12
    assert times.percentile(50) == pytest.approx(2_592_000_000, rel=1e-3)


def test_the_flash_sale_tells_its_story(flash_sale: Sale) -> None:
    found = metrics(flash_sale("sim"))
    assert found["order_notice.placed"] == 540
    assert found[f"{SEND}.allowed"] + found[f"{SEND}.refused.45009"] == found[f"{SEND}.calls"]
    assert (found["wecom.app_fuse.opened"], found["wecom.app_fuse.open_ms"]) == (1, 60_000)
    assert found["order_notice.lost"] > 80
