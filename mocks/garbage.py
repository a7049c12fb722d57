"""When Python looks for garbage in cycles: rarely, since what a start and what a request leave behind is kept on purpose.

Law: imports nothing else, because `serve` begins with it.
"""

from __future__ import annotations

import gc
from typing import Final

COLLECTIONS: Final = (50_000, 20, 100)
"""A quarter of the time; while everything is imported, a tenth of a second."""


def collect_seldom() -> None:
    """From now on it is looked for at longer intervals."""
    gc.set_threshold(*COLLECTIONS)


def spare_the_collector() -> None:
    """What is there by now stays; what comes is looked through at longer intervals."""
    gc.freeze()
    collect_seldom()
