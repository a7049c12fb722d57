"""The gate: what it answers, what it records, what it shows; one reading of the clock for each verb."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pytest

from sandbox.events import Event
from sandbox.gate import Gate
from sandbox.policy import NEVER, Call, Cells, Sanction, Signal, Verdict
from sandbox.rulebooks import load
from sandbox.store import MemoryStore, Store

MINUTE = 60_000
NOW = 28_333_334 * MINUTE
SEND = "wecom.message_send"
SHADOW = {
    "quota": {
        "app_minute": {"limit": 3},
        "watched": {"mode": "shadow", "actions": [SEND], "limit": 1, "window": "1m", "code": "45009"},
    }
}
FUSE = "acme/crm#wecom.app_fuse"


class Setting:
    """A gate on a clock moved by hand, and everything it recorded."""

    def __init__(self, store: Store | None = None, **changes: object) -> None:
        self.now, self.readings = NOW, 0
        self.events: list[Event] = []
        overlays = [("test", changes)] if changes else []
        self.gate = Gate(load("wecom", overlays), store or MemoryStore(), self.clock, self.events.append)

    def clock(self) -> int:
        self.readings += 1
        return self.now

    def send(self, times: int = 1, *, at: int = 0, account: str = "acme") -> Verdict:
        """Send so many messages; the last verdict."""
        self.now = NOW + at
        for _ in range(times):
            verdict = self.gate.ask(Call("wecom", SEND, account, {"application": "crm"}))
        return verdict

    def tell(self, kind: str) -> tuple[Sanction, ...]:
        return self.gate.tell(Signal("wecom", kind, "acme", SEND, {"application": "crm"}))

    def moves(self) -> list[tuple[object, ...]]:
        """(time since the start, was, is, until since the start) of every recorded move of a breaker."""
        return [
            (int(str(e["at"])) - NOW, e["was"], e["state"], int(str(e["until"])) - NOW if e["until"] else 0)
            for e in self.events
            if e["kind"] == "breaker"
        ]


def small() -> Setting:
    return Setting(quota={"app_minute": {"limit": 3}})


def test_a_verdict_is_recorded_as_it_was_given() -> None:
    """S01: one of two hundred."""
    setting = Setting()
    verdict = setting.send()
    assert verdict == Verdict(True, remaining=199, reset_after=verdict.reset_after)
    assert setting.events == [
        {
            "at": NOW,
            "kind": "verdict",
            "account": "acme",
            "action": SEND,
            "allowed": True,
            "code": "",
            "rule": "",
            "retry_after": 0,
            "remaining": 199,
            "tier": 0,
            "actor.application": "crm",
        }
    ]


def test_a_refusal_is_recorded_with_its_code_and_the_breaker_it_tripped() -> None:
    """S02: the excess trips the fuse; the verdict comes first, then the breaker's move."""
    setting = small()
    setting.send(3)
    setting.send(at=10_000)
    refusal, move = setting.events[3:]
    assert (refusal["allowed"], refusal["code"], refusal["rule"]) == (False, "45009", "wecom.app_minute")
    assert (refusal["retry_after"], refusal["tripped"]) == (MINUTE, "wecom.app_fuse")
    assert move == {
        "at": NOW + 10_000,
        "kind": "breaker",
        "account": "acme",
        "rule": "wecom.app_fuse",
        "subject": "acme/crm",
        "was": "closed",
        "state": "open",
        "until": NOW + 10_000 + MINUTE,
    }


def test_a_wait_that_never_ends_is_recorded_as_none() -> None:
    setting = Setting(quota={"app_minute": {"limit": 0}})
    assert setting.send().retry_after == NEVER
    assert setting.events[0]["retry_after"] is None


def test_shadow_rules_are_recorded_when_they_would_have_refused() -> None:
    setting = Setting(**SHADOW)
    setting.send(2)
    assert [event.get("shadowed") for event in setting.events] == [None, "wecom.watched"]


def test_every_move_of_a_breaker_is_recorded() -> None:
    """S02: open for a minute, five probes, twice as long when it happens again."""
    setting = small()
    setting.send(4)
    setting.send(3, at=MINUTE)
    setting.send(2, at=2 * MINUTE)
    setting.send(2, at=2 * MINUTE)
    assert setting.moves() == [
        (0, "closed", "open", MINUTE),
        (MINUTE, "open", "half_open", 0),
        (2 * MINUTE, "half_open", "closed", 0),
        (2 * MINUTE, "closed", "open", 4 * MINUTE),
    ]


def test_a_breaker_that_opens_again_at_its_first_probe_is_recorded_too() -> None:
    setting = small()
    setting.send(4)
    setting.gate.ask(Call("wecom", SEND, "acme", {"application": "crm"}, cost=4))
    setting.now = NOW + MINUTE
    setting.gate.ask(Call("wecom", SEND, "acme", {"application": "crm"}, cost=4))
    assert setting.moves() == [(0, "closed", "open", MINUTE), (MINUTE, "open", "open", 3 * MINUTE)]


def test_a_hand_on_the_breaker_is_told_and_recorded() -> None:
    setting = small()
    assert setting.tell("force_open") == (Sanction("wecom.app_fuse", "forced_open", "acme/crm", NEVER),)
    assert setting.moves() == [(0, "closed", "forced_open", 0)]
    assert setting.send().rule == "wecom.app_fuse"
    assert setting.tell("reset") == (Sanction("wecom.app_fuse", "closed", "acme/crm", NEVER),)
    assert setting.send().allowed


@pytest.mark.parametrize("kind", ["outcome", "finished", "complaint", ""])
def test_what_moves_nothing_is_not_recorded(kind: str) -> None:
    setting = small()
    assert setting.tell(kind) == ()
    assert setting.events == []
    assert setting.gate.state("acme") == {}


def test_the_clock_is_read_once_for_each_verb() -> None:
    setting = small()
    setting.send(4)
    setting.tell("outcome")
    assert setting.readings == 5


class Broken(MemoryStore):
    """A store that cannot answer."""

    def transact(self, keys: Iterable[str], step: Callable[[Cells], object]) -> object:
        raise ConnectionError(list(keys), step)


def test_a_store_that_does_not_answer_lets_nothing_through_and_nothing_is_recorded() -> None:
    setting = Setting(Broken())
    with pytest.raises(ConnectionError):
        setting.send()
    with pytest.raises(ConnectionError):
        setting.tell("force_open")
    assert setting.events == []


class Contended(MemoryStore):
    """A store where somebody is always faster, once: each step runs a second time."""

    def transact(self, keys: Iterable[str], step: Callable[[Cells], tuple[Cells, object]]) -> object:
        step(dict(self._cells))
        return super().transact(keys, step)


def test_a_step_that_runs_again_is_recorded_once() -> None:
    once, twice = small(), Setting(Contended(), quota={"app_minute": {"limit": 3}})
    for setting in (once, twice):
        setting.send(5)
        setting.send(6, at=MINUTE)
        setting.tell("disable")
    assert twice.events == once.events
    assert twice.gate.state("acme") == once.gate.state("acme")


def test_a_far_store_is_told_every_cell_that_a_step_may_change() -> None:
    class Strict(MemoryStore):
        """Shows a step only what was asked for, and keeps only that."""

        far = True

        def transact(self, keys: Iterable[str], step: Callable[[Cells], tuple[Cells, object]]) -> object:
            named = set(keys)

            def narrow(cells: Cells) -> tuple[Cells, object]:
                changed, answer = step({key: cell for key, cell in cells.items() if key in named})
                assert changed.keys() <= named
                return changed, answer

            return super().transact(named, narrow)

    strict, plain = Setting(Strict(), **SHADOW), Setting(**SHADOW)
    for setting in (strict, plain):
        setting.send(5)
        setting.send(7, at=MINUTE)
        setting.tell("metrics_only")
    assert strict.events == plain.events


def test_state_shows_meters_and_breakers_of_one_account() -> None:
    setting = small()
    setting.send(4)
    setting.send(account="other")
    assert setting.gate.state("acme") == {
        FUSE: {"state": "open", "since": NOW, "until": NOW + MINUTE},
        "acme/crm#wecom.app_minute": {"used": 3, "limit": 3, "until": NOW + MINUTE},
        "acme/crm#wecom.app_reach_day": setting.gate.state("acme")["acme/crm#wecom.app_reach_day"],
    }
    assert set(setting.gate.state("other")) == {"other/crm#wecom.app_minute", "other/crm#wecom.app_reach_day"}
    assert setting.gate.state("nobody") == {}


def test_state_shows_what_risk_control_remembers_rule_by_rule() -> None:
    gate = Gate(load("wechat"), MemoryStore(), lambda: NOW)
    ann = {"user": "ann", "device": "phone", "ip": "1.2.3.4", "campaign": "c", "nonce": "n", "age_ms": "0"}
    for _ in range(2):
        gate.ask(Call("wechat", "wechat.user.claim", "acme", ann))
    shown = gate.state("acme")
    assert shown["acme/phone#wechat.device_claims"] == {"cell": f"{NOW + 60 * MINUTE} 2"}
    assert shown["acme/ann#wechat.user.score"] == {"cell": f"200 {NOW}"}
    assert shown["acme/ann#wechat.user.frozen"] == {"cell": f"{NOW + 7 * 24 * 60 * MINUTE} 3"}
    assert "acme/phone#wechat.device.list" not in shown


def test_state_shows_no_cells_of_another_platform() -> None:
    store = MemoryStore()
    wecom = Setting(store)
    wecom.send()
    shopee = Gate(load("shopee"), store, lambda: NOW)
    shopee.ask(Call("shopee", "shopee.order_list", "acme", {"partner_id": "1"}))
    assert {key.partition("#")[2].partition(".")[0] for key in shopee.state("acme")} == {"shopee"}
    assert {key.partition("#")[2].partition(".")[0] for key in wecom.gate.state("acme")} == {"wecom"}
