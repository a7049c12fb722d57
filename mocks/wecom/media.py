"""Media (素材): files that messages name, kept for three days.

Law: plans (see `plan`). What a file may be is said by the rulebook; a file of one robot is no other's.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from mocks.desk import Desk
from mocks.http import Answer
from mocks.wecom.fields import Payload, one_of, text, wrong
from mocks.wecom.parts import media_ids
from mocks.wecom.plan import Deed, Plan, ok, telling
from mocks.wecom.state import State, Stored

KINDS: Final = ("image", "voice", "video", "file")
SMALLEST = 5
KEPT = 500
FILE = "file"
"""The name under which a request's uploaded file stands in its payload: {"filename": text, "content": bytes}."""


def unknown_media(desk: Desk, state: State, payload: Payload, owner: str = "") -> Answer | None:
    """Is a media id of this message unknown, over, or a robot's own?"""
    good = all(usable(desk, state, media_id, owner) for media_id in media_ids(payload))
    return None if good else Answer("40007")


def usable(desk: Desk, state: State, media_id: str, owner: str = "") -> bool:
    """May this file be used, now, by this owner (a robot's key, or nobody in particular)?"""
    found = state.media.get(media_id)
    return found is not None and desk.now() < found.until and found.owner == owner


def unfit_file(desk: Desk, payload: Payload, kind: str) -> Answer | None:
    """What is wrong with an uploaded file."""
    sent = payload.get(FILE)
    if not isinstance(sent, dict):
        return Answer("41005")
    size = len(sent["content"])
    if size < SMALLEST:
        return Answer("44001") if not size else Answer("40006")
    return Answer("45001") if size > desk.setting("wecom", f"{kind}_bytes") else None


def store(desk: Desk, state: State, payload: Payload, kind: str, owner: str = "") -> Stored:
    """Keep an uploaded file for three days; files that are over are forgotten, and so are the oldest of very many."""
    now, sent = desk.now(), payload[FILE]
    for old in [one.media_id for one in state.media.values() if one.until <= now]:
        del state.media[old]
    while len(state.media) >= KEPT:
        del state.media[next(iter(state.media))]
    media_id = ("3" if owner else "2") + state.mint("media", 63)
    until = now + desk.setting("wecom", "media_life")
    kept = state.media[media_id] = Stored(media_id, kind, sent["filename"], sent["content"], until, owner)
    return kept


def upload(desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """A file for messages; `created_at` is text here."""
    return _upload(desk, state, payload, "type", str)


def upload_attachment(desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """A file for moments and albums; `created_at` is a number here."""
    if refused := wrong(payload, {"attachment_type": one_of(1, 2)}):
        return refused
    return _upload(desk, state, payload, "media_type", int)


def _upload(desk: Desk, state: State, payload: Payload, name: str, written: type[str | int]) -> Answer | Deed:
    kind = payload.get(name)
    if kind not in KINDS:
        return Answer("40004")
    if refused := unfit_file(desk, payload, str(kind)):
        return refused

    def deed() -> Answer:
        kept = store(desk, state, payload, str(kind))
        return ok(type=kind, media_id=kept.media_id, created_at=written(desk.now() // 1000))

    return deed


def uploadimg(desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """A picture with an address of its own, for good."""
    if refused := unfit_file(desk, payload, "picture"):
        return refused
    return lambda: ok(url=f"http://p.qpic.cn/pic_wework/{state.mint('picture', 40)}/0")


def get(desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """The file itself; whoever writes HTTP sends it as it is."""
    if refused := wrong(payload, {"media_id": text(256)}, {"media_id": "41006"}):
        return refused
    media_id = payload["media_id"]
    if not usable(desk, state, media_id):
        return Answer("40007")
    return telling(file=state.media[media_id])


def upload_by_url(desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """A file that WeCom would fetch: there is no way out of here, so the job ends with an error that says so."""
    if refused := wrong(payload, {"scene": one_of(1), "type": one_of(*KINDS), "filename": text(64), "url": text(2048)}):
        return refused

    def deed() -> Answer:
        jobid = state.mint("job", 32)
        state.jobs[jobid] = {"type": "upload_by_url", "at": desk.now()}
        return ok(jobid=jobid)

    return deed


def get_upload_by_url_result(_desk: Desk, state: State, payload: Payload) -> Answer | Deed:
    """What became of such a job."""
    if refused := wrong(payload, {"jobid": text(64)}):
        return refused
    if payload["jobid"] not in state.jobs:
        return Answer("40007")
    detail: dict[str, Any] = {"errcode": 830001, "errmsg": "url file not exist", "media_id": "", "created_at": ""}
    return telling(status=3, detail=detail)


PLANS: Final[Mapping[str, Plan]] = {
    "wecom.media_upload": upload,
    "wecom.media_uploadimg": uploadimg,
    "wecom.media_upload_attachment": upload_attachment,
    "wecom.media_get": get,
    "wecom.media_get_jssdk": get,
    "wecom.media_upload_by_url": upload_by_url,
    "wecom.media_get_upload_by_url_result": get_upload_by_url_result,
}
"""What can be done with media."""
