"""`python -m loadtests.targets --push-url URL ...`: the load for a system under test; else as `python -m loadtests`.

Law: the same run with one step more: before time begins, Shopee is asked, through its own API, to push to the system. Locust comes
first, as in `loadtests.__main__`.
"""

from __future__ import annotations

import locust  # noqa: F401 - first of all: it patches sockets

# isort: split
import sys
from argparse import ArgumentParser
from collections.abc import Callable
from contextlib import ExitStack

from loadtests import __main__ as player
from loadtests import live
from loadtests.settings import Settings
from sandbox.behaviour import Call
from sandbox.errors import MachineError

Ready = Callable[[Settings, ExitStack], live.Live]


def registering(ready: Ready, url: str) -> Ready:
    """Make ready as before, then have the account's pushes sent to a URL. Raises MachineError when Shopee does not want to."""

    def also(settings: Settings, opened: ExitStack) -> live.Live:
        run = ready(settings, opened)
        reply = run.talk.call(Call("shopee", "shopee.push_config", run.account, payload={"callback_url": url}))
        if not reply.ok:
            raise MachineError(f"shopee.push_config refuses {url}: {reply.code}")
        return run

    return also


def main() -> int:
    """Take the one argument that is ours, and play."""
    own = ArgumentParser(add_help=False)
    own.add_argument("--push-url", required=True)
    said, sys.argv[1:] = own.parse_known_args()
    live.ready = registering(live.ready, said.push_url)  # type: ignore[assignment] # the one step more
    return player.main()


if __name__ == "__main__":
    sys.exit(main())
