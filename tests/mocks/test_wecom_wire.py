"""WXBizMsgCrypt and multipart: the official vector, a stranger's implementation both ways, and whatever bytes may come."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

import pytest
from defusedxml.ElementTree import fromstring
from hypothesis import given, settings
from hypothesis import strategies as st
from requests import Request as Prepared
from wechatpy.enterprise.crypto import PrpCrypto, WeChatCrypto

from mocks import bizmsg as wire
from mocks.multipart import File, file_in

TOKEN, AES_KEY, CORP = "QDG6eK", "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C", "wx5823bf96d3bd56c7"
ECHO = "P9nAzCzyDtyTWESHep1vC5X9xho/qYX3Zpb4yKa9SKld1DsH3Iyt3tP3zNdtp+4RPcs8TgAE7OaBO+FZXvnaqQ=="
SIGNED = ("5c45ff5e21c57e6ad56bac8758b79b1d9ac89fd3", "1409659589", "263014780", ECHO)
KEYS = st.binary(min_size=32, max_size=32).map(lambda raw: base64.b64encode(raw).decode()[:43])
"""Any 32 bytes as 43 characters; the last character's spare bits are what base64 makes them."""


def official() -> wire.Crypt:
    """The secrets of the official sample."""
    found = wire.crypt(TOKEN, AES_KEY, CORP)
    assert isinstance(found, wire.Crypt)
    return found


def test_the_official_vector_is_read() -> None:
    assert wire.signature(TOKEN, *SIGNED[1:]) == SIGNED[0]
    assert wire.opened(official(), *SIGNED) == b"1616140317555161061"


@pytest.mark.parametrize(
    ("said", "number"),
    [
        (("0" * 40, *SIGNED[1:]), wire.BAD_SIGNATURE),
        (("\u00e9", *SIGNED[1:]), wire.BAD_SIGNATURE),
        ((SIGNED[0], "1409659590", *SIGNED[2:]), wire.BAD_SIGNATURE),
    ],
)
def test_a_wrong_signature_is_told_apart(said: tuple[str, str, str, str], number: int) -> None:
    assert wire.opened(official(), *said) == number


def test_another_receiver_key_or_text_is_told_apart() -> None:
    other = wire.Crypt(TOKEN, official().key, "ww0")
    assert wire.decrypt(other, ECHO) == wire.BAD_RECEIVER
    assert wire.decrypt(wire.Crypt(TOKEN, b"k" * 32, CORP), ECHO) in (wire.BAD_BUFFER, wire.BAD_RECEIVER)
    assert wire.decrypt(official(), "no base64!") == wire.BAD_BASE64
    assert wire.decrypt(official(), "YWJj") == wire.BAD_CIPHER
    assert [wire.crypt(TOKEN, key, CORP) for key in ("", "short", AES_KEY + "A", "!" * 43, "中" * 43)] == [wire.BAD_KEY] * 5


@given(
    KEYS, st.binary(max_size=300), st.text(st.characters(codec="utf-8"), max_size=40), st.binary(min_size=16, max_size=16)
)
@settings(max_examples=80, deadline=None)
def test_what_is_encrypted_is_read_again_and_padded_to_thirty_two(
    key: str, message: bytes, receiver: str, salt: bytes
) -> None:
    secrets = wire.crypt("t", key, receiver)
    assert isinstance(secrets, wire.Crypt)
    sealed = wire.encrypt(secrets, salt, message)
    assert len(base64.b64decode(sealed)) % 32 == 0
    assert wire.decrypt(secrets, sealed) == message
    said = wire.signature("t", "1", "2", sealed)
    assert wire.opened(secrets, said, "1", "2", sealed) == message


@given(st.text(max_size=120), st.binary(max_size=120))
@settings(max_examples=80, deadline=None)
def test_whatever_arrives_is_answered_with_a_number_or_a_message(text: str, raw: bytes) -> None:
    for encrypted in (text, base64.b64encode(raw).decode(), base64.b64encode(raw * 16).decode()):
        assert isinstance(wire.decrypt(official(), encrypted), int | bytes)


@given(st.text(st.characters(codec="utf-8", exclude_categories=("Cc",)), min_size=1, max_size=200))
@settings(max_examples=100, deadline=None)
def test_a_strangers_library_reads_ours_and_we_read_its(message: str) -> None:
    theirs = PrpCrypto(official().key)
    assert theirs.decrypt(wire.encrypt(official(), b"s" * 16, message.encode()), CORP) == message
    assert wire.decrypt(official(), theirs.encrypt(message, CORP).decode()) == message.encode()


def test_a_strangers_reply_is_read() -> None:
    reply = fromstring(WeChatCrypto(TOKEN, AES_KEY, CORP).encrypt_message("<xml/>", "nonce", "1409659589"))
    said = [reply.findtext(name) or "" for name in ("MsgSignature", "TimeStamp", "Nonce", "Encrypt")]
    assert wire.opened(official(), *said) == b"<xml/>"


FIELDS = st.dictionaries(st.sampled_from(["Content", "Event", "UserID"]), st.text(max_size=60) | st.integers(0, 2**62))


@given(FIELDS)
@settings(max_examples=80, deadline=None)
def test_xml_holds_any_text_that_xml_can_hold(fields: Mapping[str, Any]) -> None:
    root = fromstring(wire.xml(fields))
    for name, value in fields.items():
        kept = wire.NO_XML.sub("", str(value)).replace("\r\n", "\n").replace("\r", "\n")
        assert (root.findtext(name) or "") == kept


def test_objects_nest_and_lists_repeat() -> None:
    assert (
        wire.xml({"A": {"B": [1, 2]}, "C": "]]>"}) == "<xml><A><B>1</B><B>2</B></A><C><![CDATA[]]]]><![CDATA[>]]></C></xml>"
    )


@given(st.binary(max_size=400), st.text(st.characters(codec="latin-1", exclude_categories=("Cc",)), min_size=1, max_size=20))
@settings(max_examples=80, deadline=None)
def test_a_file_that_requests_sends_comes_through_byte_for_byte(content: bytes, filename: str) -> None:
    sent = Prepared("POST", "http://x.test", files={"media": (filename, content)}, data={"a": "b"}).prepare()
    found = file_in(sent.headers["Content-Type"], sent.body)
    assert found is not None
    assert found.content == content


@pytest.mark.parametrize("name", ["订单.png", "a b.txt", 'q"uote.txt', "../../etc/passwd"])
def test_a_file_keeps_its_name(name: str) -> None:
    sent = Prepared("POST", "http://x.test", files={"media": (name, b"12345")}).prepare()
    found = file_in(sent.headers["Content-Type"], sent.body)
    assert found is not None
    assert found.filename.replace("%22", '"') == name


BODY = b'--b\r\nContent-Disposition: form-data; name="media"; filename="a"\r\n\r\nhello\r\n--b--\r\n'


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/json", BODY),
        ("multipart/form-data", BODY),
        ("multipart/form-data; boundary=c", BODY),
        ("multipart/form-data; boundary=b", b""),
        ("multipart/form-data; boundary=b", BODY[:-6]),
        ("multipart/form-data; boundary=b", BODY.replace(b'; filename="a"', b"")),
        ("multipart/form-data; boundary=b", BODY.replace(b"\r\n\r\n", b"\r\n")),
        ('multipart/form-data; boundary="', BODY),
    ],
)
def test_what_is_no_upload_is_none(kind: str, body: bytes) -> None:
    assert file_in(kind, body) is None


def test_a_quoted_boundary_and_a_preamble_are_read() -> None:
    assert file_in('multipart/form-data; boundary="b"', b"preamble\r\n" + BODY) == File("a", b"hello")
    extended = BODY.replace(b'filename="a"', b"filename*=utf-8''%E8%AE%A2")
    assert file_in("multipart/form-data; charset=utf-8; boundary=b", extended) == File("订", b"hello")


@given(st.binary(max_size=200), st.text(max_size=60))
@settings(max_examples=80, deadline=None)
def test_whatever_bytes_come_nothing_breaks(body: bytes, kind: str) -> None:
    assert isinstance(file_in(kind, body), File | None)
    assert isinstance(file_in("multipart/form-data; boundary=b", b"--b\r\n" + body + b"\r\n--b--"), File | None)
