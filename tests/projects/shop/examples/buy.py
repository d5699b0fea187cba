"""Buy two apples."""

from shop import Basket, Catalogue, Product
from shop.report import receipt


def buy() -> str:
    """Fill a basket and print the receipt."""
    catalogue = Catalogue()
    catalogue.add(Product("a", "apple", 100), 10)
    basket = Basket(catalogue)
    basket.put("a", 2)
    return receipt(basket)
