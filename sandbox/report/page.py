"""`report.html`: the run on one page that needs nothing else, for people who were not there.

Law: everything shown comes from the summary, the context and the plots; the page loads nothing, works offline, in light and dark,
and on paper. All text is escaped by the template; only our own SVG goes in as it is.
"""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from .context import Context, Rule, quota
from .kpis import rows as kpi_rows
from .moments import clock, lasting
from .plots import Plot
from .shape import MomentRow, RefusalRow, Summary
from .story import glance, story
from .summary import number

TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
TEMPLATES.filters |= {"number": number, "clock": clock, "lasting": lasting, "percent": lambda share: f"{share * 100:.3g} %"}

MEANINGS = {
    "pass": "Everything that was expected holds.",
    "fail": "Something that was expected does not hold.",
    "invalid": "Nothing can be said: the run measured its own tools, not the platforms.",
    "interrupted": "The run did not come to its end; what is shown is what had happened by then.",
}


def page(summary: Summary, context: Context, pictures: Sequence[Plot]) -> str:
    """The whole page."""
    return TEMPLATES.get_template("page.html.j2").render(
        summary=summary,
        context=context,
        pictures={plot.key: plot for plot in pictures},
        meaning=MEANINGS[summary["verdict"]],
        story=story(summary, context),
        glance=glance(summary),
        worlds=list(summary["worlds"]),
        names=sorted({name for world in summary["worlds"].values() for name in world["metrics"]}),
        rules=refused_by_rule(summary["refusals"], context.rules),
        kpis=kpi_rows({name: world["metrics"] for name, world in summary["worlds"].items()}, context.vocabulary.bands),
        moments=by_world(summary["moments"]),
        command=shlex.join(summary["manifest"].get("command", [])),
    )


def by_world(rows: Sequence[MomentRow]) -> list[dict[str, Any]]:
    """The moments, those that both worlds had side by side: the n-th of a kind in one beside the n-th in the other."""
    merged: dict[tuple[str, int], dict[str, int]] = {}
    seen: Counter[tuple[str, str]] = Counter()
    for row in rows:
        key = (row["world"], row["what"])
        seen[key] += 1
        merged.setdefault((row["what"], seen[key]), {})[row["world"]] = row["at"]
    told = [{"what": what, "at": ats} for (what, _), ats in merged.items()]
    return sorted(told, key=lambda one: next(iter(one["at"].values())))


def refused_by_rule(refusals: Sequence[RefusalRow], rules: Mapping[str, Rule]) -> list[dict[str, Any]]:
    """Each rule that refused something, with what the run noted about it, and what it refused."""
    by_rule: dict[str, list[RefusalRow]] = {}
    for row in refusals:
        by_rule.setdefault(row["rule"], []).append(row)
    return [{"id": rule, "refused": rows, **_described(rules.get(rule, {}))} for rule, rows in by_rule.items()]


def _described(rule: Rule) -> dict[str, Any]:
    limit, span = quota(rule)
    return {
        "limit": f"{limit:,} per {lasting(span)}" if span else rule.get("limit", ""),
        "standing": rule.get("standing", ""),
        "source": rule.get("source", ""),
        "part": rule.get("part", ""),
        "facts": ", ".join(rule.get("facts", ())),
        "note": rule.get("note", ""),
    }
