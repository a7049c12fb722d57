"""What an official account has in the matter of invoices: its settings, orders, templates, files, and invoices in users' wallets.

Law: plain state, no behaviour. Times in ms unless said otherwise. An account is merchant, invoicing platform and reimburser at once:
accounts are isolated from one another, and an integration under test plays one of these parts at a time.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

INIT, LOCK = "INVOICE_REIMBURSE_INIT", "INVOICE_REIMBURSE_LOCK"
CLOSURE, CANCEL = "INVOICE_REIMBURSE_CLOSURE", "INVOICE_REIMBURSE_CANCEL"
STATUSES: Final = (INIT, LOCK, CLOSURE, CANCEL)

ASKED, AUTHORISED, REJECTED, INSERTED = "asked", "authorised", "rejected", "inserted"
"""What has become of an order."""


@dataclass(slots=True)
class Order:
    """A payment that somebody may want an invoice for. `at` (s) is when he authorised it, `said` what he filled in."""

    platform: str
    source: str
    kind: int
    status: str = ASKED
    openid: str = ""
    at: int = 0
    said: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Invoice:
    """An invoice in a user's wallet. `locked_by` is the appid of whoever has locked it for reimbursement."""

    card_id: str
    code: str
    openid: str
    order_id: str
    data: dict[str, Any]
    status: str = INIT
    locked_by: str = ""


@dataclass(slots=True)
class Making:
    """An invoice that WeChat's own platform makes out: `number` is the request's (fpqqlsh); `detail` is there when it is made."""

    number: str
    order_id: str
    payer: str
    detail: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Pdf:
    """A file of an invoice, and until when it waits for that invoice."""

    until: int
    used: bool = False


class Link(NamedTuple):
    """A page on which a user chooses a title, for the merchant (`attach`), or takes over one that the merchant offers."""

    attach: str
    offered: dict[str, Any] | None


class Scan(NamedTuple):
    """A title that a user shows as a code, and until when."""

    openid: str
    until: int


@dataclass(slots=True)
class Invoices:
    """All of it. `attributes` are the settings by their names on the wire; orders go by order_id, invoices by code."""

    attributes: dict[str, dict[str, Any]] = field(default_factory=dict)
    orders: dict[str, Order] = field(default_factory=dict)
    templates: dict[str, dict[str, Any]] = field(default_factory=dict)
    pdfs: dict[str, Pdf] = field(default_factory=dict)
    invoices: dict[str, Invoice] = field(default_factory=dict)
    makings: dict[str, Making] = field(default_factory=dict)
    titles: dict[str, dict[str, Any]] = field(default_factory=dict)
    links: dict[str, Link] = field(default_factory=dict)
    scans: dict[str, Scan] = field(default_factory=dict)
