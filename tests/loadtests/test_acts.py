"""Acts of persons over HTTP give what they give in process: let through, a wrong code, a challenge, a replay (A16)."""

from __future__ import annotations

import pytest

from loadtests.acts import decode_act
from loadtests.codec import BROKEN
from sandbox.behaviour import Call, Signal
from sandbox.behaviour.playing import CHALLENGE
from tests.loadtests.twins import Twins


def claim(nonce: str, **actor: str) -> Call:
    who = {"user": "u1", "device": "d1", "ip": "58.0.0.1", "segment": "58.0.0.0/24", "campaign": "c", "age_ms": "90"}
    return Call("wechat", "wechat.user.claim", "main", {**who, "nonce": nonce, **actor})


def test_acts_give_over_http_what_they_give_in_process() -> None:
    twins = Twins()
    assert twins.both(claim("n1")).ok
    wrong = claim("n2", code="0000")._replace(action="wechat.user.redeem", payload={"valid": "false"})
    assert twins.both(wrong).code == "40056"
    assert twins.both(claim("n1")).code == "43013"
    large = claim("n3", user="u2", seller="s", amount="200000")._replace(action="wechat.user.pay")
    assert twins.both(large).code == CHALLENGE
    solved = large._replace(actor={**large.actor, "nonce": "n31", "challenge": "passed"})
    assert twins.both(solved).ok
    listed = {"colour": "black", "of": "device", "value": "d9", "ttl_ms": 60_000}
    twins.both(Signal("wechat", "list", "main", payload=listed))
    assert twins.both(claim("n4", user="u3", device="d9")).code == "43013"
    twins.close()


@pytest.mark.parametrize(
    ("status", "headers", "body"),
    [
        (500, {}, b"{}"),
        (200, {"x-sandbox-error": "x"}, b'{"code": ""}'),
        (200, {}, b"no"),
        (200, {}, b"[]"),
        (200, {}, b"{}"),
    ],
)
def test_what_is_no_answer_is_never_taken_for_one(status: int, headers: dict[str, str], body: bytes) -> None:
    assert decode_act(status, headers, body) is BROKEN
