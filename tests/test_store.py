"""What every store promises, asked of each there is: reading, deciding and writing are one step, accounts are apart."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from threading import Barrier, Thread

import fakeredis
import pytest

from sandbox.policy import Book, Call, Cell, Cells, Quota, judge
from sandbox.store import MemoryStore, Store
from sandbox.store_redis import RedisStore


def redis_store() -> Store:
    """On an imitation, which makes its database at the first command: threads that come at once would each make one."""
    client = fakeredis.FakeRedis(server=fakeredis.FakeServer())
    client.ping()
    return RedisStore(client)


STORES: dict[str, Callable[[], Store]] = {
    "memory": MemoryStore,
    "redis": redis_store,
}
THREADS = 4
TIMES = {"memory": 200, "redis": 25}


@pytest.fixture(params=STORES)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def store(name: str) -> Store:
    return STORES[name]()


@pytest.fixture
def restless() -> Iterator[None]:
    """Threads take turns after every few instructions, so that what is no single step shows."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def keep(store: Store, **cells: Cell) -> None:
    named = {key.replace("__", "#").replace("_", "/"): cell for key, cell in cells.items()}
    store.transact(list(named), lambda _: (named, None))


def look(store: Store, key: str) -> Cell | None:
    return store.transact([key], lambda cells: ({}, cells.get(key)))


def at_once(work: Callable[[], None]) -> None:
    """Let several threads begin the same work at the same moment; what goes wrong in one goes wrong here."""
    gate, wrong = Barrier(THREADS), list[Exception]()

    def run() -> None:
        gate.wait()
        try:
            work()
        except Exception as problem:  # noqa: BLE001 - a thread must not swallow it
            wrong.append(problem)

    threads = [Thread(target=run) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_a_step_is_shown_what_is_kept_and_its_answer_comes_back(store: Store) -> None:
    keep(store, a__r=(1, 2))
    assert store.transact(["a#r", "a#s"], lambda cells: ({}, (cells.get("a#r"), cells.get("a#s")))) == ((1, 2), None)


def test_what_a_step_changed_is_kept_and_nothing_else(store: Store) -> None:
    keep(store, a__r=(1,), a__s=(2,))
    store.transact(["a#r", "a#s"], lambda _: ({"a#s": (3,), "a#t": ()}, None))
    assert [look(store, key) for key in ("a#r", "a#s", "a#t")] == [(1,), (3,), ()]


def test_a_step_that_raises_changes_nothing_and_blocks_nobody(store: Store) -> None:
    keep(store, a__r=(1,))

    def fail(cells: Cells) -> tuple[Cells, None]:
        raise ArithmeticError(cells["a#r"])

    with pytest.raises(ArithmeticError):
        store.transact(["a#r"], fail)
    keep(store, a__s=(2,))
    assert store.snapshot("a") == {"a#r": (1,), "a#s": (2,)}


@pytest.mark.usefixtures("restless")
def test_no_update_is_lost_between_threads(store: Store, name: str) -> None:
    def add_one(cells: Cells) -> tuple[Cells, None]:
        (seen,) = cells.get("a#n", (0,))
        for _ in range(20):
            seen += 0  # long enough for another thread to get its turn
        return {"a#n": (seen + 1,)}, None

    def work() -> None:
        for _ in range(TIMES[name]):
            store.transact(["a#n"], add_one)

    at_once(work)
    assert look(store, "a#n") == (THREADS * TIMES[name],)


@pytest.mark.usefixtures("restless")
def test_nobody_sees_half_a_step(store: Store, name: str) -> None:
    """Units move between two cells; whoever looks, and whenever, sees all of them."""
    keep(store, a__x=(100,), a__y=(0,))

    def move(cells: Cells) -> tuple[Cells, int]:
        (x,), (y,) = cells["a#x"], cells["a#y"]
        return {"a#x": (x - 1,), "a#y": (y + 1,)}, x + y

    def work() -> None:
        for _ in range(TIMES[name]):
            assert store.transact(["a#x", "a#y"], move) == 100

    at_once(work)
    assert store.snapshot("a") == {"a#x": (100 - THREADS * TIMES[name],), "a#y": (THREADS * TIMES[name],)}


@pytest.mark.usefixtures("restless")
def test_threads_together_get_no_more_than_the_limit(store: Store, name: str) -> None:
    """S01: checking and taking are one step, so two hundred are two hundred however many ask at once."""
    book = Book("p", {"p.act": (Quota("p.q", TIMES[name], 60_000),)})
    asked = Call("p", "p.act", "a")
    allowed = []

    def work() -> None:
        for _ in range(TIMES[name]):
            verdict = store.transact(book.keys("p.act", "a", {}), lambda cells: judge(book, cells, asked, 1))
            if verdict.allowed:
                allowed.append(verdict.remaining)

    at_once(work)
    assert sorted(allowed) == list(range(TIMES[name]))


def test_forgetting_an_account_touches_no_other(store: Store) -> None:
    keep(store, a__r=(1,), a_ip__r=(2,), ab__r=(3,), ab_a__r=(4,), b_a__r=(5,))
    store.forget("a")
    assert store.snapshot("a") == {}
    assert store.snapshot("ab") == {"ab#r": (3,), "ab/a#r": (4,)}
    assert store.snapshot("b") == {"b/a#r": (5,)}


def test_forgetting_an_account_that_never_was_is_no_error(store: Store) -> None:
    store.forget("nobody")
    assert store.snapshot("nobody") == {}


def test_a_snapshot_is_a_copy(store: Store) -> None:
    keep(store, a__r=(1,))
    before = store.snapshot("a")
    keep(store, a__r=(2,), a__s=(3,))
    assert before == {"a#r": (1,)}
    assert store.snapshot("a") == {"a#r": (2,), "a#s": (3,)}


@pytest.mark.usefixtures("restless")
def test_an_account_can_be_looked_at_and_forgotten_while_others_ask(store: Store, name: str) -> None:
    numbers = iter(range(10**6))

    def work() -> None:
        for _ in range(TIMES[name]):
            key = f"b/{next(numbers)}#r"
            store.transact([key], lambda _, key=key: ({key: (1,)}, None))
            store.snapshot("a")
            store.forget("a")

    at_once(work)
    assert len(store.snapshot("b")) == THREADS * TIMES[name]
