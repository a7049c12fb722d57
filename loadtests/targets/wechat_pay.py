"""WeChat Pay, as a merchant's server uses it: are its notices genuine, what do they say, and a payout to a supplier.

Law: nothing of the sandbox; the vendor's rules in the `cryptography` library's terms. One try, one answer: was the payout taken?
"""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from cryptography.x509 import load_pem_x509_certificate

NAMES = (
    "WECHATPAY_BASE",
    "WXPAY_MCHID",
    "WXPAY_APPID",
    "WXPAY_SERIAL",
    "WXPAY_APIV3_KEY",
    "WXPAY_PRIVATE_KEY_PATH",
    "WXPAY_PLATFORM_CERT_PATH",
)
"""The names of the env file that are used."""

SUPPLIER = {"type": "MERCHANT_ID", "account": "86693852"}
PERCENT = 10


class WeChatPay:
    """One merchant's connection to WeChat Pay."""

    def __init__(self, values: Mapping[str, str], http: httpx.AsyncClient) -> None:
        self._values, self._http = values, http
        certificate = load_pem_x509_certificate(Path(values["WXPAY_PLATFORM_CERT_PATH"]).read_bytes())
        private = load_pem_private_key(Path(values["WXPAY_PRIVATE_KEY_PATH"]).read_bytes(), None)
        public = certificate.public_key()
        if not isinstance(private, RSAPrivateKey) or not isinstance(public, RSAPublicKey):
            raise TypeError("WeChat Pay's keys are RSA keys")
        self._private, self._platform = private, public
        self._known = False
        self._serial = f"{certificate.serial_number:X}"

    def paid(self, headers: Mapping[str, str], body: bytes) -> dict[str, Any] | None:
        """The payment that a notice tells of; None when it is not genuine, or tells of something else."""
        try:
            stamp, nonce, signature = (headers[f"wechatpay-{name}"] for name in ("timestamp", "nonce", "signature"))
            if headers["wechatpay-serial"] != self._serial or abs(time.time() - int(stamp)) > 300:  # noqa: TID251 - a system of its own
                return None
            text = f"{stamp}\n{nonce}\n".encode() + body + b"\n"
            self._platform.verify(base64.b64decode(signature), text, PKCS1v15(), SHA256())
            notice = json.loads(body)
            sealed, key = notice["resource"], AESGCM(self._values["WXPAY_APIV3_KEY"].encode())
            extra = sealed["associated_data"].encode()
            plain = key.decrypt(sealed["nonce"].encode(), base64.b64decode(sealed["ciphertext"]), extra)
            return dict(json.loads(plain)) if notice["event_type"] == "TRANSACTION.SUCCESS" else None
        except (KeyError, ValueError, TypeError, InvalidSignature, InvalidTag):
            return None

    async def pay_out(self, payment: Mapping[str, Any], number: str) -> bool:
        """Pay the supplier its share of a payment, under a number of ours. The supplier is named to the platform once."""
        share = {**SUPPLIER, "amount": payment["amount"]["total"] * PERCENT // 100, "description": "货款"}
        order = {"appid": self._values["WXPAY_APPID"], "transaction_id": payment["transaction_id"], "out_order_no": number}
        try:
            if not self._known:
                named = {"appid": self._values["WXPAY_APPID"], **SUPPLIER, "relation_type": "SUPPLIER"}
                self._known = (await self._post("/v3/profitsharing/receivers/add", named)).is_success
            answer = await self._post("/v3/profitsharing/orders", {**order, "receivers": [share], "unfreeze_unsplit": False})
        except httpx.HTTPError:
            return False
        return self._known and answer.is_success

    async def _post(self, path: str, content: Mapping[str, Any]) -> httpx.Response:
        body, stamp, nonce = json.dumps(content, ensure_ascii=False).encode(), str(int(time.time())), uuid4().hex  # noqa: TID251 - as above
        text = f"POST\n{path}\n{stamp}\n{nonce}\n".encode() + body + b"\n"
        signature = base64.b64encode(self._private.sign(text, PKCS1v15(), SHA256())).decode()
        given = {"mchid": self._values["WXPAY_MCHID"], "serial_no": self._values["WXPAY_SERIAL"], "nonce_str": nonce}
        given |= {"timestamp": stamp, "signature": signature}
        credentials = ",".join(f'{name}="{value}"' for name, value in given.items())
        headers = {"Authorization": f"WECHATPAY2-SHA256-RSA2048 {credentials}", "Content-Type": "application/json"}
        return await self._http.post(path, content=body, headers=headers)
