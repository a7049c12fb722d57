"""Does the simulation say what the wire shows? Every metric of both worlds, side by side.

Law: every metric is compared, or a tolerance says why not; none is left out in silence. What one world shows and the other
does not is a disagreement.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from sandbox.errors import InputError

from .shape import AgreementRow
from .vocabulary import Vocabulary, value


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How far the worlds may be apart in the metrics that `pattern` (fnmatch) names, and why that far.

    `relative` is a share of the larger value (0.05: 5 %), `absolute` is in the metric's own unit; with both, either suffices.
    With neither the metric is listed and not compared.
    """

    pattern: str
    relative: float | None
    absolute: float | None
    because: str

    @property
    def compares(self) -> bool:
        """Is there a bound at all?"""
        return self.relative is not None or self.absolute is not None

    @property
    def allowed(self) -> str:
        """The bound as text."""
        parts = [] if self.relative is None else ["exactly equal" if self.relative == 0 else f"{self.relative * 100:.6g} %"]
        parts += [] if self.absolute is None else [f"± {self.absolute:.6g}"]
        return " or ".join(parts) or "not compared"

    def share(self, largest: float) -> float | None:
        """The bound relative to the larger of the two values; None when there is none."""
        if not self.compares:
            return None
        from_absolute = (self.absolute or 0.0) / largest if largest else 0.0
        return max(self.relative or 0.0, from_absolute)


def check_tolerances(tolerances: Sequence[Tolerance], names: Iterable[str], where: str) -> None:
    """Raises InputError for the first metric that no pattern covers, or pattern that covers none. `where` is the scenario's file."""
    used = {tolerance(tolerances, name, where).pattern for name in names}
    for index, one in enumerate(tolerances):
        if one.pattern not in used:
            wanted = "a pattern of metrics that can exist and that no tolerance before it covers"
            raise InputError(where, f"tolerance.{index}.metric", one.pattern, wanted)


def tolerance(tolerances: Sequence[Tolerance], name: str, where: str) -> Tolerance:
    """The first tolerance whose pattern matches. Raises InputError when there is none."""
    for one in tolerances:
        if fnmatchcase(name, one.pattern):
            return one
    raise InputError(
        where, "agree", name, "a tolerance whose pattern covers this metric, or one that says why it is not compared"
    )


def agreement(
    sim: Mapping[str, float],
    live: Mapping[str, float],
    tolerances: Sequence[Tolerance],
    vocabulary: Vocabulary,
    where: str = "judge.json",
) -> list[AgreementRow]:
    """A row for each metric that either world shows, sorted by name. Raises InputError for one without a tolerance."""
    names = sorted({*sim, *live})
    return [
        _row(name, value(sim, name, vocabulary), value(live, name, vocabulary), tolerance(tolerances, name, where))
        for name in names
    ]


def _row(name: str, sim: float | None, live: float | None, bound: Tolerance) -> AgreementRow:
    difference = largest = None
    if sim is not None and live is not None:
        largest = max(abs(sim), abs(live))
        difference = abs(sim - live) / largest if largest else 0.0
    share = bound.share(largest or 0.0)
    within = share is None or (difference is not None and difference <= share)
    return {
        "metric": name,
        "sim": sim,
        "live": live,
        "difference": difference,
        "tolerance": share,
        "within": within,
        "because": bound.because,
        "allowed": bound.allowed,
    }
