"""What a platform answers when it is in trouble itself, or with an account: the same code to every call, for a while.

Law: chosen by the control plane, drawn by the routes once it is known who asks; a call that meets it changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from mocks.http import Answer
from sandbox.policy import Signal


@dataclass(slots=True)
class Trouble:
    """The code that the next `answers` calls meet; with none left to count, all until it is over."""

    code: str = ""
    answers: int = 0

    def draw(self) -> str:
        """The code for one call, or an empty text."""
        found = self.code
        if self.answers:
            self.answers -= 1
            self.code = found if self.answers else ""
        return found


def troubling(success: str, refusal: str, codes: Sequence[str]) -> Callable[[Any, Any, Signal], Answer]:
    """The handler of a platform's signal: `code`, one of these or an empty text for none; `answers`, how many (0: all)."""

    def choose(_desk: Any, state: Any, signal: Signal) -> Answer:
        code, answers = signal.payload.get("code"), signal.payload.get("answers", 0)
        if code not in ("", *codes):
            return Answer(refusal, text=f"code: of {', '.join(codes)}, or an empty text for none")
        if type(answers) is not int or answers < 0:
            return Answer(refusal, text="answers: a whole number")
        state.trouble = Trouble(str(code), answers)
        return Answer(success)

    return choose
