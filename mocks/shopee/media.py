"""Pictures and videos for items: a picture at once, a video in parts that the vendor puts together after a while.

Law: plans. What was uploaded is not kept, only that it was.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Final

from mocks.desk import Desk
from mocks.http import Answer
from mocks.shopee import life
from mocks.shopee.fields import NAME, Payload, between, checked, each, maybe, text, whole, wrong
from mocks.shopee.plan import Deed, Plan, ok, telling
from mocks.shopee.state import State, Video

KINDS: Final = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")
"""How a JPG and a PNG begin."""

PART: Final = 4 << 20
"""Bytes of each part of a video but the last."""

LONGEST: Final = 30 << 20


def upload_image(desk: Desk, _state: State, asked: Payload) -> Answer | Deed:
    """A picture: its number, and where it is seen."""
    content = asked.get("content")
    if not isinstance(content, bytes) or not content.startswith(KINDS):
        return wrong("image is invalid, it must be a JPG or PNG file")
    if len(content) > desk.setting(NAME, "image_bytes"):
        return wrong("image is larger than 10 MB")
    number = f"sg-{sha256(content).hexdigest()[:40]}"
    seen = [{"image_url_region": "SG", "image_url": f"https://cf.shopee.sg/file/{number}"}]
    info = {"image_id": number, "image_url_list": seen}
    return telling(image_info=info, image_info_list=[{"id": 0, "error": "", "message": "", "image_info": info}])


def begin_video(_desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """A video is going to be uploaded, of so many bytes."""
    if refused := checked(asked, {"file_md5": text(32, 32), "file_size": between(1, LONGEST)}):
        return refused
    parts = -(-(whole(asked["file_size"]) or 1) // PART)

    def deed() -> Answer:
        number = f"sg_{state.mint()}"
        state.videos[number] = Video(parts)
        return ok(video_upload_id=number)

    return deed


def _video(state: State, asked: Payload) -> Video | Answer:
    found = state.videos.get(str(asked.get("video_upload_id")))
    return found or Answer("error_not_found", text="Wrong parameters, detail: the video is not found.")


def video_part(_desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """One part, in any order."""
    video, place = _video(state, asked), whole(asked.get("part_seq"))
    if isinstance(video, Answer):
        return video
    content = asked.get("content")
    if place is None or place >= video.parts or not isinstance(content, bytes) or not 0 < len(content) <= PART:
        return wrong("part_seq or part_content is invalid")

    def deed() -> Answer:
        video.got.add(place)
        return ok()

    return deed


def end_video(desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """All parts are there: the vendor puts them together, and pushes 11 when it has."""
    video = _video(state, asked)
    if isinstance(video, Answer):
        return video
    if refused := checked(asked, {"part_seq_list": maybe(each(between(0, 100), 100, 0))}):
        return refused
    if len(video.got) < video.parts or video.due:
        return wrong("some parts are not uploaded" if not video.due else "the upload was completed before")
    number = str(asked["video_upload_id"])

    def deed() -> Answer:
        video.due = desk.now() + desk.setting(NAME, "video_takes")
        desk.later(state.account, video.due, f"shopee video {number}", lambda: _done(desk, state, number))
        return ok()

    return deed


def _done(desk: Desk, state: State, number: str) -> None:
    life.push(desk, state, "video_upload", 11, {"video_upload_id": number, "status": "SUCCEEDED"})


def video_result(desk: Desk, state: State, asked: Payload) -> Answer | Deed:
    """How far a video is."""
    video = _video(state, asked)
    if isinstance(video, Answer):
        return video
    status = ("SUCCEEDED" if desk.now() >= video.due else "TRANSCODING") if video.due else "INITIATED"
    seen: dict[str, Any] = {"video_url_list": [], "thumbnail_url_list": [], "duration": 10}
    return telling(status=status, video_info=seen if status == "SUCCEEDED" else None, message="")


PLANS: Final[Mapping[str, Plan]] = {
    "shopee.image_upload": upload_image,
    "shopee.video_begin": begin_video,
    "shopee.video_part": video_part,
    "shopee.video_end": end_video,
    "shopee.video_result": video_result,
}
"""What can be uploaded."""
