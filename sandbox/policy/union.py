"""Groups of subjects that share entities (devices, addresses, payment accounts): union by label, in cells.

Law: a subject's cell holds (label, last seen), an entity's (label, last seen, subjects that came to it); a label's cell (parent,
subjects in its group), where its own name as parent makes it the root, and one that nobody has written is the root of one. What is
older than the window starts anew. The smaller group hangs below the larger, so a chain stays as short as a logarithm.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from zlib import crc32

from .model import Cell, Cells


@dataclass(frozen=True, slots=True)
class Union:
    """What joins: `links` are (attribute, where its entities' cells are), `labels` where labels are, `tail` where subjects are.

    An entity to which `hub` subjects have come joins nobody any more (0: no end to it): a campus's address, a shop's device.
    """

    tail: str
    labels: str
    links: tuple[tuple[str, str], ...]
    window: int
    hub: int


def join(
    union: Union, cells: Cells, changed: dict[str, Cell], account: str, place: str, actor: Mapping[str, str], now: int
) -> tuple[int, int]:
    """Note that the subject at `place` came by these entities. Returns the size of its group before and after, in subjects."""
    window, hub = union.window, union.hub
    key, since = place + union.tail, now - window // 8
    held = cells.get(key)
    if held and held[1] > since:
        label = held[0]
        for name, tail in union.links:
            cell = cells.get(f"{account}/{actor.get(name, '')}{tail}")
            if not cell or cell[1] <= since or (cell[0] != label and not 0 < hub <= cell[2]):
                break
        else:  # the usual case: a subject seen lately comes by entities that are of its group, or join nobody
            size = _root(cells, changed, account, union.labels, label)[1]
            return size, size
    mine = _live(held, now, window)
    groups = {} if mine is None else dict([_root(cells, changed, account, union.labels, mine[0])])
    before = next(iter(groups.values()), 1)
    met = []
    for name, tail in union.links:
        spot = f"{account}/{actor.get(name, '')}{tail}"
        cell = _live(cells.get(spot), now, window)
        many = cell[2] if cell else 0
        if cell and not (hub and many >= hub):
            root, size = _root(cells, changed, account, union.labels, cell[0])
            many += root not in groups or mine is None
            groups[root] = size
        met.append((spot, cell, max(many, 1)))
    label = max(groups, key=lambda root: (groups[root], root)) if groups else crc32(key.encode())
    after = sum(groups.values()) + (mine is None)
    _merge(union, changed, account, groups, label, after)
    if _stale(mine, label, now, window):
        changed[key] = (label, now)
    for spot, cell, many in met:
        if _stale(cell, cell[0] if cell else 0, now, window) or (cell and many != cell[2]):
            changed[spot] = (cell[0] if cell else label, now, many)
    return before, after


def _merge(union: Union, changed: dict[str, Cell], account: str, groups: Mapping[int, int], label: int, size: int) -> None:
    if size > 1 and groups.get(label) != size:
        for root in groups:
            changed[f"{account}/{root:x}{union.labels}"] = (label, size)


def _stale(cell: Cell | None, label: int, now: int, window: int) -> bool:
    """Must this cell be written: new, under another label, or not refreshed for an eighth of its window?"""
    return cell is None or cell[0] != label or now - cell[1] > window // 8


def _live(cell: Cell | None, now: int, window: int) -> Cell | None:
    return cell if cell and now - cell[1] < window else None


def _root(cells: Cells, changed: Mapping[str, Cell], account: str, labels: str, label: int) -> tuple[int, int]:
    while True:
        key = f"{account}/{label:x}{labels}"
        cell = changed.get(key) or cells.get(key)
        if not cell or cell[0] == label:
            return label, cell[1] if cell else 1
        label = cell[0]
