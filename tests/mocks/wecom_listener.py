"""A merchant's server for WeCom's events, written with wechatpy as a team would: it verifies, decrypts and remembers."""

from __future__ import annotations

import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import xmltodict
from wechatpy.enterprise.crypto import WeChatCrypto

from mocks.wecom.state import State


class Listener:
    """Listens on a port of its own; `answers` are the statuses of the next answers, 200 when there are none left."""

    def __init__(self, state: State) -> None:
        self.crypto = WeChatCrypto(state.callback_token, state.aes_key, state.corpid)
        self.heard: list[dict[str, Any]] = []
        self.answers: list[int] = []
        self.echo = "{}"
        self.slow = 0.0
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """Where it listens, with a query of its own."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/callback?shop=1"

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def events(self, name: str) -> list[dict[str, Any]]:
        """The events of one name, in the order they came."""
        return [one for one in self.heard if one.get("Event") == name]

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        listener = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                said = dict(parse_qsl(urlsplit(self.path).query))
                plain = listener.crypto.check_signature(
                    said["msg_signature"], said["timestamp"], said["nonce"], said["echostr"]
                )
                time.sleep(listener.slow)
                self._answer(200, listener.echo.format(plain))

            def do_POST(self) -> None:
                said = dict(parse_qsl(urlsplit(self.path).query))
                body = self.rfile.read(int(self.headers["Content-Length"]))
                plain = listener.crypto.decrypt_message(body, said["msg_signature"], said["timestamp"], said["nonce"])
                listener.heard.append(xmltodict.parse(plain)["xml"])
                self._answer(listener.answers.pop(0) if listener.answers else 200, "SUCCESS")

            def _answer(self, status: int, text: str) -> None:
                self.send_response(status)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text.encode())

            def log_message(self, *_: Any) -> None:
                return

        return Handler
