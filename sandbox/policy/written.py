"""What risk control looks at in one call, written out as one Python function: find each subject's record, show it to its rules, put it away.

Law: pure, done once for each action. Calling a function for each rule of each subject took three times as long as the rules
themselves, and this is asked before every call (benchmarks/bench_risk). What comes from a rulebook enters the text as literals alone.
Where nobody may claim more than five times an hour, it reads:

    def written(cells, account, actor, cost, now):
        changed, hits, score = {}, [], 0
        part0_0 = actor.get('user', '')
        name0 = part0_0
        key0 = f'{account}/{part0_0}#wechat.user@08c1d7a2'
        held0 = cells.get(key0, blank0)
        page0 = None
        page0 = page0 or list(held0)
        used = held0[4 + 1]
        if now >= held0[4]:
            page0[4], used = now + 3600000, 0
        after = page0[4 + 1] = used + cost
        most = 5 if name0 else 0
        said = NOT if after <= most else CROSSED if used <= most else HIT
        if said:
            hits.append((hit0_0, said))
        if hits or score:
            return changed, [(key0, held0, page0 or list(held0))], hits, score
        if page0:
            changed[key0] = tuple(page0)
        return changed, (), hits, score
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from textwrap import indent
from types import CodeType
from typing import Any, Final, NamedTuple

from .detect import BLANKS, CALLED, COLOURS, CROSSED, HIT, NOT, TEXTS, Detector, Look, another
from .keys import read_parts, subject
from .model import Cell, Cells
from .records import POINTS, Desk, Layout, points_left
from .union import Union


class Hit(NamedTuple):
    """What a detector that hits leads to: its place among all, the place in `scores` of whom it blames (-1: nobody), and the rule."""

    order: int
    blame: int
    rule: Detector


Said = tuple[Hit, int]
"""What hits, and HIT or CROSSED."""

Looked = tuple[dict[str, Cell], Desk, list[Said], int]
"""What is noted, and nothing else where nobody is suspected; otherwise the records on the desk, what hits, and the score before."""

Written = Callable[[Cells, str, Mapping[str, str], int, int], Looked]
"""`written(cells, account, actor, cost, now)`."""


class Placed(NamedTuple):
    """A rule that looks at one subject: what it leads to, where its slots begin, and its kind, where that is a function."""

    hit: Hit
    at: int
    look: Look | None


class Joining(NamedTuple):
    """A group's rule: what it leads to, and for the subject and each entity that it joins the place and where the slots begin."""

    hit: Hit
    union: Union
    spots: tuple[tuple[int, int], ...]


class Watched(NamedTuple):
    """A subject, and the rules that look at it alone."""

    layout: Layout
    rules: tuple[Placed, ...]


FROZEN_ALREADY: Final = """
if now < {held}[{frozen}]:
    return changed, [({key}, {held}, [])], hits, score
"""

POINTS_LEFT: Final = """
if {held}[{points}]:
    score += points_left({held}, {leak}, now)
"""

SAID: Final = """
if said:
    hits.append(({hit}, said))
"""


def write_out(subjects: tuple[Watched, ...], unions: tuple[Joining, ...], leak: int | None, frozen: int | None) -> Written:
    """The function. A score loses `leak` points an hour (none: scores do not count here); `frozen` is the first subject's slot."""
    names: dict[str, Any] = {"another": another, "points_left": points_left, "NOT": NOT, "HIT": HIT, "CROSSED": CROSSED}
    lines = ["changed, hits, score = {}, [], 0"]
    for number, one in enumerate(subjects):
        lines += _open(number, one.layout, names)
        if frozen is not None and number == 0:
            lines.append(FROZEN_ALREADY.format(key="key0", held="held0", frozen=frozen))
        lines += [_ask(f"{number}_{place}", number, rule, names) for place, rule in enumerate(one.rules)]
        if leak is not None:
            lines.append(POINTS_LEFT.format(held=f"held{number}", points=POINTS, leak=leak))
    lines += _end(range(len(subjects)), unions, names)
    exec(_compiled("def written(cells, account, actor, cost, now):\n" + indent("\n".join(lines), "    ")), names)  # noqa: S102 - see above
    written: Written = names["written"]
    return written


@lru_cache(maxsize=256)
def _compiled(text: str) -> CodeType:
    return compile(text, "<rules of an action>", "exec")


def _open(number: int, layout: Layout, names: dict[str, Any]) -> Iterator[str]:
    """Find a subject's record. Its name is empty where the call leaves out an attribute."""
    parts = read_parts(layout.scope, f"part{number}")
    yield from parts.values()
    yield f"name{number} = {' and '.join(parts) or 'account'}"
    tail = layout.tail.replace("{", "{{").replace("}", "}}")
    yield f"key{number} = f" + repr(subject(tuple(parts)) + tail)
    yield f"held{number} = cells.get(key{number}, blank{number})"
    yield f"page{number} = None"
    names[f"blank{number}"] = layout.blank


def _ask(suffix: str, number: int, placed: Placed, names: dict[str, Any]) -> str:
    """Show a subject's record to a rule, if the call carries what the rule asks for; leaving an attribute out frees nobody."""
    (hit, at, look), rule = placed, placed.hit.rule
    names |= {f"rule{suffix}": rule, f"look{suffix}": look, f"hit{suffix}": hit}
    held, page = f"held{number}", f"page{number}"
    text = TEXTS[rule.kind] if look is None else CALLED
    asked = text.format(
        rule=f"rule{suffix}",
        look=f"look{suffix}",
        held=held,
        page=page,
        at=at,
        of=rule.of,
        most=f"{rule.limit} if name{number} else {rule.missing}",
        window=rule.window,
        fresh=rule.window // 8,
        length=rule.window if rule.offset < 0 else f"{rule.window} - (now + {rule.offset}) % {rule.window}",
        colour=COLOURS[rule.colour],
    )
    writes = rule.kind not in ("list", "distinct") and BLANKS[rule.kind]
    told = (f"{page} = {page} or list({held})\n" if writes else "") + asked + SAID.format(hit=f"hit{suffix}")
    if not rule.when:
        return told
    carried = " and ".join(f"actor.get({name!r}, {value!r}) == {value!r}" for name, value in rule.when)
    return f"if {carried}:\n" + indent(told, "    ")


def _end(numbers: range, unions: tuple[Joining, ...], names: dict[str, Any]) -> Iterator[str]:
    """Show the groups their records; then lay all on the desk where somebody is suspected, and put them away otherwise."""
    for one in sorted({place for joining in unions for place, _ in joining.spots}):
        yield f"page{one} = page{one} or list(held{one})"
    for number, (hit, union, spots) in enumerate(unions):
        names |= {f"union{number}": union, f"joined{number}": hit}
        mine, *met = (f"(held{one}, page{one}, {at})" for one, at in spots)
        yield f"said = union{number}.join(key{spots[0][0]}, {mine}, ({''.join(f'{one}, ' for one in met)}), (account, cells, changed), now)"
        yield SAID.format(hit=f"joined{number}")
    desk = ", ".join(f"(key{one}, held{one}, page{one} or list(held{one}))" for one in numbers)
    yield f"if hits or score:\n    return changed, [{desk}], hits, score"
    for one in numbers:
        yield f"if page{one}:\n    changed[key{one}] = tuple(page{one})"
    yield "return changed, (), hits, score"
