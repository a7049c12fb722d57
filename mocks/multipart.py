"""An uploaded file in a multipart body, read strictly and kept byte for byte.

Law: pure, bounded by the body's own length, never an exception: what is no multipart body is None.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote

BOUNDARY: Final = re.compile(r'(?:^|;)\s*boundary=(?:"([^"]{1,200})"|([^\s;"]{1,200}))', re.IGNORECASE)
FILENAME: Final = re.compile(r'(?:^|;)\s*filename=(?:"((?:[^"\\]|\\.)*)"|([^;"\s]*))', re.IGNORECASE)
NAME: Final = re.compile(r'(?:^|;)\s*name=(?:"((?:[^"\\]|\\.)*)"|([^;"\s]*))', re.IGNORECASE)
FILENAME_UTF8: Final = re.compile(r"(?:^|;)\s*filename\*=utf-8''([^;\s]*)", re.IGNORECASE)
PARTS_AT_MOST = 64


@dataclass(frozen=True, slots=True)
class File:
    """A file as it was sent."""

    filename: str
    content: bytes


def file_in(content_type: str, body: bytes) -> File | None:
    """The first part that is a file, under whatever field name: clients disagree about it. None when there is none."""
    for head, content in _heads(content_type, body):
        filename = _said(head, FILENAME_UTF8, FILENAME)
        if filename is not None:
            return File(filename, content)
    return None


def texts_in(content_type: str, body: bytes) -> dict[str, str]:
    """The parts that are no files, by their names; none of a body that is no multipart body."""
    found = {}
    for head, content in _heads(content_type, body):
        name = _said(head, None, NAME)
        if name and _said(head, FILENAME_UTF8, FILENAME) is None:
            found[name] = content.decode("utf-8", "replace")
    return found


def _heads(content_type: str, body: bytes) -> Iterator[tuple[str, bytes]]:
    """What each part says of itself, and what it holds."""
    kind, _, parameters = content_type.partition(";")
    found = BOUNDARY.search(parameters)
    if kind.strip().lower() != "multipart/form-data" or not found:
        return
    mark = b"--" + (found[1] or found[2]).encode("latin-1", "replace")
    for part in _parts(mark, body):
        head, gap, content = part.partition(b"\r\n\r\n")
        if gap:
            yield head.decode("utf-8", "replace"), content


def _parts(mark: bytes, body: bytes) -> list[bytes]:
    """The parts between marks; of a body whose last mark is missing, none."""
    if not body.startswith(mark + b"\r\n"):
        start = body.find(b"\r\n" + mark + b"\r\n")
        if start < 0:
            return []
        body = body[start + 2 :]
    delimiter = re.compile(b"\r\n" + re.escape(mark) + b"(?=\r\n|--)")
    pieces = delimiter.split(body[len(mark) :], PARTS_AT_MOST)
    if not pieces[-1].startswith(b"--"):
        return []
    return [piece.removeprefix(b"\r\n") for piece in pieces[:-1]]


def _said(head: str, extended: re.Pattern[str] | None, plain: re.Pattern[str]) -> str | None:
    """What a part's disposition says: in the extended way, or else in the plain one; None when it does not say."""
    for line in head.split("\r\n"):
        name, _, value = line.partition(":")
        if name.strip().lower() == "content-disposition":
            if extended and (found := extended.search(value)):
                return unquote(found[1])
            if found := plain.search(value):
                return re.sub(r"\\(.)", r"\1", found[1] if found[1] is not None else found[2])
    return None
