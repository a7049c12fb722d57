"""Sandboxes to test on: see `tests.mocks.rig`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.mocks.rig import Rig


@pytest.fixture
def make_rig() -> Iterator[Callable[..., Rig]]:
    """`make_rig(changes, seed=...)`: a sandbox of one's own, with rulebooks changed."""
    made: list[Rig] = []

    def make(changes: dict[str, Any] | None = None, **options: Any) -> Rig:
        made.append(Rig(changes, **options))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture
def rig(make_rig: Callable[..., Rig]) -> Rig:
    """A sandbox under the rulebooks as they are."""
    return make_rig()


@pytest.fixture(scope="module")
def shared() -> Iterator[Rig]:
    """A sandbox for the accounts of a module: making its routes takes longer than most tests."""
    one = Rig()
    yield one
    one.close()


@pytest.fixture
def fresh(shared: Rig) -> Rig:
    """The module's sandbox, asked for a new account of one's own. Its clock is where the test before has left it."""
    shared.account = shared.world.open_account().id
    return shared


@pytest.fixture(scope="module")
def standing() -> Iterator[Rig]:
    """A whole sandbox for tests that leave it as it was, or do not care how it was: made once a module, for it takes its time."""
    one = Rig(whole=True)
    yield one
    one.close()
