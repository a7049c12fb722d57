"""Judging a pack again, without a world: under other rules, or without one of them.

Law: as the mocks do it: the gate is asked for each event in time order, and told when a code was wrong; whoever is challenged and is
human solves it. Cells are kept in a plain dict, so that a million events take seconds.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from sandbox.behaviour.pack import Pack, solved
from sandbox.policy import Book, Call, Cell, Signal, Verdict, judge, observe

from .risk import Judged

Asked = Sequence[tuple[int, Call]]
"""(ms, call) in time order."""


def rejudge(book: Book, pack: Pack, asked: Asked, start: int, human: Sequence[bool], facts: Iterable[Signal] = ()) -> Judged:
    """The pack's events as this book judges them; `human` says of each event who can solve a challenge."""
    cells: dict[str, Cell] = {}
    for fact in facts:
        cells.update(observe(book, cells, fact, start)[0])
    said: list[tuple[Verdict, bool]] = []
    for (at, call), solves in zip(asked, human, strict=True):
        now = start + at
        verdict, challenged = _ask(book, cells, call, now, solves)
        if call.payload and verdict.allowed:
            wrong = Signal("wechat", "outcome", call.account, call.action, call.actor, ok=False)
            cells.update(observe(book, cells, wrong, now)[0])
        said.append((verdict, challenged))
    return _table(pack, said)


def _ask(book: Book, cells: dict[str, Cell], call: Call, now: int, solves: bool) -> tuple[Verdict, bool]:
    changed, verdict = judge(book, cells, call, now)
    cells.update(changed)
    if verdict.allowed or not verdict.risk or verdict.risk.action != "challenge":
        return verdict, False
    if solves:
        changed, verdict = judge(book, cells, solved(call), now)
        cells.update(changed)
    return verdict, True


def _table(pack: Pack, said: Sequence[tuple[Verdict, bool]]) -> Judged:
    columns, risks = pack.columns, [verdict.risk for verdict, _ in said]
    return Judged(
        at=columns["at"],
        user=np.unique(columns["user"], return_inverse=True)[1],
        device=columns["device"],
        ip=columns["ip"],
        who=columns["who"],
        action=columns["action"],
        bad=columns["bad"].astype(np.bool_),
        value=columns["value"],
        refused=np.array([not verdict.allowed for verdict, _ in said]),
        challenged=np.array([challenged for _, challenged in said]),
        tier=np.array([verdict.tier for verdict, _ in said], np.int64),
        score=np.array([risk.score if risk else 0 for risk in risks], np.int64),
        rules=[risk.rules if risk else () for risk in risks],
    )


def without(book: Book, detector: str) -> Book:
    """The book with one detector less."""
    fewer = tuple(one for one in book.risk.detectors if one.id != detector)
    return Book(book.platform, book.quotas, book.breakers, replace(book.risk, detectors=fewer))
