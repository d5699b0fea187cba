"""Text about baskets and catalogues."""

from shop.basket import Basket
from shop.catalogue import Catalogue
from shop.pricing.total import format_cents


def receipt(basket: Basket) -> str:
    """List what is in a basket and what it costs."""
    lines = [f"{item.title:<20}{format_cents(item.cents):>12}" for item in basket.items]
    lines.append(f"{'total':<20}{format_cents(basket.total()):>12}")
    return "\n".join(lines)


def price_list(catalogue: Catalogue) -> str:
    """List every product with its price, cheapest first."""
    products = sorted(catalogue, key=lambda product: product.cents)
    return "\n".join(f"{product.code}: {format_cents(product.cents)}" for product in products)
