"""The pytest plugin: a sandbox for a test suite, an account of its own for every test.

Law: nothing is imported before a fixture is asked for. Accounts are isolated, so tests may run in parallel; the clock is shared.

    def test_a_notice_is_sent(sandbox_account, sandbox_hosts):
        client = WeChatClient(sandbox_account.env["WECOM_CORPID"], sandbox_account.env["WECOM_SECRET"])
        sandbox_account.advance(minutes=1)
        assert sandbox_account.events("verdict")
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    import httpx


@dataclass(frozen=True, slots=True)
class SandboxAccount:
    """One account: `env` holds its connection (the names of `sandbox serve --env-file`); its journal begins after event `begins`."""

    id: str
    env: dict[str, str]
    control: httpx.Client
    begins: int

    def advance(self, *, seconds: int = 0, minutes: int = 0, hours: int = 0) -> list[str]:
        """Move the sandbox's clock forward, for all accounts; returns what became due and has happened."""
        ms = 1000 * (seconds + 60 * minutes + 3600 * hours)
        happened: list[str] = self._post("clock", {"advance_ms": ms})["happened"]
        return happened

    def events(self, kind: str = "") -> list[dict[str, Any]]:
        """The account's whole journal, or what it holds of one kind. Raises MachineError when some of it is forgotten."""
        from sandbox.errors import MachineError  # noqa: PLC0415 - see the law

        found: list[dict[str, Any]] = []
        following, total = self.begins, self.begins + 1
        while following < total:
            asked: dict[str, str | int] = {"account": self.id, "since": following, "limit": 100_000}
            page = self.control.get("/_sandbox/events", params=asked).raise_for_status().json()
            if page["lost"]:
                raise MachineError(f"the sandbox forgot {page['lost']} events: what is not in the journal may have happened")
            found += page["events"]
            following, total = page["next"], page["total"]
        return [event for event in found if kind in ("", event["kind"])]

    def signal(self, kind: str, **fields: Any) -> dict[str, Any]:
        """Tell a fact: `signal("shopee.order_placed", order_sn="...")`."""
        return self._post("signals", {"kind": kind, "account": self.id, **fields})

    def explain(self, number: str) -> dict[str, Any]:
        """Why a request was refused: the number that stands in its error text."""
        found: dict[str, Any] = self.control.get("/_sandbox/explain", params={"rid": number}).raise_for_status().json()
        return found

    def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        answer: dict[str, Any] = self.control.post(f"/_sandbox/{path}", json=body).raise_for_status().json()
        return answer


@pytest.fixture(scope="session")
def sandbox_control(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A sandbox of this test session, on a free loopback port: an HTTP client of its control plane."""
    from sandbox.serving import await_control, end  # noqa: PLC0415 - see the law

    folder = tmp_path_factory.mktemp("sandbox")
    env_file, log = folder / "env", folder / "log"
    with log.open("wb") as out:
        command = [sys.executable, "-m", "sandbox", "serve", "--port", "0", "--env-file", str(env_file)]
        server = subprocess.Popen(command, stdout=out, stderr=out)  # noqa: S603 - our own command, no shell
    try:
        with closing(await_control(server, env_file, log)) as control:
            yield control
    finally:
        end(server)


@pytest.fixture
def sandbox_account(sandbox_control: httpx.Client) -> SandboxAccount:
    """A fresh account, apart from all others."""
    begins = sandbox_control.get("/_sandbox/events", params={"limit": 1}).raise_for_status().json()["total"]
    made = sandbox_control.post("/_sandbox/accounts", json={}).raise_for_status().json()
    return SandboxAccount(made["id"], made["env"], sandbox_control, begins)


@pytest.fixture
def sandbox_hosts(sandbox_control: httpx.Client) -> Iterator[None]:
    """The vendors' official addresses lead to the sandbox: SDKs that hard-code them need no setting."""
    from sandbox.official import official_hosts  # noqa: PLC0415 - see the law

    with official_hosts(str(sandbox_control.base_url)):
        yield
