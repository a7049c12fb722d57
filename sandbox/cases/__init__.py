"""Cases: scripted calls and facts on the virtual clock, with what each must lead to.

Law: a case is data; it runs against whatever answers, and never sleeps.
"""

from .grammar import Case, Expected, Step
from .playing import Burst, Outcome, Perform, Seen, bursts, heard, outcomes, play, saw, served
from .reading import Known, check_steps, is_case, read
from .telling import describe, timeline

__all__ = [
    "Burst",
    "Case",
    "Expected",
    "Known",
    "Outcome",
    "Perform",
    "Seen",
    "Step",
    "bursts",
    "check_steps",
    "describe",
    "heard",
    "is_case",
    "outcomes",
    "play",
    "read",
    "saw",
    "served",
    "timeline",
]
