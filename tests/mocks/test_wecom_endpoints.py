"""Every endpoint of WeCom: its good request is answered and counted, and ten thousand bad ones change and cost nothing."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from random import Random
from typing import Any

import pytest

from mocks.wecom.directory import Department
from mocks.wecom.endpoints import BY_EITHER, ENDPOINTS, UPLOADS
from mocks.wecom.service import ACTIONS
from sandbox.rulebooks import load
from tests.mocks.rig import Rig
from tests.mocks.wecom_requests import BOUNDARY, BY_PATH, Corp, endpoint_names, good, upload

PATHS = [one.path for one in endpoint_names()]
FREE = {"wecom": {"quota": {name: {"limit": 10**9} for name in ("app_minute", "robot_minute", "app_reach_day")}}}
ONCE = {
    "actions": sorted({one.action for one in ENDPOINTS}),
    "scope": ["action"],
    "limit": 1,
    "window": "1d",
    "code": "45009",
}
UNNAMED = {"/cgi-bin/message/send", "/cgi-bin/webhook/send", "/cgi-bin/webhook/upload_media"}
"""Paths that have quotas of their own instead of the base rate of a corp."""


def _rig(changes: dict[str, Any]) -> Iterator[Rig]:
    one = Rig(changes)
    yield one
    one.close()


@pytest.fixture(scope="module")
def free() -> Iterator[Rig]:
    """A sandbox whose robots and applications never tire; reset by whoever uses it."""
    yield from _rig(FREE)


@pytest.fixture(scope="module")
def limited() -> Iterator[Rig]:
    """A sandbox in which every action may be done once a day; reset by whoever uses it."""
    yield from _rig({"wecom": {"quota": {"once": ONCE}}})


def anew(rig: Rig) -> Corp:
    """The main account as it was at first, with one of everything made in it."""
    rig.server.reset("main")
    made = Corp(rig)
    made.prepare()
    return made


@pytest.fixture
def corp(free: Rig) -> Corp:
    """A corp with one of everything."""
    return anew(free)


def leave(corp: Corp, path: str) -> None:
    """What one endpoint needs and no other bears: somebody who has left, an empty department, an old task card."""
    corp.state.customers.departed.append(("gone", corp.customers[1], 0))
    if path == "/cgi-bin/department/delete":
        corp.state.directory.departments[9] = Department(9, "空", 1)


@pytest.mark.parametrize("path", PATHS)
def test_a_good_request_is_answered_and_the_one_beyond_a_limit_refused(limited: Rig, path: str) -> None:
    corp = anew(limited)
    leave(corp, path)
    corp.rig.world.store.forget("main")
    query, body = good(corp)[path]
    first = corp.send(path, query, body)
    before = repr(corp.state)
    second = corp.send(path, *good(corp)[path])
    if path.startswith("/cgi-bin/media/get") and "result" not in path:
        assert first.body == b"\xff\xd8\xff\r\n--\x00\xfe"
    else:
        said = json.loads(first.body)
        assert (said["errcode"], said["errmsg"] in ("ok", "created", "updated", "deleted")) == (0, True), said
    if path not in GONE and repeatable(json.loads(second.body)):
        assert json.loads(second.body)["errcode"] == 45009
    assert repr(corp.state) == before


def repeatable(said: dict[str, Any]) -> bool:
    """Was it the limit that refused, or is the first request's work done and not to be done again?"""
    return said["errcode"] not in DONE


def test_every_endpoint_has_an_action_and_a_good_request() -> None:
    """M05: user information, message push and organisation management are all there."""
    assert {one.action for one in ENDPOINTS} <= set(ACTIONS)
    assert len({one.path for one in ENDPOINTS}) == len(ENDPOINTS)
    assert len(endpoint_names()) == len(ENDPOINTS) - 1


def test_the_base_rate_of_a_corp_and_of_an_address_covers_every_interface_but_sending_and_who_opened_a_page() -> None:
    quotas = load("wecom").document.quota
    everything = {one.action for one in ENDPOINTS} - {
        "wecom.message_send",
        "wecom.auth_getuserinfo",
        "wecom.user_getuserinfo",
    }
    by_key = {BY_PATH[path].action for path in UNNAMED}
    for name in ("corp_minute", "corp_hour"):
        assert set(quotas[name].actions) == everything - by_key
    for name in ("ip_minute", "ip_hour"):
        assert set(quotas[name].actions) == everything


# ---------------------------------------------------------------- bad requests

ODD: list[Any] = [
    None,
    "",
    0,
    -1,
    [],
    {},
    "x" * 5000,
    [1],
    {"a": 1},
    True,
    1e308,
    10**30,
    "\ud800",
    "不存在",
    [None],
    ["", {}],
    [[]],
]
DONE = {40068, 40100, 42022, 40071, 41044, 41050, 41093, 60003, 60008, 60102, 60111, 60140, 660006, 660007, 95000, 95007}
"""What is said to a good request that comes twice: it exists already, or no more."""

GONE = {
    "/cgi-bin/externalcontact/delete_product_album",
    "/cgi-bin/externalcontact/customer_acquisition/delete_link",
    "/cgi-bin/user/tfa_succ",
}
"""Paths whose request names nothing any more when it comes twice: an invalid parameter, whose code says nothing else."""

STRAY = [
    "cursor",
    "limit",
    "userid",
    "external_userid",
    "chatid",
    "id",
    "name",
    "department",
    "tag",
    "order",
    "msgid",
    "safe",
    "地",
]
QUERY_ODD = ["", "0", "-1", "x" * 300, "不存在", "\x00", "1e9", "٣"]


def mutations(body: Any, rng: Random) -> Iterator[Any]:
    """The body with one field gone or odd, at every depth; and a few with several."""
    for place in list(places(body)):
        yield without(body, place)
        for odd in ODD:
            yield replaced(body, place, odd)
    for _ in range(25):
        changed = body
        for place in rng.sample(list(places(body)), min(2, len(list(places(body))))):
            changed = replaced(changed, place, rng.choice(ODD))
        yield changed


def strays(body: Any, rng: Random) -> Iterator[Any]:
    """The body with fields that belong to other requests, or whose names nobody knows."""
    for _ in range(10):
        yield {**body, **{rng.choice(STRAY): rng.choice(ODD) for _ in range(3)}}


def places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where something stands in a body."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield (*at, key)
        yield from places(inner, (*at, key))


def replaced(body: Any, place: tuple[Any, ...], odd: Any) -> Any:
    """A copy with something else there, if there still is such a place."""
    made = copy.deepcopy(body)
    inner = made
    try:
        for key in place[:-1]:
            inner = inner[key]
        inner[place[-1]] = odd
    except (KeyError, IndexError, TypeError):
        return made
    return made


def without(body: Any, place: tuple[Any, ...]) -> Any:
    """A copy without what stands there."""
    made = copy.deepcopy(body)
    inner = made
    for key in place[:-1]:
        inner = inner[key]
    del inner[place[-1]]
    return made


def bad_requests(corp: Corp, path: str, rng: Random) -> Iterator[tuple[dict[str, Any], Any]]:
    """Query and body of many requests that are not quite the good one."""
    query, body = good(corp)[path]
    for name in query:
        yield {key: value for key, value in query.items() if key != name}, body
        for odd in QUERY_ODD:
            yield {**query, name: odd}, body
    if path in UPLOADS:
        yield from ((query, odd) for odd in bad_uploads(rng))
    elif body is not None:
        yield from ((query, one) for one in (*mutations(body, rng), *strays(body, rng)))
        yield from (
            (query, raw) for raw in (b"", b"[]", b"null", b"{", b"\xff", b"[" * 3000, b'{"a":' * 3000, b'{"a": 1e999}')
        )


def bad_uploads(rng: Random) -> Iterator[bytes]:
    """Bodies that are no upload."""
    whole = upload()
    yield from (whole[:end] for end in range(0, len(whole), 7))
    yield from (upload(b"x" * size) for size in range(5))
    yield upload(filename='a";b\\"c')
    for _ in range(40):
        at = rng.randrange(len(whole))
        yield whole[:at] + rng.randbytes(3) + whole[at + rng.randrange(8) :]
    yield f"--{BOUNDARY}\r\n\r\n--{BOUNDARY}--".encode()


COUNTED: list[int] = []


LOOKED_AT = 10
"""What the corp holds is looked at after so many requests: to look takes thirty times as long as to ask."""


def counted(corp: Corp) -> Any:
    """What was counted: nothing is done without."""
    return corp.rig.world.store.snapshot("main")


@pytest.mark.parametrize("path", PATHS)
def test_a_bad_request_gets_the_vendors_envelope_and_changes_nothing(corp: Corp, path: str) -> None:
    leave(corp, path)
    rng, tried = Random(path), 0
    before, held = counted(corp), repr(corp.state)
    for query, body in bad_requests(corp, path, rng):
        response = corp.send(path, query, body)
        tried += 1
        assert response.status in (200, 206), (query, body, response)
        assert not any(name == b"x-sandbox-error" for name, _ in response.headers)
        if response.headers[0][1].startswith(b"application/json"):
            said = json.loads(response.body)
            assert isinstance(said["errcode"], int)
            assert isinstance(said["errmsg"], str)
            if said["errcode"]:
                assert (b"error-code", str(said["errcode"]).encode()) in response.headers
                assert counted(corp) == before, (query, body, said)
                assert tried % LOOKED_AT or repr(corp.state) == held, (query, body, said)
                continue
        before, held = counted(corp), repr(corp.state)
    assert repr(corp.state) == held
    COUNTED.append(tried)


def test_these_were_ten_thousand() -> None:
    if len(COUNTED) == len(PATHS):
        assert sum(COUNTED) >= 10_000, sum(COUNTED)


def test_what_may_be_asked_by_either_method_is(corp: Corp) -> None:
    for path in BY_EITHER:
        query, body = good(corp)[path]
        asked = {"access_token": corp.token, **(query or body)}
        assert corp.rig.said("wecom", "GET", path, asked)["errcode"] == 0
