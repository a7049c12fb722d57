"""Twin sandboxes: see `tests.loadtests.twins`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.loadtests.twins import Twins


@pytest.fixture
def make_twins() -> Iterator[Callable[..., Twins]]:
    """`make_twins(changes, seed=...)`: twins of one's own, with rulebooks changed."""
    made: list[Twins] = []

    def make(changes: dict[str, Any] | None = None, **options: Any) -> Twins:
        made.append(Twins(changes, **options))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture
def twins(make_twins: Callable[..., Twins]) -> Twins:
    """Twins under the rulebooks as they are, tokens fetched."""
    one = make_twins()
    one.open_tokens()
    return one
