"""Why a request was refused: every error's number, resolved to the rule, the window and the moment it resets.

Law: remembers, decides nothing. The numbers follow from seed, account, ordinal and time, so a run repeats them.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from hashlib import blake2b
from typing import Any, Final

from mocks.http import Answer
from sandbox.policy import NEVER, Verdict
from sandbox.rulebooks import Rulebook
from sandbox.rulebooks.describe import describe_rule

KEPT = 10_000


class Explanations:
    """The newest errors by the number that stands in their text."""

    def __init__(self, books: Mapping[str, Rulebook], seed: int) -> None:
        self._books, self._seed = books, seed
        self._kept: OrderedDict[str, tuple[str, str, Answer, int]] = OrderedDict()

    def note(self, account: str, ordinal: int, platform: str, answer: Answer, now: int) -> str:
        """Remember an error; returns its number: WeChat's rid, WeCom's digits, Shopee's request_id (a success has one too)."""
        digest = blake2b(f"{self._seed}/{account}/{ordinal}/{now}".encode(), digest_size=16).hexdigest()
        number = NUMBERS[platform](digest, now)
        if answer.code in ("", "0"):
            return number
        self._kept[number] = (account, platform, answer, now)
        if len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return number

    def find(self, number: str) -> dict[str, Any] | None:
        """The explanation of an error, or None when it is not known (any more)."""
        if number not in self._kept:
            return None
        account, platform, answer, at = self._kept[number]
        book = self._books[platform]
        found = {
            "account": account,
            "platform": platform,
            "at": at,
            "code": answer.code,
            "text": book.error(answer.code).text,
        }
        if not isinstance(answer.verdict, Verdict):
            return {**found, "because": "the request itself", "text": answer.text or found["text"]}
        verdict = answer.verdict
        never = verdict.retry_after == NEVER
        found |= {"because": "a rule", "retry_after": None if never else verdict.retry_after}
        found |= {"allowed_again_at": None if never else at + verdict.retry_after, "tripped": verdict.tripped}
        return {**found, "rule": describe_rule(book, verdict.rule)}


def _rid(digest: str, now: int) -> str:
    return f"{now // 1000:08x}-{digest[:8]}-{digest[8:16]}"


NUMBERS: Final[Mapping[str, Callable[[str, int], str]]] = {
    "wechat": _rid,
    "channels": _rid,
    "wecom": lambda digest, _now: str(10**18 + int(digest, 16) % (9 * 10**18)),
    "shopee": lambda digest, _now: digest,
    "wechat_pay": lambda digest, _now: f"08{digest[:30].upper()}-0",
}
"""What an answer's number looks like: three hex groups, the first the time; 19 digits; 32 hex digits; WeChat Pay's Request-ID."""
