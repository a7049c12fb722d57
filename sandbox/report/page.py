"""`report.html`: the run on one page that needs nothing else, for people who were not there.

Law: everything shown comes from the summary, the context and the plots; the page loads nothing, works offline, in light and dark,
and on paper. All text is escaped by the template; only our own SVG goes in as it is.
"""

from __future__ import annotations

import re
import shlex
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from .context import Context, Rule, quota
from .glance import glance
from .kpis import rows as kpi_rows
from .moments import clock, each, is_long, lasting
from .plots import Plot
from .shape import AgreementRow, ExpectationRow, MomentRow, RefusalRow, Summary
from .summary import number, percent, yuan

TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def breakable(text: str) -> Markup:
    """A name that may be broken after its dots, underlines, slashes and colons."""
    return Markup(re.sub(r"([._/:])(?=\w)", r"\1<wbr/>", str(escape(text))))  # noqa: S704 - escaped just before


def between(share: Mapping[str, float]) -> str:
    """The interval of a share."""
    return f"{percent(share['low']).removesuffix(' %')} – {percent(share['high'])}"


TEMPLATES.filters |= {"number": number, "clock": clock, "lasting": lasting, "percent": percent, "yuan": yuan}
TEMPLATES.filters |= {"breakable": breakable, "between": between}

HEROES = ("risk_caught", "funnel", "shop", "stock", "settled", "traffic")
"""The picture that explains a run best is the first of these that there is."""

MOST_MOMENTS = 10
MOST_RULES = 3
MOST_ROWS = 8
"""How many moments, rules and rows of a long table stand open; the others are folded."""

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
        glance=glance(summary),
        worlds=list(summary["worlds"]),
        names=sorted({name for world in summary["worlds"].values() for name in world["metrics"]}),
        rules=refused_by_rule(summary["refusals"], context.rules),
        kpis=kpi_rows({name: world["metrics"] for name, world in summary["worlds"].items()}, context.vocabulary.bands),
        moments=by_world(summary["moments"]),
        command=shlex.join(summary["manifest"].get("command", [])),
        hero=next((key for key in HEROES if any(plot.key == key for plot in pictures)), ""),
        said=lambda rule: _described(context.rules.get(rule, {})),
        expected=expected(summary["expectations"]),
        agreed=agreed(summary["agreement"]),
        long=is_long(context.duration),
        most={"moments": MOST_MOMENTS, "rules": MOST_RULES, "rows": MOST_ROWS},
        same_risk=len({_counts(one) for one in summary["risk"].values()}) == 1,
    )


def _counts(judged: Mapping[str, Any]) -> tuple[tuple[str, int, int], ...]:
    """Who was refused how often in one world: what both worlds must show."""
    attacks = ((row["name"], row["recall"]["hits"], row["blocked"]["hits"]) for row in judged["attacks"])
    return (*attacks, *((row["name"], row["hurt"]["hits"], row["challenged"]) for row in judged["honest"]))


def expected(rows: Sequence[ExpectationRow]) -> list[dict[str, Any]]:
    """The expectations, each once, with what every world showed."""
    merged: dict[tuple[str, str], dict[str, ExpectationRow]] = {}
    for row in rows:
        merged.setdefault((row["name"], row["expected"]), {})[row["world"]] = row
    return [
        {
            "name": name,
            "expected": text,
            "actual": {
                world: "no samples" if row["actual"] is None else number(row["actual"]) for world, row in by_world.items()
            },
            "holds": all(row["holds"] for row in by_world.values()),
        }
        for (name, text), by_world in merged.items()
    ]


def agreed(rows: Sequence[AgreementRow]) -> dict[str, Any]:
    """The metrics of both worlds: those too far apart, those near enough, and those not compared, by why not."""
    uncompared: dict[str, list[str]] = {}
    for row in rows:
        if row["tolerance"] is None and row["within"]:
            uncompared.setdefault(row["because"], []).append(row["metric"])
    return {
        "apart": [row for row in rows if not row["within"]],
        "near": [row for row in rows if row["within"] and row["tolerance"] is not None],
        "uncompared": uncompared,
    }


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
    return [
        {
            "id": rule,
            "refused": rows,
            "codes": sorted({row["code"] for row in rows}),
            "first": {
                world: min(row["first"][world] for row in rows if world in row["first"])
                for world in dict.fromkeys(world for row in rows for world in row["first"])
            },
            **_described(rules.get(rule, {})),
        }
        for rule, rows in by_rule.items()
    ]


def _described(rule: Rule) -> dict[str, Any]:
    limit, span = quota(rule)
    return {
        "limit": f"{limit:,} {each(span)}" if span else rule.get("limit", ""),
        "standing": rule.get("standing", ""),
        "source": rule.get("source", ""),
        "part": rule.get("part", ""),
        "facts": ", ".join(rule.get("facts", ())),
        "note": rule.get("note", ""),
    }
