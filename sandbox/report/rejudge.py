"""Judging a pack again, without a world: under other rules, or without one of them.

Law: as the mocks do it: the gate is asked for each event in time order, and told when a code was wrong; whoever is challenged and is
human solves it. Cells are kept in a plain dict, so that a million events take seconds.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from sandbox.behaviour.pack import Pack, calls, solved
from sandbox.behaviour.playing import database
from sandbox.behaviour.traffic import MISSING
from sandbox.policy import Book, Call, Cell, Signal, Verdict, judge, observe

from .risk import Bools, Ints, Judged

ACCOUNT = "main"
CLOSING = 4
"""How many rounds look for those who share something with those already found."""


def rejudge(book: Book, pack: Pack, start: int, asked: Sequence[tuple[int, Call]] = ()) -> Judged:
    """The pack's events as this book judges them. `asked` are its calls, where they were made before; `start` is ms."""
    cells: dict[str, Cell] = {}
    for fact in database(pack, ACCOUNT):
        cells.update(observe(book, cells, fact, start)[0])
    said: list[tuple[Verdict, bool]] = []
    for (at, call), human in zip(asked or calls(pack, ACCOUNT), pack.columns["human"].tolist(), strict=True):
        now = start + at
        verdict, challenged = _ask(book, cells, call, now, bool(human))
        if call.payload and verdict.allowed:
            wrong = Signal("wechat", "outcome", call.account, call.action, call.actor, ok=False)
            cells.update(observe(book, cells, wrong, now)[0])
        said.append((verdict, challenged))
    return _table(pack, said, start)


def _ask(book: Book, cells: dict[str, Cell], call: Call, now: int, human: bool) -> tuple[Verdict, bool]:
    changed, verdict = judge(book, cells, call, now)
    cells.update(changed)
    if verdict.allowed or not verdict.risk or verdict.risk.action != "challenge":
        return verdict, False
    if human:
        changed, verdict = judge(book, cells, solved(call), now)
        cells.update(changed)
    return verdict, True


def _table(pack: Pack, said: Sequence[tuple[Verdict, bool]], start: int) -> Judged:
    columns, risks = pack.columns, [verdict.risk for verdict, _ in said]
    return Judged(
        at=columns["at"] + start,
        user=np.unique(columns["user"], return_inverse=True)[1],
        device=columns["device"],
        ip=columns["ip"],
        who=columns["who"],
        action=columns["action"],
        bad=columns["bad"].astype(np.bool_),
        value=columns["value"],
        refused=np.array([not verdict.allowed for verdict, _ in said], np.bool_),
        challenged=np.array([challenged for _, challenged in said], np.bool_),
        tier=np.array([verdict.tier for verdict, _ in said], np.int64),
        score=np.array([risk.score if risk else 0 for risk in risks], np.int64),
        rules=[risk.rules if risk else () for risk in risks],
    )


def without(book: Book, detector: str) -> Book:
    """The book with one detector less."""
    fewer = tuple(one for one in book.risk.detectors if one.id != detector)
    return Book(book.platform, book.quotas, book.breakers, replace(book.risk, detectors=fewer))


def leave_one_out(book: Book, pack: Pack, start: int) -> Iterator[tuple[str, Judged]]:
    """("", the pack as the book judges it); then each detector that gave somebody points, and the pack judged without it.

    Only those whom any detector hit, and who share a device or a receiver with them, are judged again: detectors count attempts,
    refused or not, so that one detector less changes nothing for anybody else.
    """
    base = rejudge(book, pack, start)
    yield "", base
    chosen = concerned(pack, base)
    part = pack.select(chosen)
    asked = list(calls(part, ACCOUNT))
    hit = {rule for rules in base.rules for rule in rules}
    for detector in book.risk.detectors:
        if detector.points and (detector.id in hit or detector.failures):
            again = rejudge(without(book, detector.id), part, start, asked)
            yield detector.id, _over(base, chosen, again)


def concerned(pack: Pack, base: Judged) -> Bools:
    """The events of everybody whom one detector less could concern."""
    users, devices, receivers = (pack.columns[name] for name in ("user", "device", "receiver"))
    chosen = np.array([bool(rules) for rules in base.rules], np.bool_) | (base.score > 0) | base.refused
    for _ in range(CLOSING):
        chosen = np.isin(users, users[chosen])
        shared = _met(receivers, chosen) & (receivers != MISSING)
        wider = (
            chosen | _met(devices, chosen) | shared | np.isin(users, receivers[shared]) | np.isin(receivers, users[chosen])
        )
        if wider.sum() == chosen.sum():
            break
        chosen = wider
    found: Bools = np.isin(users, users[chosen])
    return found


def _met(column: Ints, chosen: Bools) -> Bools:
    met: Bools = np.isin(column, column[chosen])
    return met


def _over(base: Judged, chosen: Bools, again: Judged) -> Judged:
    """The whole table, with the events that were judged again."""
    refused, challenged, score = base.refused.copy(), base.challenged.copy(), base.score.copy()
    refused[chosen], challenged[chosen], score[chosen] = again.refused, again.challenged, again.score
    return replace(base, refused=refused, challenged=challenged, score=score)
