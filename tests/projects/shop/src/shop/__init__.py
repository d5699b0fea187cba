"""A small shop: what the tests of synth read as their source."""

from shop.basket import Basket
from shop.catalogue import Catalogue, Product
from shop.errors import ShopError, UnknownProduct

__all__ = ["Basket", "Catalogue", "Product", "ShopError", "UnknownProduct"]
