"""The part of the control plane that only WeCom needs: receiving addresses, trusted addresses, a test event to any URL.

Law: as `mocks.admin`. An address is saved only when it has answered its verification, as in the vendor's console.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from ipaddress import ip_address
from itertools import count
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from mocks import bizmsg
from mocks.bizpush import seal
from mocks.envelope import Envelope
from mocks.server import MAIN, Server
from mocks.wecom import courier
from mocks.world import Account

SHOWN = 2_000


def _plain_ip(value: str) -> str:
    return str(ip_address(value))


Url = Annotated[str, Field(pattern=r"^https?://[^\s/]+(/\S*|\?\S*)?$", max_length=2048)]


class Body(BaseModel):
    """A request to the control plane: no unknown keys."""

    model_config = ConfigDict(extra="forbid")


class Address(Body):
    """Where an account's application listens; an empty URL: nowhere."""

    account: str = MAIN
    url: Url | Annotated[str, Field(max_length=0)]


class Trusted(Body):
    """From where an account may be asked; an empty list: from anywhere."""

    account: str = MAIN
    ips: Annotated[list[Annotated[str, AfterValidator(_plain_ip)]], Field(max_length=1000)]


class TestPush(Body):
    """A listener and its secrets."""

    url: Url
    token: Annotated[str, Field(max_length=256)]
    encoding_aes_key: str
    receive_id: Annotated[str, Field(max_length=256)]


@dataclass(frozen=True, slots=True)
class Heard:
    """What a listener answered: status 0 when it did not, and then the reason as the body."""

    status: int
    body: str


def about_wecom(routes: APIRouter, server: Server, account_of: Callable[[Server, str], Account]) -> None:
    """Add these endpoints to the control plane."""
    world, ordinals = server.world, count(1)

    @routes.post("/wecom/callback")
    async def callback(address: Address) -> dict[str, Any]:
        """Save a receiving address, after asking it to decrypt an echo within a second; else it stays as it was."""
        state = account_of(server, address.account).wecom
        if not address.url:
            state.callback_url = ""
            return {"ok": True, "status": 0, "body": ""}
        secrets = _secrets(state.callback_token, state.aes_key, state.corpid)
        url, echo = courier.verification(secrets, address.url, state.mint("verification"), server.clock())
        heard = await ask("GET", Envelope(url, {}, b"", world.setting("wecom", "echo_within"), ()))
        ok = heard.status == HTTPStatus.OK and heard.body == echo
        if ok:
            state.callback_url = address.url
        return {"ok": ok, "status": heard.status, "body": heard.body}

    @routes.post("/wecom/trusted_ips")
    async def trusted(wanted: Trusted) -> dict[str, Any]:
        """Say from where an account may be asked: any other address gets 60020."""
        account_of(server, wanted.account).wecom.trusted_ips = tuple(wanted.ips)
        return {"ok": True, "ips": wanted.ips}

    @routes.post("/callbacks/push")
    async def push(wanted: TestPush) -> dict[str, Any]:
        """One signed, encrypted text message, in WeCom's format, to any URL; what it answered."""
        secrets = _secrets(wanted.token, wanted.encoding_aes_key, wanted.receive_id)
        now, ordinal = server.clock(), next(ordinals)
        head = {"ToUserName": wanted.receive_id, "FromUserName": "staff01", "CreateTime": now // 1000}
        fields = {
            **head,
            "MsgType": "text",
            "Content": "sandbox test event",
            "MsgId": now * 1000 + ordinal,
            "AgentID": 1000002,
        }
        timeout = world.setting("wecom", "callback_timeout")
        heard = await ask("POST", courier.packed(seal(secrets, f"push {now} {ordinal}", now), wanted.url, fields, timeout))
        return {"ok": courier.accepted(heard.status, b""), "status": heard.status, "body": heard.body}


def _secrets(token: str, encoding_aes_key: str, receive_id: str) -> bizmsg.Crypt:
    found = bizmsg.crypt(token, encoding_aes_key, receive_id)
    if isinstance(found, int):
        raise HTTPException(400, f"encoding_aes_key = {encoding_aes_key!r}: expected 43 characters of base64")
    return found


async def ask(method: str, sent: Envelope) -> Heard:
    """Send one delivery and wait for the whole answer, for so long and no longer."""
    from mocks.outward import Line  # noqa: PLC0415 - see there

    async with Line() as line:
        answer = await line.ask(method, sent)
    return Heard(0, answer) if isinstance(answer, str) else Heard(answer.status_code, answer.text[:SHOWN])
