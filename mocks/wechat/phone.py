"""A user's phone with a merchant's page open in it: it checks the page's signatures, then takes cards, or shows those that he has.

Law: a phone decides nothing about cards; whether one can be taken, the cards say. The same timestamp and nonce are good once.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from mocks.bizpush import asked as asked_of
from mocks.desk import Desk
from mocks.http import Answer, dumps
from mocks.wechat import jssdk
from mocks.wechat.cards.claiming import received
from mocks.wechat.cards.codes import USABLE
from mocks.wechat.cards.concealing import conceal
from mocks.wechat.cards.finding import code_of
from mocks.wechat.state import State
from mocks.wechat.tickets import CARD, JSAPI, good
from sandbox.clock import real_now
from sandbox.policy import Signal

NAME: Final = "wechat"
CELLS: Final = ("custom_url", "promotion_url", "center_url")
"""Links on a card's face."""


def config(desk: Desk, state: State, signal: Signal) -> Answer:
    """A page opens: `wx.config` with its url, noncestr, timestamp and signature."""
    said = {name: str(signal.payload.get(name, "")) for name in ("url", "noncestr", "timestamp", "signature")}
    result = jssdk.configured(good(state, JSAPI, desk.now()), said, real_now(), desk.setting(NAME, "jssdk_skew"))
    return Answer("0", {"errMsg": f"config:{result}"})


def add(desk: Desk, state: State, signal: Signal) -> Answer:
    """The user adds cards from a page: `wx.addCard` with its cardList of cardId and cardExt."""
    openid, listed = signal.payload.get("openid"), signal.payload.get("cardList")
    if not isinstance(listed, list) or not listed or not all(isinstance(one, dict) for one in listed):
        return Answer("0", {"errMsg": "addCard:fail, the cardList is empty"})
    taken = [_take(desk, state, signal, str(openid or ""), one) for one in listed]
    done = all(one["isSuccess"] for one in taken)
    why = next((one["reason"] for one in taken if not one["isSuccess"]), "")
    return Answer("0", {"errMsg": "addCard:ok" if done else f"addCard:fail, {why}", "cardList": taken})


def _take(desk: Desk, state: State, signal: Signal, openid: str, asked: Mapping[str, Any]) -> dict[str, Any]:
    card_id, text = str(asked.get("cardId", "")), str(asked.get("cardExt", ""))
    shown = {"cardId": card_id, "cardExt": text, "code": "", "isSuccess": False}
    ext = jssdk.read_ext(text)
    if ext is None:
        return {**shown, "reason": "invalid cardExt"}
    tickets, skew = good(state, CARD, desk.now()), desk.setting(NAME, "jssdk_skew")
    stamp = (ext.get("timestamp", ""), ext.get("nonce_str", "") + ext.get("signature", ""))
    bad = jssdk.ext_problem(tickets, card_id, ext, real_now(), skew)
    if not bad and stamp in state.office.used_nonces:
        bad = "the signature was used before"
    if not bad and ext.get("openid", openid) not in ("", openid):
        bad = "the card is for another user"
    if bad:
        return {**shown, "reason": bad}
    wanted = {"card_id": card_id, "openid": openid, "encrypted": True, "outer_str": ext.get("outer_str", "")}
    if ext.get("code"):
        wanted["code"] = ext["code"]
    answer = received(desk, state, Signal(NAME, "wechat.card_received", state.account, actor=signal.actor, payload=wanted))
    if answer.code != "0":
        return {**shown, "reason": answer.code}
    state.office.used_nonces.add(stamp)
    return {**shown, "code": answer.body["encrypt_code"], "isSuccess": True, "reason": ""}


def choose(desk: Desk, state: State, signal: Signal) -> Answer:
    """The user opens his cards from a page: `wx.chooseCard`; all that he can use are what he chooses."""
    said = signal.payload
    tickets, skew = good(state, CARD, desk.now()), desk.setting(NAME, "jssdk_skew")
    if bad := jssdk.choice_problem(tickets, state.appid, said, real_now(), skew):
        return Answer("0", {"errMsg": f"chooseCard:fail, {bad}"})
    kind, card_id, openid = said.get("cardType"), said.get("cardId"), said.get("openid")
    found = [
        {"card_id": card.id, "encrypt_code": conceal(state, card.codes.texts[number])}
        for card in state.cards.values()
        if kind in ("", None, card.kind) and card_id in ("", None, card.id)
        for number, what in enumerate(card.codes.states)
        if what in USABLE and card.codes.holder(number) == openid and card.status_of(number, desk.now()) == "NORMAL"
    ]
    return Answer("0", {"errMsg": "chooseCard:ok", "cardList": dumps(found).decode()})


def follow(desk: Desk, state: State, signal: Signal) -> Answer:
    """The user follows a link on a card that he has: the merchant's page is told which card and code, and can check who says so."""
    del desk
    found, cell = code_of(state, signal.payload), signal.payload.get("cell", "custom_url")
    if isinstance(found, Answer):
        return found
    card, number = found
    url = card.base.get(cell) if cell in CELLS else None
    if not isinstance(url, str) or not url:
        return Answer("40097", text=f"cell: expecting one of {', '.join(CELLS)} that the card has")
    code, openid = card.codes.texts[number], card.codes.holder(number)
    signature = jssdk.values_signature([state.secret, code, card.id])
    said = {"card_id": card.id, "encrypt_code": conceal(state, code), "openid": openid, "signature": signature}
    return Answer("0", {"url": asked_of(url, **said)})


SIGNALS: Final[Mapping[str, Any]] = {
    "wechat.page_opened": config,
    "wechat.cards_added": add,
    "wechat.cards_chosen": choose,
    "wechat.link_followed": follow,
}
"""What a user does on a merchant's page."""
