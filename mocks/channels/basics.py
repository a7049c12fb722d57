"""The shop's own page: what it is, pictures and papers that are uploaded, addresses by code, categories and brands.

Law: plans. A picture is known by its size, since the main image of a product must have the right one (V06).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, Final

from mocks.channels import categories, events
from mocks.channels.categories import CATEGORIES
from mocks.channels.fields import Payload, checked, invalid, key, maybe, number, one_of, whole
from mocks.channels.plan import Deed, Plan, ok, telling
from mocks.channels.state import State
from mocks.desk import Desk
from mocks.http import Answer

ENTITIES: Final = {"enterprise": "企业", "individual": "个体工商户", "personal": "个人"}
AREAS: Final[Mapping[str, tuple[str, str, int, str]]] = {
    "440000": ("广东省", "440000", 1, "0"),
    "440100": ("广州市", "440100", 2, "440000"),
    "440105": ("海珠区", "440105", 3, "440100"),
    "110000": ("北京市", "110000", 1, "0"),
    "110100": ("北京市", "110100", 2, "110000"),
    "110108": ("海淀区", "110108", 3, "110100"),
}
"""Some areas: name, code, level, the one above."""


def info(_desk: Desk, state: State, _asked: Payload) -> Answer | Deed:
    """The shop as buyers see it; until licence and filing number are on its home page it is being opened (M19)."""
    shop = state.shop
    return telling(
        info={
            "nickname": shop.nickname,
            "headimg_url": "http://wx.qlogo.cn/mmhead/shop/0",
            "subject_type": ENTITIES[shop.entity],
            "status": "open_finished" if shop.opened else "opening",
            "username": state.official.original_id,
        }
    )


def img_upload(_desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """Keep a picture: `upload_type` 0 a file, with its height and width, or 1 the URL of one; `resp_type` 1 wants a URL."""
    kinds = {"upload_type": maybe(one_of(0, 1)), "resp_type": maybe(one_of(0, 1))}
    sizes = {"height": maybe(whole(1, 20_000)), "width": maybe(whole(1, 20_000))}
    if refused := checked(asked, {**kinds, **sizes}):
        return refused
    content = _content(asked)
    if not content:
        return Answer("44002")
    digest = hashlib.sha256(content).hexdigest()

    def deed() -> Answer:
        url = f"https://mmecimage.cn/p/{state.official.appid}/{digest[:54]}"
        state.files[digest[:32]] = content
        if asked.get("width"):
            state.images[url] = (number(asked["width"]), number(asked.get("height"), 0))
        if number(asked.get("resp_type"), 0) == 1:
            return ok(pic_file={"img_url": url})
        return ok(pic_file={"media_id": digest[:32], "pay_media_id": f"pay_{digest[:32]}"})

    return deed


def _content(asked: Payload) -> bytes:
    """The bytes that were sent, or for a URL something to know it by."""
    sent = asked.get("file")
    if isinstance(sent, bytes):
        return sent
    url = asked.get("img_url")
    return url.encode("utf-8", "replace") if isinstance(url, str) else b""


def qualification_upload(_desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """Keep the picture of a paper."""
    content = _content(asked)
    if not content:
        return Answer("44002")
    file_id = hashlib.sha256(content).hexdigest()[:32]

    def deed() -> Answer:
        state.files[file_id] = content
        return ok(data={"file_id": file_id})

    return deed


def media_get(_desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """A picture that was uploaded, byte for byte."""
    media_id = asked.get("media_id")
    content = state.files.get(media_id) if isinstance(media_id, str) else None
    return Answer("40007") if content is None else telling(file=content)


def address_code(_desk: Desk, _state: State, asked: Payload) -> Answer | Deed:
    """An area and those within it; 0 is the country."""
    code = str(number(asked.get("addr_code", asked.get("addr_id")), 0))
    if code != "0" and code not in AREAS:
        return invalid("addr_code", "the code of an area")
    here = {"name": "中国", "code": 0, "level": 0} if code == "0" else _area(code)
    return telling(addrs_msg=here, next_level_addrs=[_area(one) for one, row in AREAS.items() if row[3] == code])


def _area(code: str) -> dict[str, Any]:
    name, number_, level, _ = AREAS[code]
    return {"name": name, "code": int(number_), "level": level}


def category_all(_desk: Desk, _state: State, _asked: Payload) -> Answer | Deed:
    """Every category, the old way and the new."""
    return telling(cats=categories.tree(), cats_v2=categories.tree())


def category_detail(_desk: Desk, _state: State, asked: Payload) -> Answer | Deed:
    """What a category wants of its products."""
    found = CATEGORIES.get(key(asked.get("cat_id")))
    return Answer("10020017") if found is None or not found.kind else telling(**categories.detail(found))


def category_sons(_desk: Desk, _state: State, asked: Payload) -> Answer | Deed:
    """The categories right below one; 0 is the root."""
    parent = str(number(asked.get("f_cat_id"), 0))
    return telling(data=[categories.shown(one) for one in categories.ROWS if one.parent == parent])


def category_add(desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """Ask for the right to a category, with its papers; granted at once, since nothing here says otherwise."""
    wanted = asked.get("category_info")
    if not isinstance(wanted, dict):
        return invalid("category_info", "an object")
    ids = [key(wanted.get(name)) for name in ("level1", "level2", "level3") if wanted.get(name)]
    if not ids or categories.leaf_of(ids) is None:
        return Answer("10020017")

    def deed() -> Answer:
        audit_id = state.mint("audit")
        state.categories[audit_id] = {"cat_id": ids[-1], "status": 3, "content": wanted}
        body = {"audit_id": audit_id, "status": 3, "reason": ""}
        events.tell(desk, state, "product_category_audit", ProductCategoryAudit=body)
        return ok(audit_id=audit_id)

    return deed


def category_audit(_desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """How such a request fared: 3 granted, 12 taken back."""
    found = state.categories.get(key(asked.get("audit_id")))
    if found is None:
        return invalid("audit_id", "the id of a request")
    return telling(data={"audit_id": key(asked["audit_id"]), "status": found["status"], "reject_reason": ""})


def category_audit_cancel(_desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """Take such a request back."""
    found = state.categories.get(key(asked.get("audit_id")))
    if found is None:
        return invalid("audit_id", "the id of a request")

    def deed() -> Answer:
        found["status"] = 12
        return ok()

    return deed


def category_list(_desk: Desk, state: State, _asked: Payload) -> Answer | Deed:
    """The categories that the shop may use."""
    rows = [{"cat_id": one["cat_id"], "qua_id": number_} for number_, one in state.categories.items() if one["status"] == 3]
    return telling(list=rows)


PLANS: Final[Mapping[str, Plan]] = {
    "channels.info": info,
    "channels.img_upload": img_upload,
    "channels.qualification_upload": qualification_upload,
    "channels.media_get": media_get,
    "channels.address_code": address_code,
    "channels.category_all": category_all,
    "channels.category_detail": category_detail,
    "channels.category_sons": category_sons,
    "channels.category_add": category_add,
    "channels.category_audit": category_audit,
    "channels.category_audit_cancel": category_audit_cancel,
    "channels.category_list": category_list,
}
"""What can be asked about the shop itself."""
