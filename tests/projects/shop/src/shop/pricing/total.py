"""Sums of prices."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from shop.pricing.rules import PriceRule

if TYPE_CHECKING:
    from shop.catalogue import Product

FREE_DELIVERY_FROM = 5000
DELIVERY = 490


def total_of(items: Iterable["Product"], rule: PriceRule) -> int:
    """Add up the prices of all items, apply a rule and add the delivery."""
    cents = rule.apply(sum(item.cents for item in items))
    return cents + delivery_for(cents)


def delivery_for(cents: int) -> int:
    """What it costs to send goods of this price."""
    if cents == 0 or cents >= FREE_DELIVERY_FROM:
        return 0
    return DELIVERY


def format_cents(cents: int, currency: str = "EUR") -> str:
    """Write a price the way people do."""
    whole, rest = divmod(cents, 100)
    return f"{whole}.{rest:02} {currency}"
