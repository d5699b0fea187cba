"""Products and where they are looked up."""

from collections.abc import Iterator
from dataclasses import dataclass

from shop.errors import OutOfStock, UnknownProduct


@dataclass(frozen=True)
class Product:
    """Something that can be bought."""

    code: str
    title: str
    cents: int


class Catalogue:
    """All products of the shop, with the number in stock."""

    def __init__(self) -> None:
        self.products: dict[str, Product] = {}
        self.stock: dict[str, int] = {}

    def add(self, product: Product, count: int = 1) -> None:
        """Put a product on sale, or more of one that is on sale already."""
        self.products[product.code] = product
        self.stock[product.code] = self.stock.get(product.code, 0) + count

    def find(self, code: str) -> Product:
        """Look a product up by its code."""
        if code not in self.products:
            raise UnknownProduct(code)
        return self.products[code]

    def take(self, code: str, count: int = 1) -> Product:
        """Take some of a product out of stock."""
        product = self.find(code)
        if self.stock[code] < count:
            raise OutOfStock(code)
        self.stock[code] -= count
        return product

    def __iter__(self) -> Iterator[Product]:
        return iter(self.products.values())
