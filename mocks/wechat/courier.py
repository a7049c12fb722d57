"""How an official account's events reach the merchant's server: XML in one of three modes, signed, five seconds, three attempts.

Law: packs; the sender does the sending. An empty answer or `success` confirms, and so does a reply to the user, in XML.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, Final
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from mocks import bizmsg
from mocks.bizpush import NOBODY, Seal, asked, new_aes_key, seal
from mocks.envelope import Envelope
from mocks.wechat.office import COMPATIBLE, PLAIN
from mocks.wechat.state import State
from sandbox.behaviour import Push

if TYPE_CHECKING:
    from mocks.world import Account, World

NAME: Final = "wechat"
HEADERS: Final = {"Content-Type": "text/xml"}
REPLIES: Final = ({"ToUserName", "FromUserName", "CreateTime", "MsgType"}, {"Encrypt", "MsgSignature", "TimeStamp", "Nonce"})
"""What stands in a reply to the user: plain, or sealed."""


def wanted(world: World, account: Account, push: Push) -> bool:
    """Has the account an address for its events?"""
    del world, push
    return bool(account.wechat.callback_url)


def envelope(world: World, account: Account, push: Push, fault: str = "") -> Envelope:
    """The event, ready to be sent."""
    state = account.wechat
    if fault == "rotated_key":
        state.aes_key = new_aes_key(state.secret, state.aes_key)
    seed = state.office.mint(state.secret, "delivery")
    sealed = seal(secrets(state), seed, world.now(), fault, state.mishaps, world.setting(NAME, "push_stale_by"))
    receiver = NOBODY if fault == "wrong_serial" else state.original_id
    head = {"ToUserName": receiver, "FromUserName": push.body["FromUserName"], "CreateTime": push.at // 1000}
    fields = {**head, "MsgType": "event", **{name: value for name, value in push.body.items() if name not in head}}
    ladder = tuple(int(seconds) * 1000 for seconds in world.setting(NAME, "callback_retries").split())
    url, body = _packed(state, sealed, fields, fault)
    return Envelope(url, HEADERS, body, world.setting(NAME, "callback_timeout"), ladder)


def _packed(state: State, sealed: Seal, fields: dict[str, Any], fault: str) -> tuple[str, bytes]:
    """URL and body. In plain mode the signature does not cover the body, so that nobody can see it was tampered with."""
    plain = {**fields, "FromUserName": NOBODY} if fault == "tampered_body" else fields
    query = {**signed(sealed), "openid": fields["FromUserName"]}
    if state.office.mode == PLAIN:
        return asked(state.callback_url, **query), bizmsg.xml(plain).encode()
    encrypted, signature = sealed.close(bizmsg.xml(fields).encode())
    seen = plain if state.office.mode == COMPATIBLE else {"ToUserName": fields["ToUserName"]}
    url = asked(state.callback_url, **query, encrypt_type="aes", msg_signature=signature)
    return url, bizmsg.xml({**seen, "Encrypt": encrypted}).encode()


def signed(sealed: Seal) -> dict[str, str]:
    """The three words of the query by which a server knows who asks."""
    return {"signature": sealed.signature, "timestamp": sealed.timestamp, "nonce": sealed.nonce}


def secrets(state: State) -> bizmsg.Crypt:
    """What the account's events are signed and sealed with. Raises ValueError for a key that is none."""
    found = bizmsg.crypt(state.callback_token, state.aes_key, state.appid)
    if isinstance(found, int):
        raise ValueError(state.aes_key)  # noqa: TRY004 - the value is wrong, not its type
    return found


def verification(state: State, url: str, now: int) -> tuple[str, str]:
    """The URL to ask when an address is saved, and what it must answer: the echo as it was sent."""
    seed = state.office.mint(state.secret, "verification")
    echo = str(int.from_bytes(hashlib.sha256(f"{seed}/echo".encode()).digest()[:8], "big"))
    return asked(url, **signed(seal(secrets(state), seed, now)), echostr=echo), echo


def accepted(status: int, body: bytes) -> bool:
    """Is this answer a confirmation?"""
    return status == 200 and (body.strip() in (b"", b"success") or _reply(body))


def _reply(body: bytes) -> bool:
    try:
        root = fromstring(body, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError, RecursionError):
        return False
    return root.tag == "xml" and any(needed <= {one.tag for one in root} for needed in REPLIES)
