"""What a platform hands to the sender: one delivery, packed and signed.

Law: values only.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Envelope:
    """Where to, what, for how long to wait (real ms), and after how long to try again each time (virtual ms)."""

    url: str
    headers: dict[str, str]
    body: bytes
    timeout: int
    ladder: tuple[int, ...]
