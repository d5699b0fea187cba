"""Tests of the shop."""

import pytest

from shop import Basket, Catalogue, Product, UnknownProduct
from shop.pricing import PercentOff, total_of
from shop.pricing.rules import NoRule
from shop.pricing.total import delivery_for, format_cents
from shop.report import price_list, receipt


@pytest.fixture
def catalogue():
    catalogue = Catalogue()
    catalogue.add(Product("a", "apple", 100), 10)
    catalogue.add(Product("b", "book", 2500), 2)
    return catalogue


def test_basket_adds_up(catalogue):
    basket = Basket(catalogue)
    basket.put("a", 2).put("b")
    assert basket.total() == 2700 + delivery_for(2700)


def test_percent_off(catalogue):
    basket = Basket(catalogue, PercentOff(10))
    basket.put("b", 2)
    assert basket.total() == total_of([], NoRule()) + 4500 + delivery_for(4500)


def test_unknown_product(catalogue):
    with pytest.raises(UnknownProduct):
        catalogue.find("z")


def test_receipt(catalogue):
    basket = Basket(catalogue)
    basket.put("a")
    assert format_cents(100) in receipt(basket)
    assert price_list(catalogue).startswith("a")


def test_is_empty(catalogue):
    assert Basket(catalogue).is_empty()
