"""The merchant's own server: a push that Shopee signed is taken and confirmed with nothing; any other is refused."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from gevent import socket

from loadtests.receiver import Inbox, Receiver
from mocks.shopee import wire
from sandbox.behaviour import Push

KEY = "a partner's key"
BODY = b'{"data":{"ordersn":"S1"},"shop_id":1,"code":3,"timestamp":1}'


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    one = Receiver(KEY)
    yield one
    one.close()


def push(receiver: Receiver, signature: str, body: bytes = BODY) -> bytes:
    """What the receiver answers, from the status line to the last byte."""
    port = int(receiver.url.rpartition(":")[2].partition("/")[0])
    with socket.create_connection(("127.0.0.1", port)) as connection:
        head = f"POST /push HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: {signature}\r\nContent-Length: {len(body)}\r\n\r\n"
        connection.sendall(head.encode() + body)
        return b"".join(iter(lambda: connection.recv(1 << 16), b""))


def test_a_signed_push_is_taken_and_confirmed_with_an_empty_body(receiver: Receiver) -> None:
    taken: list[Push] = []
    receiver.listen(taken.append)
    answer = push(receiver, wire.push_signature(KEY, receiver.url, BODY))
    assert answer.startswith(b"HTTP/1.1 200")
    assert answer.endswith(b"\r\n\r\n")
    assert [one.topic for one in taken] == ["shopee.order_status"]
    assert taken[0].body["data"] == {"ordersn": "S1"}
    assert receiver.refused == 0


def test_what_shopee_did_not_sign_is_refused_and_counted(receiver: Receiver) -> None:
    taken: list[Push] = []
    receiver.listen(taken.append)
    assert push(receiver, "").startswith(b"HTTP/1.1 401")
    assert push(receiver, wire.push_signature("another key", receiver.url, BODY)).startswith(b"HTTP/1.1 401")
    assert (taken, receiver.refused) == ([], 2)


def test_a_push_after_the_end_is_confirmed_and_forgotten(receiver: Receiver) -> None:
    receiver.listen(None)
    assert push(receiver, wire.push_signature(KEY, receiver.url, BODY)).startswith(b"HTTP/1.1 200")
    assert receiver.refused == 0


def test_an_inbox_gives_first_what_came_first_and_none_when_nothing_comes() -> None:
    inbox = Inbox()
    pushes = [Push("shopee.order_status", {"number": number}) for number in range(3)]
    for one in pushes:
        inbox.put(one)
    assert [inbox.get(None), inbox.get(0), inbox.get(1)] == pushes
    assert inbox.get(0) is None
