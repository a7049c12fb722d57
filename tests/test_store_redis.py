"""The Redis store, on Redis semantics without a server: the same promises as memory's, kept between two clients too."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import fakeredis
import pytest
import redis

from sandbox.gate import Gate
from sandbox.policy import Call, Cell, Cells
from sandbox.rulebooks import load
from sandbox.store_redis import RedisStore

NOW = 1_794_398_400_000


@pytest.fixture
def server() -> fakeredis.FakeServer:
    server = fakeredis.FakeServer()
    fakeredis.FakeRedis(server=server).ping()  # makes the database: threads that come at once would each make one
    return server


@pytest.fixture
def store(server: fakeredis.FakeServer) -> Iterator[RedisStore]:
    with fakeredis.FakeRedis(server=server) as client:
        yield RedisStore(client)


def add_one(cells: Cells) -> tuple[Cells, int]:
    (count,) = cells.get("a#n", (0,))
    return {"a#n": (count + 1,)}, count


def test_what_a_step_changed_is_there_for_the_next(store: RedisStore) -> None:
    assert [store.transact(["a#n"], add_one) for _ in range(3)] == [0, 1, 2]


def test_a_cell_may_hold_any_whole_number(store: RedisStore) -> None:
    cell: Cell = (-1, 0, 2**200)
    store.transact(["a#n"], lambda _: ({"a#n": cell}, None))
    assert store.snapshot("a") == {"a#n": cell}


def test_two_servers_lose_no_update(server: fakeredis.FakeServer) -> None:
    def work() -> None:
        with fakeredis.FakeRedis(server=server) as client:
            for _ in range(50):
                RedisStore(client).transact(["a#n"], add_one)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with fakeredis.FakeRedis(server=server) as client:
        assert RedisStore(client).snapshot("a") == {"a#n": (200,)}


def test_forgetting_one_account_touches_no_other(store: RedisStore) -> None:
    cells: Cells = {"a#n": (1,), "a/ip#n": (2,), "ab#n": (3,), "a*#n": (4,)}
    store.transact(list(cells), lambda _: (cells, None))
    store.forget("a")
    assert store.snapshot("a") == {}
    assert store.snapshot("ab") == {"ab#n": (3,)}
    store.forget("a*")
    assert store.snapshot("ab") == {"ab#n": (3,)}


def test_a_gate_on_redis_judges_as_in_memory(store: RedisStore) -> None:
    """S01, S02: the 201st is refused and trips the fuse."""
    gate = Gate(load("wecom"), store, lambda: NOW)
    call = Call("wecom", "wecom.message_send", "main", {"application": "one"})
    verdicts = [gate.ask(call) for _ in range(201)]
    assert all(verdict.allowed for verdict in verdicts[:200])
    assert verdicts[200].tripped == "wecom.app_fuse"


def test_risk_control_on_redis_remembers_what_another_server_saw(server: fakeredis.FakeServer, store: RedisStore) -> None:
    """A16: the same signed request once more, at whichever server."""
    other = RedisStore(fakeredis.FakeRedis(server=server))
    ann = {"user": "ann", "device": "phone", "ip": "1.2.3.4", "campaign": "c", "nonce": "n", "age_ms": "0"}
    claim = Call("wechat", "wechat.user.claim", "main", ann)
    gates = [Gate(load("wechat"), one, lambda: NOW) for one in (store, other, store)]
    assert [gate.ask(claim).rule for gate in gates] == ["", "wechat.frozen_user", "wechat.frozen"]


def test_a_redis_that_does_not_answer_lets_nothing_through(server: fakeredis.FakeServer, store: RedisStore) -> None:
    server.connected = False
    gate = Gate(load("wecom"), store, lambda: NOW)
    with pytest.raises(redis.ConnectionError):
        gate.ask(Call("wecom", "wecom.message_send", "main", {"application": "one"}))
