"""Pushes to a merchant's own server: a real one on loopback, asked in real time, tried again in virtual time."""

from __future__ import annotations

import asyncio
import hmac
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from typing import Any

import pytest

from mocks.server import Server
from tests.mocks.rig import DAY, HOUR, MINUTE, Rig

SECOND = 1_000
OK, WITH_BODY, BROKEN, MOVED = b"204 No Content", b"200 OK|ok", b"500 Oops", b"302 Found"


class Receiver:
    """A merchant's server: keeps what it is sent, answers what it is told to. "stuck" never answers, "drip" never ends."""

    def __init__(self, *answers: bytes) -> None:
        self.answers, self.got, self.port, self.called = list(answers), [], 0, asyncio.Event()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}/push?shop=1&lang=zh"

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        lines = [line.partition(": ")[::2] for line in head.split("\r\n")[1:] if line]
        headers = {name.lower(): value for name, value in lines}
        body = await reader.readexactly(int(headers["content-length"]))
        self.got.append((head.split("\r\n")[0], headers, body))
        self.called.set()
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if answer in (b"stuck", b"drip"):
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n" if answer == b"drip" else b"")
            while not reader.at_eof():  # until the sender hangs up
                writer.write(b"." if answer == b"drip" else b"")
                with suppress(TimeoutError, ConnectionError):
                    await asyncio.wait_for(reader.read(1), 0.02)
        else:
            status, _, text = answer.partition(b"|")
            writer.write(b"HTTP/1.1 %s\r\nconnection: close\r\ncontent-length: %d\r\n\r\n%s" % (status, len(text), text))
        writer.close()


@asynccontextmanager
async def running(server: Server, *receivers: Receiver) -> AsyncIterator[None]:
    """The sandbox's tasks and the merchants' servers, until the test is over."""
    tasks = asyncio.create_task(server.run())
    async with AsyncExitStack() as open_servers:
        for receiver in receivers:
            listening = await asyncio.start_server(receiver, "127.0.0.1", 0)
            receiver.port = listening.sockets[0].getsockname()[1]
            open_servers.push_async_callback(listening.wait_closed)
            open_servers.callback(listening.close)
        yield
        tasks.cancel()
        await asyncio.wait([tasks])


def listen(rig: Rig, url: str) -> dict[str, Any]:
    """Tell Shopee where pushes go."""
    path = "/api/v2/push/set_app_push_config"
    return rig.said("shopee", "POST", path, rig.signed(path, parts=3), {"callback_url": url})


def deliveries(rig: Rig) -> list[tuple[int, str, bool]]:
    """Attempt, answer and success of every delivery in the journal."""
    return [(event["attempt"], event["code"], event["ok"]) for event in rig.events("delivery")]


def pushed(rig: Rig, *answers: bytes, then: tuple[int, ...] = ()) -> tuple[Receiver, list[list[str]]]:
    """One order, pushed to a receiver that answers so; then the clock moves on by each of `then`."""
    receiver = Receiver(*answers)

    async def play() -> list[list[str]]:
        async with running(rig.server, receiver):
            assert listen(rig, receiver.url)["response"] == {"result": "success"}
            rig.tell("shopee.order_placed", order_sn="260302AAAAAAAA")
            return [await rig.server.advance(ms) for ms in (0, *then)]

    return receiver, rig.run(play())


def test_an_order_is_pushed_signed_over_the_url_as_configured_and_the_body_as_sent(rig: Rig) -> None:
    receiver, _ = pushed(rig, OK)
    ((line, headers, body),) = receiver.got
    assert line == "POST /push?shop=1&lang=zh HTTP/1.1"
    assert headers["content-type"] == "application/json"
    key = rig.main.shopee.partner_key.encode()
    assert headers["authorization"] == hmac.new(key, receiver.url.encode() + b"|" + body, "sha256").hexdigest()
    now = rig.clock() // 1000
    order = '"items":[],"ordersn":"260302AAAAAAAA","status":"READY_TO_SHIP","completed_scenario":""'
    data = f'{{{order},"update_time":{now}}}'
    assert body.decode() == f'{{"data":{data},"shop_id":{rig.main.shopee.shop_id},"code":3,"timestamp":{now}}}'
    assert deliveries(rig) == [(1, "204", True)]


@pytest.mark.parametrize(
    ("answer", "success"), [(OK, True), (b"200 OK", True), (WITH_BODY, False), (BROKEN, False), (MOVED, False)]
)
def test_only_an_empty_answer_of_the_two_hundreds_is_a_success(rig: Rig, answer: bytes, *, success: bool) -> None:
    receiver, _ = pushed(rig, answer, then=(DAY,))
    assert len(receiver.got) == (1 if success else 4)
    assert [ok for _, _, ok in deliveries(rig)] == ([True] if success else [False] * 4)


def test_a_failed_push_is_tried_again_after_300_1800_and_10800_seconds_and_then_never(rig: Rig) -> None:
    receiver, done = pushed(rig, BROKEN, then=(300 * SECOND - 1, 1, 1_800 * SECOND - 1, 1, 10_800 * SECOND - 1, 1, 30 * DAY))
    told = [f"push shopee.order_status to {receiver.url}, attempt {number}" for number in (2, 3, 4)]
    assert done == [[], [], [told[0]], [], [told[1]], [], [told[2]], []]
    assert deliveries(rig) == [(number, "500", False) for number in (1, 2, 3, 4)]
    assert len({body for _, _, body in receiver.got}) == 1


def test_a_push_that_gets_through_is_not_tried_again(rig: Rig) -> None:
    receiver, done = pushed(rig, BROKEN, WITH_BODY, OK, then=(HOUR, HOUR, DAY))
    assert [len(one) for one in done] == [0, 2, 0, 0]
    assert deliveries(rig) == [(1, "500", False), (2, "200", False), (3, "204", True)]
    assert len(receiver.got) == 3


def test_whoever_advances_right_after_an_order_gets_its_first_push_first(rig: Rig) -> None:
    receiver = Receiver(BROKEN, OK)

    async def play() -> list[str]:
        async with running(rig.server, receiver):
            listen(rig, receiver.url)
            rig.tell("shopee.order_placed")
            return await rig.server.advance(300 * SECOND)

    assert len(rig.run(play())) == 1
    assert [(attempt, at) for attempt, at in ((e["attempt"], e["at"] - rig.clock()) for e in rig.events("delivery"))] == [
        (1, -300 * SECOND),
        (2, 0),
    ]


@pytest.mark.parametrize("answer", [b"stuck", b"drip"])
def test_a_receiver_that_takes_too_long_has_failed(make_rig: Callable[..., Rig], answer: bytes) -> None:
    rig = make_rig({"shopee": {"setting": {"push_timeout": {"value": "50ms"}}}})
    pushed(rig, answer, OK, then=(300 * SECOND,))
    assert [ok for _, _, ok in deliveries(rig)] == [False, True]


def test_a_dead_receiver_is_tried_as_often_as_a_broken_one(rig: Rig) -> None:
    async def play(url: str) -> None:
        async with running(rig.server):
            listen(rig, url)
            rig.tell("shopee.order_placed")
            await rig.server.advance(DAY)

    with socket.socket() as deaf:  # bound and not listening: nobody else can be there
        deaf.bind(("127.0.0.1", 0))
        rig.run(play(f"http://127.0.0.1:{deaf.getsockname()[1]}/push"))
    assert deliveries(rig) == [(number, "ConnectError", False) for number in (1, 2, 3, 4)]


def test_a_slow_receiver_keeps_nobody_elses_push_waiting(make_rig: Callable[..., Rig]) -> None:
    rig = make_rig({"shopee": {"setting": {"push_timeout": {"value": "25s"}}}})
    quick, stuck = Receiver(OK), Receiver(b"stuck")
    other = rig.world.open_account("other")

    async def play() -> int:
        async with running(rig.server, quick, stuck):
            listen(rig, stuck.url)
            other.shopee.push_url = quick.url
            for account in ("main", "main", "other"):
                rig.tell("shopee.order_placed", account)
            await quick.called.wait()
            return len(rig.events("delivery", "main"))

    assert rig.run(play()) == 0


def test_an_account_without_a_url_gets_none(rig: Rig) -> None:
    receiver = Receiver(OK)

    async def play() -> None:
        async with running(rig.server, receiver):
            rig.tell("shopee.order_placed")
            await rig.server.advance(DAY)

    rig.run(play())
    assert (receiver.got, deliveries(rig)) == ([], [])


def test_a_reset_account_gets_nothing_of_what_its_old_life_is_owed(rig: Rig) -> None:
    receiver = Receiver(BROKEN)

    async def play() -> None:
        async with running(rig.server, receiver):
            listen(rig, receiver.url)
            rig.tell("shopee.order_placed")
            await rig.server.advance(0)
            rig.server.reset("main")
            listen(rig, receiver.url)
            await rig.server.advance(DAY)

    rig.run(play())
    assert len(receiver.got) == 1


URLS = ["", "ftp://127.0.0.1/", "http://", "http:///push", "http://[::1/", "http://127.0.0.1:99999/", "http://a b/", "/push"]
URLS += ["http://\ud800/", "http://127.0.0.1/\n", "http://127.0.0.1:0/"]
ODD = [*URLS[2:], "http://" + "a" * 64 + ".test/", "http://a..b/"]


@pytest.mark.parametrize("url", [*URLS, None, 5, ["http://127.0.0.1/"]], ids=ascii)
def test_a_callback_url_that_nothing_can_be_sent_to_is_refused(rig: Rig, url: Any) -> None:
    answer = listen(rig, url)
    assert (answer["error"], answer["message"]) == ("error_param", "Wrong parameters, detail: callback_url is invalid.")
    assert rig.main.shopee.push_url == ""


@pytest.mark.parametrize("url", ODD, ids=ascii)
def test_no_url_however_odd_stops_the_sender(rig: Rig, url: str) -> None:
    receiver = Receiver(OK)

    async def play() -> None:
        async with running(rig.server, receiver):
            rig.main.shopee.push_url = url
            rig.tell("shopee.order_placed")
            await asyncio.wait_for(rig.server.advance(MINUTE), 5)
            rig.main.shopee.push_url = receiver.url
            rig.tell("shopee.order_placed")
            await asyncio.wait_for(rig.server.advance(MINUTE), 5)

    rig.run(play())
    assert len(receiver.got) == 1
