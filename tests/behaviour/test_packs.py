"""Labelled traffic: made from its seed alone, in time order, each family with its mark, and nothing that gives it away."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from sandbox.behaviour.attackers import ATTACKS
from sandbox.behaviour.pack import WHO, Pack, calls, merged
from sandbox.behaviour.playing import attack_pack, honest_pack, truths
from sandbox.behaviour.table import BEHAVIOURS
from sandbox.behaviour.traffic import CLAIM, DAY, GIVE, HOUR, MISSING, OPENINGS, ORDER, REDEEM
from sandbox.cli.packing import export, pack_of
from sandbox.errors import InputError
from sandbox.scenario import load

MIXED = Path(__file__).resolve().parents[2] / "scenarios" / "sim" / "risk_mixed.toml"
KNOWN = {
    *("user", "device", "ip", "segment", "payment", "receiver", "seller", "campaign", "code"),
    *("nonce", "age_ms", "amount", "registered_s", "event"),
}


def of(kind: str, users: int = 30, **options: float) -> Pack:
    pack = attack_pack("7/a", 1, kind, users, **options)
    return pack.select(pack.columns["bad"] > 0)


@pytest.fixture(scope="module")
def mixed() -> Pack:
    return merged([honest_pack("7/people", 0, 1_500), attack_pack("7/attackers", 1, "all", 110)])


def test_the_same_seed_gives_the_same_pack_and_another_seed_another() -> None:
    one, again, other = (attack_pack(seed, 1, "all", 22, days=1) for seed in ("5/a", "5/a", "6/a"))
    assert all(np.array_equal(one.columns[name], again.columns[name]) for name in one.columns)
    assert one.listings == again.listings
    assert len(one) != len(other) or not np.array_equal(one.columns["at"], other.columns["at"])


def test_events_come_in_time_order_each_with_a_number_of_its_own(mixed: Pack) -> None:
    assert (np.diff(mixed.columns["at"]) >= 0).all()
    assert mixed.columns["at"].max() < 7 * DAY
    assert len({fact["event"] for fact in truths(mixed)}) == len(mixed)
    assert {WHO[number] for number in np.unique(mixed.columns["who"])} == set(WHO)


def test_what_platforms_are_shown_does_not_say_who_is_who(mixed: Pack) -> None:
    """Names of attributes are those that everybody has, and no id sorts attackers from the others."""
    shown = [call.actor for _, call in calls(mixed, "main")]
    assert {name for actor in shown for name in actor} <= KNOWN
    bad = mixed.columns["bad"] > 0
    for name in ("user", "nonce", "event"):
        number = np.array([int(actor[name].lstrip("u"), 10 if name == "event" else 16) for actor in shown])
        rank = np.argsort(np.argsort(number))
        assert 0.4 < rank[bad].mean() / len(rank) < 0.6


def share(which: np.ndarray) -> float:
    return float(which.mean())


def accounts_per_device(pack: Pack) -> float:
    device, user = pack.columns["device"], pack.columns["user"]
    return float(np.mean([len(np.unique(user[device == one])) for one in np.unique(device)]))


MARKS: dict[str, Callable[[Pack], bool]] = {
    "device_farm": lambda pack: accounts_per_device(pack) >= 8,
    "proxy_rotation": lambda pack: len(np.unique(pack.columns["ip"])) > 4 * 30 and accounts_per_device(pack) == 1,
    "low_and_slow": lambda pack: len(pack) / 30 / 7 < 2.2 and accounts_per_device(pack) > 4,
    "replayed_signature": lambda pack: len(np.unique(pack.columns["nonce"])) < len(pack) / 3,
    "forged_device": lambda pack: 0.2 < share(pack.columns["device"] == MISSING) < 0.5,
    "code_enumeration": lambda pack: share(pack.columns["valid"]) < 0.03 and (pack.columns["action"] == REDEEM).all(),
    "hoarding": lambda pack: (
        np.isin(pack.columns["at"][pack.columns["action"] == CLAIM] % DAY // HOUR, OPENINGS).all()
        and pack.columns["value"].sum() > 0
    ),
    "transfer_ring": lambda pack: (
        (pack.columns["action"] == GIVE).all() and np.isin(pack.columns["receiver"], pack.columns["user"]).all()
    ),
    "brush_orders": lambda pack: len(np.unique(pack.columns["seller"][pack.columns["action"] == ORDER])) <= 6,
    "cash_out": lambda pack: share(pack.columns["amount"] > 140_000) > 0.9,
    "human_crowd": lambda pack: len(pack) / 30 < 5,
}


@pytest.mark.parametrize("kind", ATTACKS)
def test_every_family_has_its_mark(kind: str) -> None:
    assert MARKS[kind](of(kind))


def test_a_replayed_request_repeats_nonce_and_timestamp_of_one_that_was_honest() -> None:
    pack = attack_pack("7/a", 1, "replayed_signature", 20)
    columns = pack.columns
    for nonce in np.unique(columns["nonce"][columns["bad"] > 0]):
        same = columns["nonce"] == nonce
        assert columns["bad"][same].tolist() == [0] + [1] * (same.sum() - 1)
        stamped = columns["at"][same] - columns["age_ms"][same]
        assert len(set(stamped.tolist())) == 1


def test_lanes_share_out_a_pack_by_user(mixed: Pack) -> None:
    lanes = [mixed.lane(number, 5) for number in range(5)]
    assert sum(len(lane) for lane in lanes) == len(mixed)
    users = [set(lane.columns["user"].tolist()) for lane in lanes]
    assert not any(users[a] & users[b] for a in range(5) for b in range(a))


def test_rate_devices_and_proxies_can_be_set() -> None:
    assert 0.4 < len(of("device_farm", rate=0.5)) / len(of("device_farm")) < 0.6
    assert accounts_per_device(of("device_farm", devices=4.0)) < 4
    many, few = (len(np.unique(of("proxy_rotation", proxies=size).columns["ip"])) for size in (4.0, 0.25))
    assert many > 4 * few


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("kind", "pirates", "kind"),
        ("rate", 0, "rate"),
        ("users", -1, "users"),
        ("listed", 2.0, "listed"),
        ("speed", 1, "speed"),
    ],
)
def test_options_that_cannot_be_are_refused_with_their_key(key: str, value: object, expected: str) -> None:
    with pytest.raises(InputError, match=rf"population\.1\.with\.{expected}"):
        load(MIXED, BEHAVIOURS, {f"population.attackers.with.{key}": value})


def test_a_pack_is_exported_with_its_digest(tmp_path: Path) -> None:
    sets = ["population.people.with.users=200", "population.attackers.with.users=22"]
    manifest = json.loads(export(MIXED, tmp_path, 3, None, sets).read_text("utf-8"))
    content = (tmp_path / "events.jsonl").read_bytes()
    assert manifest["sha256"]["events.jsonl"] == hashlib.sha256(content).hexdigest()
    events = [json.loads(line) for line in content.splitlines()]
    assert len(events) == manifest["events"] == sum(one["events"] for one in manifest["who"].values())
    assert sum(event["bad"] for event in events) == sum(one["bad"] for one in manifest["who"].values())
    assert {event["attack"] for event in events if event["bad"]} == set(ATTACKS)


def test_a_scenario_without_labelled_traffic_has_no_pack() -> None:
    path = MIXED.parents[1] / "load" / "card_flash_sale.toml"
    assert pack_of(load(path, BEHAVIOURS)[0], 1) is None
