"""The sandbox's control plane, as the driver needs it: whose account, what time it is, and the moment at which time begins to run.

Law: whatever it says that is no answer is one sentence, a `MachineError`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from math import ceil
from typing import Any

from loadtests.codec import to_sandbox
from loadtests.session import Session
from loadtests.talk import Send
from loadtests.timeline import Timeline
from sandbox.behaviour.merchant import Merchant
from sandbox.clock import real_ns
from sandbox.errors import MachineError
from sandbox.scenario import PushFault

TRIES = 5
CLOSE_NS = 500_000
"""A reading of the clock that took no longer is as good as will be had."""


class Control:
    """The control plane of one sandbox."""

    def __init__(self, session: Session, send: Send, read: Callable[[], int] = real_ns) -> None:
        self._session, self._send, self._read = session, send, read

    def open_account(self, account: str, traits: Mapping[str, str]) -> dict[str, Any]:
        """Open the account anew, as every world finds it at the start; answers with its members and followers."""
        return self._ask("POST", "/accounts", {"id": account, **traits})

    def choose_faults(self, account: str, chosen: Iterable[PushFault]) -> None:
        """Say what goes wrong on purpose with the pushes of each platform. Raises MachineError when it cannot be chosen."""
        for one in chosen:
            asked = {"account": account, "platform": one.platform, "standing": one.fault, "percent": one.percent}
            if not self._ask("POST", "/faults", asked)["ok"]:
                raise MachineError(f"the sandbox does not know the fault {one.fault!r} for pushes of {one.platform}")

    def must_stand_at(self, start: int) -> None:
        """The sandbox's clock must stand still at `start` (virtual ms), so that windows fall as in the simulation."""
        clock = self._ask("GET", "/clock")
        if clock["now"] != start or clock["rate"] != 0:
            raise MachineError(
                f"{self._session.control.origin}: its clock is at {clock['now']} and runs at rate {clock['rate']}; "
                f"it must stand still (rate 0) at the scenario's start, {start}"
            )

    def begin(self, start: int, rate: float) -> int:
        """Let the clock run; the real time (ns) at which it stood at `start`, from the quickest of several readings."""
        best = self._reading(start, rate, "POST", {"rate": rate})
        for _ in range(TRIES - 1):
            if best[0] <= CLOSE_NS:
                break
            best = min(best, self._reading(start, rate, "GET"))
        return best[1]

    def off(self, line: Timeline) -> int:
        """How far the sandbox's clock is from where it should be by now, real ms: whoever moved it moved every window."""
        before = line.now()
        now: int = self._ask("GET", "/clock")["now"]
        after = line.now()
        return ceil(max(0, before - now, now - after) / line.rate)

    def stop(self) -> None:
        """Stop the clock; pushes under way arrive first."""
        self._ask("POST", "/clock", {"rate": 0})

    def _reading(self, start: int, rate: float, method: str, content: Mapping[str, Any] | None = None) -> tuple[int, int]:
        """How long a look at the clock took, and the real time of `start` by it: half-way, and half a tick later."""
        before = self._read()
        now = self._ask(method, "/clock", content)["now"]
        took = self._read() - before
        return took, before + took // 2 - int((now - start + 0.5) * 1e6 / rate)

    def _ask(self, method: str, path: str, content: Mapping[str, Any] | None = None) -> dict[str, Any]:
        origin = self._session.control.origin
        try:
            status, _, body = self._send(to_sandbox(self._session, method, path, content))
        except OSError as problem:
            raise MachineError(f"the sandbox at {origin} does not answer: {problem.strerror or problem}") from None
        if status == 401:
            raise MachineError(f"the sandbox at {origin} refuses SANDBOX_ADMIN_TOKEN: the env file is of another start")
        if status != 200:
            raise MachineError(
                f"the sandbox at {origin} answers {method} /_sandbox{path} with {status}: {body[:200].decode()}"
            )
        answer: dict[str, Any] = json.loads(body)
        return answer


def merchant_of(account: str, session: Session, opened: Mapping[str, Any], push_url: str = "") -> Merchant:
    """The account as its owner sees it: the same as `mocks.inprocess.merchant_of`, but for where its server takes pushes."""
    staff, followers = tuple(opened["wecom_userids"]), tuple(opened["wechat_openids"])
    numbers = session["WECHAT_APPID"], session["WXPAY_MCHID"]
    made = Merchant(account, int(session["WECOM_AGENTID"]), staff, followers, *numbers)
    return replace(made, push_url=push_url) if push_url else made
