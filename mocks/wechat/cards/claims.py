"""The log of claims, and where codes were redeemed, as the account may read them (K15, A25).

Law: reads. A claim stands there for as long as its card does, which is at least 180 days after the card's end. Of its device it
shows the MD5, at once and for 180 days; of its user the encrypted openid, from the next day on. A place is shown for ninety days.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mocks.desk import Desk
from sandbox.clock import DAY

from .codes import NO_DEVICE, NOBODY
from .concealing import conceal

if TYPE_CHECKING:
    from mocks.wechat.state import State

    from .card import Card


def claims(desk: Desk, state: State, card: Card, offset: int, count: int) -> list[dict[str, Any]]:
    """The claims of a card, a page of them, by the numbers of their codes."""
    now, kept, codes = desk.now(), desk.setting("wechat", "claims_kept"), card.codes
    today = (now + DAY // 3) // DAY
    rows = []
    for number in range(offset, min(offset + count, len(codes.texts))):
        if codes.holders[number] == NOBODY:
            continue
        at, device = codes.taken_at[number], bytes(codes.devices[16 * number : 16 * number + 16])
        row = {"at": at, "card_id": card.id, "code": codes.texts[number], "status": card.status_of(number, now)}
        row["openid"] = conceal(state, codes.holder(number)) if (at + DAY // 3) // DAY < today else ""
        row["device"] = "" if device == NO_DEVICE or at + kept <= now else device.hex()
        rows.append(row)
    return rows


def places(desk: Desk, state: State) -> dict[str, Any]:
    """Where codes were redeemed in the last ninety days, as GeoJSON."""
    oldest = desk.now() - desk.setting("wechat", "places_kept")
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [one.longitude, one.latitude]},
            "properties": {"at": one.at, "card_id": one.card_id, "code": one.code},
        }
        for one in state.shelf.places
        if one.at > oldest
    ]
    return {"type": "FeatureCollection", "features": features}
