"""The pictures of a report, as inline SVG.

Law: a picture shows what the metrics count, and its title says what is seen in it, computed from the same folds. Deterministic:
same events, same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from sandbox.report.context import Context
from sandbox.report.metrics import World
from sandbox.report.shape import AgreementRow

from .canvas import Plot, window
from .funnel import funnel, shop
from .fuse import fuse
from .inbox import inbox
from .risk import risk
from .sides import sides
from .stock import stock
from .times import delivery, responses, settled
from .traffic import traffic

__all__ = ["Plot", "plots"]


def plots(
    worlds: Mapping[str, World],
    context: Context,
    agreement: Sequence[AgreementRow],
    judged: Mapping[str, Mapping[str, Any]] = MappingProxyType({}),
) -> list[Plot]:
    """Every picture that there is something to show in, in the order of the page."""
    if not worlds:
        return []
    seen = window(worlds, context.start, context.duration)
    drawn = (
        funnel(worlds),
        shop(worlds),
        stock(worlds, seen),
        traffic(worlds, seen, context),
        fuse(worlds, seen),
        inbox(worlds, seen),
        settled(worlds),
        delivery(worlds, context),
        responses(worlds),
        sides(agreement),
    )
    return [plot for plot in drawn if plot] + risk(judged)
