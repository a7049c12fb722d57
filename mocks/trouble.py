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
    """The code that the next `answers` calls to paths that begin with `at` meet; with none left to count, all until it is over."""

    code: str = ""
    answers: int = 0
    at: str = ""

    def draw(self, path: str) -> str:
        """The code for one call to this path, or an empty text."""
        if not (self.code and path.startswith(self.at)):
            return ""
        found = self.code
        if self.answers:
            self.answers -= 1
            self.code = found if self.answers else ""
        return found


def troubling(success: str, refusal: str, codes: Sequence[str], root: str = "/") -> Callable[[Any, Any, Signal], Answer]:
    """The handler of a platform's signal.

    `code` is one of these or an empty text for none, `answers` how many (0: all), `path` how the paths concerned begin below `root`.
    """

    def choose(_desk: Any, state: Any, signal: Signal) -> Answer:
        code, answers, path = (
            signal.payload.get(name, usual) for name, usual in (("code", None), ("answers", 0), ("path", ""))
        )
        if code not in ("", *codes):
            return Answer(refusal, text=f"code: of {', '.join(codes)}, or an empty text for none")
        if type(answers) is not int or answers < 0:
            return Answer(refusal, text="answers: a whole number")
        if not isinstance(path, str):
            return Answer(refusal, text="path: a text")
        state.trouble = Trouble(str(code), answers, root + path)
        return Answer(success)

    return choose
