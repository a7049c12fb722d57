"""How every test runs: hypothesis without a stop-watch, the same examples every time, and seldom a look for garbage.

Law: coverage looks away while the folders and files of `UNTRACED` run, whose thousands of requests, examples and pictures would take
twice as long under its tracer; what they reach counts for nothing, so that the figure says what is tested for its own sake.

`--hypothesis-profile=search` looks for new ones.
"""

import gc
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from hypothesis import HealthCheck, settings

UNTRACED: Final = {
    "mocks",
    "loadtests",
    "test_architecture.py",
    "test_engine_properties.py",
    "test_page.py",
    "test_same_verdict.py",
    "test_window_properties.py",
}
HERE: Final = Path(__file__).parent

settings.register_profile("house", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("search", deadline=None, max_examples=2_000, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")

gc.set_threshold(50_000, 5, 10)
"""As a server does (`mocks.garbage.COLLECTIONS`): thousands of tests live in one process, and every full look takes half a second."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Those that wait for real time come first, and the others' work fills the gaps."""
    items.sort(key=lambda item: "loadtests" not in item.path.parts)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """A test, its fixtures and their end: under coverage's tracer, if there is one, or beside it.

    The interpreter is asked, and not coverage, which has two tracers in a worker: when one stops, the other goes on.
    """
    tracers = sys.gettrace(), threading.gettrace()
    if UNTRACED.intersection(item.path.relative_to(HERE).parts):
        sys.settrace(None)
        threading.settrace(None)
    try:
        return (yield)
    finally:
        sys.settrace(tracers[0])
        threading.settrace(tracers[1])


def pytest_unconfigure(config: pytest.Config) -> None:
    """A worker has told everything by now: nobody waits until pytest has looked through its millions of objects for garbage."""
    if hasattr(config, "workerinput"):
        gc.freeze()
