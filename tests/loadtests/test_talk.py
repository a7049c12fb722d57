"""What an SDK does about tokens: fetches them, and, when one has died, fetches it anew and repeats the call, once."""

from __future__ import annotations

from typing import Any

import pytest

from loadtests.codec import Incoming, Outgoing
from loadtests.talk import Talk, token_calls
from mocks.server import MAIN
from sandbox.behaviour import Call, Signal
from sandbox.errors import MachineError
from tests.loadtests.twins import Twins

MESSAGE = {"touser": "staff01", "msgtype": "text", "agentid": 1000002, "text": {"content": "新订单"}}
WINDOW = {"time_range_field": "create_time", "time_from": 1_772_400_000, "time_to": 1_772_416_800, "page_size": 1}
CALLS = {
    "wecom": Call("wecom", "wecom.message_send", MAIN, payload=MESSAGE),
    "wechat": Call("wechat", "wechat.card.create", MAIN, payload={"card": {}}),
    "shopee": Call("shopee", "shopee.order_list", MAIN, payload=WINDOW),
}
REFUSED_BY_SERVICE = {"wecom": "", "wechat": "40071", "shopee": ""}
"""What each of those calls is answered with when its token is good."""


class Counted:
    """A way to send that counts."""

    def __init__(self, twins: Twins) -> None:
        self._send = twins.send
        self.paths: list[str] = []

    def __call__(self, out: Outgoing) -> Incoming:
        self.paths.append(out.target.partition("?")[0])
        return self._send(out)


@pytest.fixture
def counted(twins: Twins) -> Counted:
    return Counted(twins)


@pytest.fixture
def talk(twins: Twins, counted: Counted) -> Talk:
    return Talk(twins.session, counted, MAIN)


@pytest.mark.parametrize("platform", CALLS)
def test_a_dead_token_is_fetched_anew_and_the_call_repeated(
    twins: Twins, talk: Talk, counted: Counted, platform: str
) -> None:
    expired = twins.rig.admin(
        "POST", "/tokens/expire", {"platform": platform, "access_token": twins.session.tokens[platform]}
    )
    assert expired["status"] == 200
    assert talk.call(CALLS[platform]).code == REFUSED_BY_SERVICE[platform]
    assert len(counted.paths) == 3, "the call, the token, the call again"
    assert talk.call(CALLS[platform]).code == REFUSED_BY_SERVICE[platform]
    assert len(counted.paths) == 4, "the new token is kept"


@pytest.mark.parametrize("platform", CALLS)
def test_a_token_that_was_never_good_is_replaced_too(talk: Talk, platform: str) -> None:
    talk.session.tokens[platform] = "never issued"
    assert talk.call(CALLS[platform]).code == REFUSED_BY_SERVICE[platform]


def test_tokens_outlive_their_life(twins: Twins, talk: Talk) -> None:
    for _ in range(3):
        twins.rig.jump(5 * 3_600_000)
        assert [talk.call(call).code for call in CALLS.values()] == ["", "40071", ""]


def test_what_cannot_be_fetched_anew_stays_refused_and_is_tried_once(twins: Twins, talk: Talk, counted: Counted) -> None:
    twins.rig.main.wecom.secret = "changed meanwhile"
    talk.session.tokens["wecom"] = "never issued"
    assert talk.call(CALLS["wecom"]).code == "40014"
    assert len(counted.paths) == 2


def test_a_token_that_somebody_else_has_fetched_meanwhile_is_used(twins: Twins, counted: Counted) -> None:
    class Meanwhile(Counted):
        """Another player gets the new token while this one's call is under way."""

        def __call__(self, out: Outgoing) -> Incoming:
            incoming = super().__call__(out)
            twins.session.tokens["wecom"] = good
            return incoming

    good = twins.session.tokens["wecom"]
    twins.session.tokens["wecom"] = "never issued"
    meanwhile = Meanwhile(twins)
    assert Talk(twins.session, meanwhile, MAIN).call(CALLS["wecom"]).ok
    assert meanwhile.paths == ["/wecom/cgi-bin/message/send"] * 2
    assert not counted.paths


def test_tokens_are_fetched_at_the_start_but_the_one_that_the_env_file_holds(twins: Twins) -> None:
    session = twins.connect()
    assert [call.action for call in token_calls(session, MAIN)] == ["wecom.gettoken", "wechat.stable_token"]
    Talk(session, twins.send, MAIN).fetch_tokens()
    assert not token_calls(session, MAIN)


def test_wrong_credentials_are_one_sentence(twins: Twins) -> None:
    session = twins.connect()
    session.values = {**session.values, "WECOM_SECRET": "wrong"}
    with pytest.raises(MachineError, match=r"wecom\.gettoken gives no token: 40001"):
        Talk(session, twins.send, MAIN).fetch_tokens()


def test_a_request_without_an_answer_is_a_reply() -> None:
    def nobody(_: Outgoing) -> Incoming:
        raise ConnectionRefusedError(111, "Connection refused")

    twins = Twins()
    talk = Talk(twins.session, nobody, MAIN)
    told: list[Any] = [talk.call(CALLS["wecom"]), talk.tell(Signal("shopee", "shopee.order_placed", MAIN))]
    assert [(reply.ok, reply.code, dict(reply.body)) for reply in told] == [(False, "transport", {})] * 2
    twins.close()
