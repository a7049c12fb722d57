"""Shopee's chat: what buyers write is pushed and read, what the seller writes is kept, page by page."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.mocks.rig import Rig
from tests.mocks.test_shopee_orders import did, listen

CHAT = "/api/v2/sellerchat/"


def wrote(rig: Rig, buyer: int = 0, words: str = "有货吗？") -> dict[str, Any]:
    """A buyer of the shop writes."""
    return rig.tell("shopee.buyer_wrote", buyer=rig.main.shopee.buyers[buyer], text=words)


def unread(rig: Rig) -> int:
    return rig.shop(CHAT + "get_unread_conversation_count")["response"]["total_unread_count"]


def test_what_a_buyer_writes_is_pushed_answered_and_read(rig: Rig) -> None:
    got = listen(rig)
    said = wrote(rig)
    ((code, data),) = got
    assert (code, data["type"], data["content"]["content"]) == (10, "message", {"text": "有货吗？"})
    assert data["content"]["conversation_id"] == said["conversation_id"]
    assert unread(rig) == 1
    answer = did(rig, CHAT + "send_message", to_id=said["to_id"], message_type="text", content={"text": "有"})["response"]
    assert (answer["conversation_id"], isinstance(answer["message_id"], str)) == (said["conversation_id"], True)
    page = rig.shop(CHAT + "get_message", conversation_id=said["conversation_id"])["response"]
    assert [(one["content"]["text"], one["from_shop_id"]) for one in page["messages"]] == [
        ("有", rig.main.shopee.shop_id),
        ("有货吗？", 0),
    ]
    assert did(rig, CHAT + "read_conversation", conversation_id=said["conversation_id"])["error"] == ""
    assert unread(rig) == 0


def test_a_buyer_of_an_order_writes_and_is_kept_on_top(rig: Rig) -> None:
    listen(rig)
    order = next(iter(rig.main.shopee.orders.values()))
    said = rig.tell("shopee.buyer_wrote", order_sn=order.sn)
    for action, pinned in (("pin", True), ("unpin", False)):
        did(rig, CHAT + f"{action}_conversation", conversation_id=said["conversation_id"])
        one = rig.shop(CHAT + "get_one_conversation", conversation_id=said["conversation_id"])["response"]
        assert (one["to_name"], one["pinned"]) == (order.buyer, pinned)
        rows = rig.shop(CHAT + "get_conversation_list", direction="latest", type="pinned")["response"]["conversations"]
        assert len(rows) == int(pinned)


REFUSALS: dict[str, tuple[str, dict[str, Any], str]] = {
    "to nobody": ("send_message", {"to_id": 1, "message_type": "text", "content": {"text": "x"}}, "error_not_found"),
    "of no type": ("send_message", {"to_id": 1, "content": {"text": "x"}}, "error_param"),
    "of another type": ("send_message", {"to_id": 1, "message_type": "video", "content": {}}, "error_param"),
    "without content": ("send_message", {"to_id": 1, "message_type": "text"}, "error_param"),
    "a text of nothing": ("send_message", {"to_id": 1, "message_type": "text", "content": {"text": ""}}, "error_param"),
    "an order of a number": (
        "send_message",
        {"to_id": 1, "message_type": "order", "content": {"order_sn": 1}},
        "error_param",
    ),
    "no direction": ("get_conversation_list", {"type": "all"}, "error_param"),
    "a page of none": ("get_conversation_list", {"direction": "latest", "type": "all", "page_size": 0}, "error_param"),
    "no conversation": ("get_message", {}, "error_param"),
    "an unknown conversation": ("get_message", {"conversation_id": 7}, "error_not_found"),
    "read nothing": ("read_conversation", {"conversation_id": "x"}, "error_param"),
    "pin the unknown": ("pin_conversation", {"conversation_id": 2**62}, "error_not_found"),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_what_is_wrong_with_a_request_is_said_and_changes_and_costs_nothing(standing: Rig, case: str) -> None:
    path, body, error = REFUSALS[case]
    before = standing.meters(), repr(standing.main.shopee.chats)
    assert did(standing, CHAT + path, **body)["error"] == error
    assert (standing.meters(), repr(standing.main.shopee.chats)) == before


@settings(max_examples=12)
@given(st.lists(st.integers(0, 6), max_size=12), st.integers(1, 5))
def test_pages_hold_every_conversation_and_every_message_once(writers: list[int], size: int) -> None:
    rig = Rig()
    listen(rig)
    for number, buyer in enumerate(writers):
        wrote(rig, buyer, f"{number}")
    found, after = [], ""
    while True:
        asked = {"direction": "latest", "type": "all", "page_size": size, "next_timestamp_nano": after or "0"}
        answer = rig.shop(CHAT + "get_conversation_list", **asked)["response"]
        found += [one["conversation_id"] for one in answer["conversations"]]
        if not answer["page_result"]["more"]:
            break
        after = answer["page_result"]["next_cursor"]["next_message_time_nano"]
    names = {rig.main.shopee.buyers[buyer] for buyer in writers}
    assert (len(found), len(set(found))) == (len(names), len(names))
    said, offset = [], ""
    while found:
        asked = {"conversation_id": found[0], "page_size": size, "offset": offset}
        page = rig.shop(CHAT + "get_message", **asked)["response"]
        said += [int(one["content"]["text"]) for one in page["messages"]]
        offset = page["page_result"]["next_offset"]
        if not offset:
            break
    last = {rig.main.shopee.buyers[writers[-1]]} if writers else set()
    assert said == [n for n, buyer in enumerate(writers) if rig.main.shopee.buyers[buyer] in last][::-1]
    rig.close()
