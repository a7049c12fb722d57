"""WeCom, as the integrations use it: a token, the staff, and a message about an order to the one whose turn it is (M05).

Law: one try, one answer: did WeCom take the message? Whether to try again is for the caller to decide. A token that has died is
fetched anew, once.
"""

from __future__ import annotations

import asyncio
from typing import Any
from zlib import crc32

import httpx

from loadtests.targets.config import Config

DEAD_TOKEN = (40014, 42001)
EVERYBODY = {"department_id": 1, "fetch_child": 1}


class WeCom:
    """One application's connection to WeCom."""

    def __init__(self, config: Config, http: httpx.AsyncClient) -> None:
        self._config, self._http = config, http
        self._token = ""
        self._staff: list[str] = []
        self._entering = asyncio.Lock()

    async def tell(self, order: str) -> bool:
        """Tell the service team of an order."""
        try:
            await self._enter("")
            used = self._token
            said = await self._send(order)
            if said.get("errcode") in DEAD_TOKEN:
                await self._enter(used)
                said = await self._send(order)
        except (httpx.HTTPError, ValueError, KeyError):
            return False
        return bool(said.get("errcode") == 0)

    async def _send(self, order: str) -> dict[str, Any]:
        message = {
            "touser": self._staff[crc32(order.encode()) % len(self._staff)],
            "msgtype": "text",
            "agentid": self._config.agentid,
            "text": {"content": f"新订单 {order}，请在 48 小时内发货。"},
        }
        response = await self._http.post("/cgi-bin/message/send", params={"access_token": self._token}, json=message)
        return dict(response.json())

    async def _enter(self, dead: str) -> None:
        """A token other than the dead one, and the staff, unless somebody has fetched them meanwhile."""
        async with self._entering:
            if self._token != dead:
                return
            identity = {"corpid": self._config.corpid, "corpsecret": self._config.secret}
            token = str((await self._get("gettoken", identity))["access_token"])
            if not self._staff:
                users = (await self._get("user/simplelist", {"access_token": token, **EVERYBODY}))["userlist"]
                self._staff = [str(user["userid"]) for user in users]
            self._token = token

    async def _get(self, path: str, params: dict[str, Any]) -> dict[str, Any]:
        return dict((await self._http.get(f"/cgi-bin/{path}", params=params)).json())
