"""The risk section of a report: by attack, by kind of honest people, by level, by detector, by tier and day; and the money.

Law: plain JSON, from a `Judged` table and what the run noted of its rules. A figure that nothing was seen for is None.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import numpy as np

from sandbox.behaviour.attackers import ATTACKS
from sandbox.behaviour.pack import ACTIONS, WHO
from sandbox.clock import BEIJING, DAY

from .context import Rule
from .risk import FIRST_ATTACK, Bools, Judged
from .risk_figures import NEVER, People, Share, balance, kept, people, profit

TIERS = 4
CURVE = 60
"""At most so many points draw the curve of precision over recall."""

Row = dict[str, Any]


def section(table: Judged, rules: Mapping[str, Rule], marginals: Mapping[str, Mapping[str, float]], start: int = 0) -> Row:
    """Everything that the risk section shows; `start` is the world's virtual start, ms."""
    users = people(table)
    money = balance(table, users)
    return {
        "attacks": [
            _attack(table, users, name) for name in ATTACKS if (users.attacks & (users.who == WHO.index(name))).any()
        ],
        "honest": [_honest(users, number) for number in range(FIRST_ATTACK) if (users.who == number).any()],
        "mistakes": mistakes(table, users, rules, start),
        "levels": [_level(table, users, rules, level) for level in (1, 2, 3)],
        "detectors": _detectors(table, users, rules, marginals),
        "days": _days(table),
        "curve": curve(users),
        "balance": {
            "prevented": money.prevented,
            "lost": money.lost,
            "margin": money.margin,
            "hurt": money.hurt,
            "challenges": money.challenges,
            "net": money.net,
        },
    }


def _share(share: Share) -> Row:
    low, high = share.interval
    return {"hits": share.hits, "of": share.of, "share": share.value, "low": low, "high": high}


def _attack(table: Judged, users: People, name: str) -> Row:
    number = WHO.index(name)
    mine, events = users.attacks & (users.who == number), table.bad & (table.who == number)
    found = mine & users.caught
    delays = (users.first_caught - users.first_bad)[found]
    before = events & (table.at < np.where(users.caught, users.first_caught, NEVER)[table.user])
    earned, hoped = profit(table, events)
    return {
        "name": name,
        "recall": _share(Share(int(found.sum()), int(mine.sum()))),
        "blocked": _share(Share(int((events & table.refused).sum()), int(events.sum()))),
        "value": int(table.value[events].sum()),
        "kept": kept(table, events),
        "delay_ms": int(np.median(delays)) if len(delays) else None,
        "acts_before": int(before.sum()) / int(mine.sum()),
        "lost_before": int(table.value[before & ~table.refused].sum()) / int(mine.sum()),
        "profit": earned,
        "profit_unhindered": hoped,
    }


def _honest(users: People, number: int) -> Row:
    mine = users.who == number
    return {
        "name": WHO[number],
        "hurt": _share(Share(int((mine & users.hurt).sum()), int(mine.sum()))),
        "challenged": int((mine & users.asked).sum()),
    }


def mistakes(table: Judged, users: People, rules: Mapping[str, Rule], start: int) -> list[Row]:
    """Honest people who were refused, by the detectors that had given them points until then; most people first.

    `at` (ms from `start`), `action` and `score` are of the first refusal of that kind.
    """
    silent = {name for name, rule in rules.items() if "level" in rule and not rule.get("points")}
    hit: defaultdict[int, set[str]] = defaultdict(set)
    found: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
    done: set[int] = set()
    for row in np.flatnonzero((users.hurt & users.honest)[table.user]).tolist():
        user = int(table.user[row])
        if user in done:
            continue
        hit[user].update(table.rules[row])
        if table.refused[row]:
            done.add(user)
            found[tuple(sorted(hit[user] - silent))].append(row)
    return [
        {
            "rules": list(led),
            "people": len(rows),
            "who": sorted({WHO[table.who[row]] for row in rows}),
            "at": int(table.at[rows[0]]) - start,
            "action": ACTIONS[table.action[rows[0]]],
            "score": int(table.score[rows[0]]),
            "tier": int(table.tier[rows[0]]),
        }
        for led, rows in sorted(found.items(), key=lambda one: (-len(one[1]), one[0]))
    ]


def _level(table: Judged, users: People, rules: Mapping[str, Rule], level: int) -> Row:
    """Whom the detectors of one level gave points, alone and before any score is summed."""
    names = {name for name, rule in rules.items() if rule.get("level") == level and rule.get("points")}
    flagged = _flagged(table, len(users.who), names)
    right, wrong = int((flagged & users.detectable).sum()), int((flagged & users.honest).sum())
    return {
        "level": level,
        "precision": _share(Share(right, right + wrong)),
        "recall": _share(Share(right, int(users.detectable.sum()))),
        "fpr": _share(Share(wrong, int(users.honest.sum()))),
    }


def _flagged(table: Judged, many: int, names: set[str]) -> Bools:
    hit = np.fromiter((not names.isdisjoint(rules) for rules in table.rules), np.bool_, len(table))
    found = np.zeros(many, np.bool_)
    found[table.user[hit]] = True
    return found


def _detectors(
    table: Judged, users: People, rules: Mapping[str, Rule], marginals: Mapping[str, Mapping[str, float]]
) -> list[Row]:
    """Each detector that hit: whom, and what would be lost without it."""
    whole = marginals.get("", {})
    rows = []
    for name in sorted({rule for hit in table.rules for rule in hit} | {rule for rule in marginals if rule}):
        flagged = _flagged(table, len(users.who), {name})
        less = marginals.get(name)
        gain = {key: whole[key] - less[key] for key in whole} if less else {}
        rows.append(
            {
                "rule": name,
                "level": rules.get(name, {}).get("level"),
                "points": rules.get(name, {}).get("points"),
                "attackers": int((flagged & users.attacks).sum()),
                "honest": int((flagged & users.honest).sum()),
                "gain": gain,
            }
        )
    return sorted(rows, key=lambda row: (-row["gain"].get("value_kept", 0), row["rule"]))


def _days(table: Judged) -> list[Row]:
    """By day: how many acts of attackers and of honest people met each tier, 0 to 3."""
    day = (table.at + BEIJING) // DAY
    day -= day.min()
    tier = np.clip(table.tier, 0, TIERS - 1)
    rows = []
    for number in range(int(day.max()) + 1):
        today = day == number
        counted = {
            key: np.bincount(tier[today & which], minlength=TIERS).tolist()
            for key, which in (("bad", table.bad), ("honest", table.who < FIRST_ATTACK))
        }
        rows.append({"day": number, **counted})
    return rows


def curve(users: People) -> list[tuple[int, float, float]]:
    """(score, precision, recall) if everybody with at least that score were called an attacker, from the strictest on."""
    counted = users.detectable | users.honest
    scores, attacker = users.score[counted], users.detectable[counted]
    order = np.argsort(-scores, kind="stable")
    scores, right = scores[order], np.cumsum(attacker[order])
    last = np.flatnonzero(np.r_[scores[1:] != scores[:-1], True])
    last = last[scores[last] > 0]
    chosen = last[np.unique(np.linspace(0, len(last) - 1, min(CURVE, len(last))).astype(int))] if len(last) else last
    every = max(1, int(attacker.sum()))
    return [(int(scores[at]), float(right[at]) / (at + 1), float(right[at]) / every) for at in chosen.tolist()]
