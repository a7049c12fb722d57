"""The policy engine: which calls a platform lets through, and what it does about those that it doesn't.

Law: pure. This package imports the standard library's data types and maths (numpy in `batch` alone): no clock, no I/O, no random
numbers, no other part of the project. The same functions judge in simulated time and over HTTP.
"""

from .book import Book
from .engine import judge, observe
from .model import (
    NEVER,
    NOTHING,
    UNLIMITED,
    Assessment,
    Breaker,
    Call,
    Cell,
    Cells,
    Quota,
    Reply,
    Sanction,
    Signal,
    Verdict,
    named,
)

__all__ = [
    "NEVER",
    "NOTHING",
    "UNLIMITED",
    "Assessment",
    "Book",
    "Breaker",
    "Call",
    "Cell",
    "Cells",
    "Quota",
    "Reply",
    "Sanction",
    "Signal",
    "Verdict",
    "judge",
    "named",
    "observe",
]
