"""How prices are made."""

from shop.pricing.rules import PercentOff, PriceRule
from shop.pricing.total import total_of

__all__ = ["PercentOff", "PriceRule", "total_of"]
