"""Pictures as old clients name them: by their addresses, which the vendor fetches and gives addresses of its own.

Law: plans, in the words of v1. Nothing is fetched here: what is an address of the web is taken for a picture. What v1 puts on an
item, v2 shows by its number.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from typing import Any, Final

from mocks.desk import Desk
from mocks.http import Answer
from mocks.shopee import catalog, items
from mocks.shopee.fields import Kind, Payload, between, checked, each, maybe, text, whole, wrong
from mocks.shopee.plan import Deed, Plan, ok, telling
from mocks.shopee.products import one_item
from mocks.shopee.state import State
from mocks.shopee.v1.words import refused

OWN: Final = "https://cf.shopee.sg/file/"
MOST: Final = 9
URL: Final[Kind] = text(500)
URLS: Final = each(URL, MOST)


def fetched(url: str) -> bool:
    """Is it an address from which something can be fetched?"""
    return url.startswith(("http://", "https://"))


def number_of(url: str) -> str:
    """A picture's number: the vendor's own where it is one of its addresses, else one that always is the same."""
    return url.removeprefix(OWN) if url.startswith(OWN) else f"sg-{sha256(url.encode('utf-8', 'replace')).hexdigest()[:40]}"


def _of(urls: Sequence[str]) -> list[str]:
    return [number_of(url) for url in urls if fetched(url)]


def _added(before: list[str], asked: Payload) -> list[str]:
    return [*before, *_of(asked["images"])]


def _replaced(_before: list[str], asked: Payload) -> list[str]:
    return _of(asked["images"])


def _inserted(before: list[str], asked: Payload) -> list[str]:
    place = (whole(asked["image_position"]) or 1) - 1
    return [*before[:place], *_of([asked["image_url"]]), *before[place:]]


def _removed(before: list[str], asked: Payload) -> list[str]:
    """By address, or by position from 1 where no address is given; positions that there are not do not count."""
    if asked.get("images"):
        gone = set(_of(asked["images"]))
        return [one for one in before if one not in gone]
    places = {whole(one) for one in asked.get("positions") or []}
    return [one for place, one in enumerate(before, 1) if place not in places]


def _changing(kinds: Mapping[str, Kind], choose: Callable[[list[str], Payload], list[str]]) -> Plan:
    """The plan that gives an item other pictures: one to nine of them."""

    def plan(desk: Desk, state: State, asked: Payload) -> Answer | Deed:
        item = one_item(state, asked)
        if isinstance(item, Answer):
            return refused(item)
        if refusal := checked(asked, kinds):
            return refusal
        before = catalog.images(item)["image_id_list"]
        after = choose(before, asked)
        if after == before or not 1 <= len(after) <= MOST:
            return wrong("images are invalid, an item has one to nine")
        planned = items.update_item(desk, state, {"item_id": item.id, "image": {"image_id_list": after}})
        if isinstance(planned, Answer):
            return refused(planned)

        def deed() -> Answer:
            planned()
            failed = [url for url in asked.get("images") or [] if not fetched(url)]
            shown = catalog.images(item)["image_url_list"]
            return ok(item_id=item.id, images=shown, fail_image=failed, modified_time=item.updated // 1000)

        return deed

    return plan


def upload(_desk: Desk, _state: State, asked: Payload) -> Answer | Deed:
    """UploadImg: pictures' addresses, and the vendor's own for them."""
    if refusal := checked(asked, {"images": URLS}):
        return refusal
    return telling(images=[_told(url) for url in asked["images"]])


def _told(url: str) -> dict[str, Any]:
    done = fetched(url)
    return {
        "image_url": url,
        "shopee_image_url": OWN + number_of(url) if done else "",
        "error_desc": "" if done else "download image failed",
    }


PLANS: Final[Mapping[str, Plan]] = {
    "shopee.v1_images_add": _changing({"images": URLS}, _added),
    "shopee.v1_images_update": _changing({"images": URLS}, _replaced),
    "shopee.v1_images_insert": _changing({"image_url": URL, "image_position": between(1, MOST)}, _inserted),
    "shopee.v1_images_delete": _changing(
        {"images": maybe(each(URL, MOST, 0)), "positions": maybe(each(between(), MOST, 0))}, _removed
    ),
    "shopee.v1_image_upload": upload,
}
"""What old clients can do with pictures."""
