"""What a customer is about to buy."""

from shop.catalogue import Catalogue, Product
from shop.pricing import PriceRule, total_of
from shop.pricing.rules import NoRule


class Basket:
    """Collects products and knows what they cost."""

    def __init__(self, catalogue: Catalogue, rule: PriceRule | None = None) -> None:
        self.catalogue = catalogue
        self.rule = rule or NoRule()
        self.items: list[Product] = []

    def put(self, code: str, count: int = 1) -> "Basket":
        """Move some of a product from the catalogue into the basket."""
        product = self.catalogue.take(code, count)
        self.items.extend([product] * count)
        return self

    def total(self) -> int:
        """The price of all items in cents, after the rule."""
        return total_of(self.items, self.rule)

    def is_empty(self) -> bool:
        """Whether nothing was put into the basket yet."""
        return not self.items
