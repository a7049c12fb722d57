"""An uploaded file in a multipart body, read strictly and kept byte for byte.

Law: pure, bounded by the body's own length, never an exception: what is no multipart body is None.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote

BOUNDARY: Final = re.compile(r'(?:^|;)\s*boundary=(?:"([^"]{1,200})"|([^\s;"]{1,200}))', re.IGNORECASE)
FILENAME: Final = re.compile(r'(?:^|;)\s*filename=(?:"((?:[^"\\]|\\.)*)"|([^;"\s]*))', re.IGNORECASE)
FILENAME_UTF8: Final = re.compile(r"(?:^|;)\s*filename\*=utf-8''([^;\s]*)", re.IGNORECASE)
PARTS_AT_MOST = 64


@dataclass(frozen=True, slots=True)
class File:
    """A file as it was sent."""

    filename: str
    content: bytes


def file_in(content_type: str, body: bytes) -> File | None:
    """The first part that is a file, under whatever field name: clients disagree about it. None when there is none."""
    kind, _, parameters = content_type.partition(";")
    found = BOUNDARY.search(parameters)
    if kind.strip().lower() != "multipart/form-data" or not found:
        return None
    mark = b"--" + (found[1] or found[2]).encode("latin-1", "replace")
    for part in _parts(mark, body):
        head, gap, content = part.partition(b"\r\n\r\n")
        filename = _filename(head.decode("utf-8", "replace")) if gap else None
        if filename is not None:
            return File(filename, content)
    return None


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


def _filename(head: str) -> str | None:
    """The file name in a part's head; None when it has none, so is no file."""
    for line in head.split("\r\n"):
        name, _, value = line.partition(":")
        if name.strip().lower() == "content-disposition":
            if extended := FILENAME_UTF8.search(value):
                return unquote(extended[1])
            if plain := FILENAME.search(value):
                return re.sub(r"\\(.)", r"\1", plain[1] if plain[1] is not None else plain[2])
    return None
