"""What can go wrong in the shop."""


class ShopError(Exception):
    """Base of all errors of the shop."""


class UnknownProduct(ShopError):
    """No product has the code that was asked for."""

    def __init__(self, code: str) -> None:
        super().__init__(f"no product {code}")
        self.code = code


class OutOfStock(ShopError):
    """More was ordered than there is."""
