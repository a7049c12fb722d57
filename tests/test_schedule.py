"""Arrivals: compiled up-front, repeatable, and as many as were asked for."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.schedule import Phase, compile_arrivals, digest

PHASES = st.lists(
    st.builds(
        Phase,
        lasts=st.integers(1, 60_000),
        per_second=st.floats(0, 20),
        spacing=st.sampled_from(["poisson", "exact", "even"]),
    ),
    max_size=4,
)


@given(PHASES, st.integers(0, 2**32))
def test_arrivals_are_sorted_and_inside_the_phases(phases: list[Phase], seed: int) -> None:
    arrivals = compile_arrivals(phases, seed, "buyers")
    assert np.all(np.diff(arrivals) >= 0)
    assert not len(arrivals) or (arrivals[0] >= 0 and arrivals[-1] < sum(phase.lasts for phase in phases))


@given(PHASES, st.integers(0, 2**32))
def test_the_same_seed_gives_the_same_schedule(phases: list[Phase], seed: int) -> None:
    assert digest(compile_arrivals(phases, seed, "x")) == digest(compile_arrivals(phases, seed, "x"))


def test_another_seed_or_another_purpose_gives_another_schedule() -> None:
    phases = [Phase(60_000, 5)]
    made = {digest(compile_arrivals(phases, seed, purpose)) for seed in (1, 2) for purpose in ("a", "b")}
    assert len(made) == 4


@pytest.mark.parametrize("spacing", ["exact", "even"])
def test_an_exact_phase_has_its_exact_number(spacing: str) -> None:
    assert len(compile_arrivals([Phase(60_000, 4, spacing)], 3, "x")) == 240


def test_even_arrivals_are_evenly_apart() -> None:
    assert compile_arrivals([Phase(1_000, 4, "even")], 1, "x").tolist() == [0, 250, 500, 750]


def test_poisson_counts_scatter_as_poisson_counts_do() -> None:
    """Mean and variance of the count are both the rate: 200 schedules of 100 arrivals expected."""
    counts = [len(compile_arrivals([Phase(10_000, 10)], seed, "x")) for seed in range(200)]
    assert 97 < np.mean(counts) < 103
    assert 70 < np.var(counts) < 140
