"""Small graphs of several languages, made by hand."""

from recipes.tables import Part, make
from synth.recipes.base import Source

GO_FILES = {
    "basket/basket.go": '''// Package basket holds what a customer is about to buy.
package basket

import (
	"errors"

	"example.com/shop/pricing"
)

// Pricer says what things cost.
type Pricer interface {
	Price(cents int) int
}

// Basket collects products.
type Basket struct {
	pricing.Rule
	items []int
}

// New makes an empty basket.
func New(rule pricing.Rule, codes ...string) *Basket {
	b := &Basket{Rule: rule}
	b.Reset()
	return b
}

// Price is the price of all items.
func (b *Basket) Price(cents int) int {
	total := pricing.Apply(b.Rule, cents)
	if total < 0 {
		return 0
	}
	return total
}

// Reset empties the basket.
func (b *Basket) Reset() {
	b.items = nil
}
''',
    "pricing/rules.go": """package pricing

// Rule changes a price.
type Rule struct {
	Percent int
}

// Apply takes the percentage off.
func Apply(rule Rule, cents int) int {
	off := cents * rule.Percent / 100
	return cents - off
}
""",
    "basket/basket_test.go": """package basket

import (
	"testing"

	"example.com/shop/pricing"
)

func TestBasketPrice(t *testing.T) {
	b := New(pricing.Rule{Percent: 10})
	if b.Price(100) != 90 {
		t.Fatal("wrong")
	}
}
""",
}  # fmt: skip
_B, _P = "example.com/shop/basket", "example.com/shop/pricing"
_RULES, _BASKET, _TEST = "pricing/rules.go", "basket/basket.go", "basket/basket_test.go"


def go() -> Source:
    """Two packages: a struct that embeds one of the other package and implements an interface."""
    parts = [
        Part(_B, "package", path=_BASKET, last="basket"),
        Part(_P, "package", path=_RULES, last="pricing"),
        Part(f"{_B}.Pricer", "class", "interface", _BASKET, "type Pricer", "}", "type Pricer interface"),
        Part(f"{_B}.Pricer.Price", "method", "", _BASKET, "\tPrice(", "", "Price(cents int) int",
             parameters="cents int"),
        Part(f"{_B}.Basket", "class", "struct", _BASKET, "type Basket", "}", "type Basket struct",
             "Basket collects products.", bases=("pricing.Rule",)),
        Part(f"{_B}.New", "function", "", _BASKET, "func New", "}",
             "func New(rule pricing.Rule, codes ...string) *Basket", "New makes an empty basket.",
             "rule pricing.Rule; codes ...string"),
        Part(f"{_B}.Basket.Price", "method", "", _BASKET, "func (b *Basket) Price", "}",
             "func (b *Basket) Price(cents int) int", "Price is the price of all items.", "cents int"),
        Part(f"{_B}.Basket.Reset", "method", "", _BASKET, "func (b *Basket) Reset", "}", "func (b *Basket) Reset()",
             "Reset empties the basket.", ""),
        Part(f"{_P}.Rule", "class", "struct", _RULES, "type Rule", "}", "type Rule struct", "Rule changes a price."),
        Part(f"{_P}.Rule.Percent", "variable", "field", _RULES, "\tPercent int"),
        Part(f"{_P}.Apply", "function", "", _RULES, "func Apply", "}", "func Apply(rule Rule, cents int) int",
             "Apply takes the percentage off.", "rule Rule; cents int"),
        Part(f"{_B}.TestBasketPrice", "function", "", _TEST, "func TestBasketPrice", "}",
             "func TestBasketPrice(t *testing.T)", "", "t *testing.T", is_test=True),
    ]  # fmt: skip
    edges = [
        ("contains", _B, f"{_B}.Basket", "type Basket"), ("contains", _B, f"{_B}.New", "func New"),
        ("contains", _B, f"{_B}.Pricer", "type Pricer"),
        ("contains", _B, f"{_B}.TestBasketPrice", f"func Test@{_TEST}"),
        ("contains", f"{_B}.Pricer", f"{_B}.Pricer.Price", "Price("),
        ("contains", f"{_B}.Basket", f"{_B}.Basket.Price", f") Price(@{_BASKET}"),
        ("contains", f"{_B}.Basket", f"{_B}.Basket.Reset", f") Reset(@{_BASKET}"),
        ("contains", _P, f"{_P}.Rule", "type Rule"), ("contains", _P, f"{_P}.Apply", "func Apply"),
        ("contains", f"{_P}.Rule", f"{_P}.Rule.Percent", "Percent"),
        ("inherits", f"{_B}.Basket", f"{_P}.Rule", "pricing.Rule"),
        ("inherits", f"{_B}.Basket", f"{_B}.Pricer", "type"),
        ("overrides", f"{_B}.Basket.Price", f"{_B}.Pricer.Price", "Price("),
        ("calls", f"{_B}.New", f"{_B}.Basket.Reset", "Reset"),
        ("calls", f"{_B}.Basket.Price", f"{_P}.Apply", "Apply"),
        ("instantiates", f"{_B}.New", f"{_B}.Basket", "&Basket"), ("uses_type", f"{_B}.New", f"{_P}.Rule", "Rule"),
        ("references", f"{_P}.Apply", f"{_P}.Rule.Percent", "Percent"),
        ("imports", _BASKET, _P, "shop/pricing"), ("imports", _TEST, _P, "shop/pricing"),
        ("depends_on", _BASKET, _RULES, "shop/pricing"), ("depends_on", _TEST, _RULES, "shop/pricing"),
        ("depends_on", _TEST, _BASKET, "New("),
        ("tests", f"{_B}.TestBasketPrice", f"{_B}.New", "New("),
        ("tests", f"{_B}.TestBasketPrice", f"{_B}.Basket.Price", "b.Price"),
        ("calls", f"{_B}.TestBasketPrice", f"{_B}.New", "New("),
        ("calls", f"{_B}.TestBasketPrice", f"{_B}.Basket.Price", "b.Price"),
        ("instantiates", f"{_B}.TestBasketPrice", f"{_P}.Rule", "Rule{"),
    ]  # fmt: skip
    return make("go", GO_FILES, parts, edges)


CPP_FILES = {
    "include/shop/basket.h": """#pragma once
#include "shop/rule.h"

namespace shop {

/// Collects products.
class Basket : public Rule {
 public:
  explicit Basket(int size, bool open = true);
  int total(int cents) const override;
  int total(int cents, int extra) const;
};

}  // namespace shop
""",
    "include/shop/rule.h": """#pragma once

namespace shop {

class Rule {
 public:
  virtual ~Rule() = default;
  virtual int total(int cents) const = 0;
};

}  // namespace shop
""",
    "src/basket.cc": """#include "shop/basket.h"

namespace shop {

int Basket::total(int cents) const {
  int doubled = cents * 2;
  return doubled / 2;
}

}  // namespace shop
""",
}
_H, _R, _C = "include/shop/basket.h", "include/shop/rule.h", "src/basket.cc"


def cpp() -> Source:
    """A class that is declared in a header, with a method that is defined elsewhere and has an overload."""
    parts = [
        Part("shop", "module", "namespace", _H, "namespace shop", "}  // namespace"),
        Part("shop::Basket", "class", "class", _H, "class Basket", "};", "class Basket : public Rule",
             "Collects products.", bases=("Rule",)),
        Part("shop::Basket::Basket", "method", "constructor", _H, "  explicit Basket", "",
             "explicit Basket(int size, bool open = true)", parameters="size int; open bool = true"),
        Part("shop::Basket::total", "method", "", _C, "int Basket::total", "}", "int Basket::total(int cents) const",
             parameters="cents int"),
        Part("shop::Rule", "class", "class", _R, "class Rule", "};", "class Rule"),
        Part("shop::Rule::total", "method", "declaration", _R, "  virtual int total", "",
             "virtual int total(int cents) const = 0", parameters="cents int"),
    ]  # fmt: skip
    edges = [
        ("contains", "shop", "shop::Basket", "class Basket"),
        ("contains", "shop::Basket", "shop::Basket::Basket", "explicit"),
        ("contains", "shop::Basket", "shop::Basket::total", f"Basket::total@{_C}"),
        ("contains", "shop::Rule", "shop::Rule::total", "virtual int total"),
        ("inherits", "shop::Basket", "shop::Rule", "public Rule"),
        ("overrides", "shop::Basket::total", "shop::Rule::total", "total"),
        ("imports", _H, _R, "shop/rule.h"), ("imports", _C, _H, "shop/basket.h"),
        ("depends_on", _H, _R, "shop/rule.h"), ("depends_on", _C, _H, "shop/basket.h"),
    ]  # fmt: skip
    return make("cpp", CPP_FILES, parts, edges)


RUST_FILES = {
    "src/basket.rs": """use crate::rule::Rule;

/// Collects products.
#[derive(Debug, Clone)]
pub struct Basket {
    cents: u32,
}

impl Rule for Basket {
    fn total(&self, cents: u32) -> u32 {
        self.cents + cents
    }
}
""",
    "src/rule.rs": """pub trait Named {}

/// Changes a price.
pub trait Rule: Named {
    fn total(&self, cents: u32) -> u32;
}
""",
}


def rust(attribute: str = "derive(Debug, Clone)") -> Source:
    """A struct for which a trait is implemented, and a trait that requires another."""
    parts = [
        Part("crate::basket", "module", "mod", "src/basket.rs", "use crate", "}"),
        Part("crate::rule", "module", "mod", "src/rule.rs", "pub trait Named", "}"),
        Part("crate::basket::Basket", "class", "struct", "src/basket.rs", "pub struct", "}", "pub struct Basket",
             "Collects products.", decorators=(attribute,)),
        Part("crate::basket::Basket::total", "method", "", "src/basket.rs", "    fn total", "    }",
             "fn total(&self, cents: u32) -> u32", parameters="self; cents u32"),
        Part("crate::rule::Rule", "class", "trait", "src/rule.rs", "pub trait Rule", "}", "pub trait Rule: Named",
             "Changes a price.", bases=("Named",)),
        Part("crate::rule::Named", "class", "trait", "src/rule.rs", "pub trait Named", "", "pub trait Named"),
        Part("crate::rule::Rule::total", "method", "declaration", "src/rule.rs", "    fn total", "",
             "fn total(&self, cents: u32) -> u32", parameters="self; cents u32"),
    ]  # fmt: skip
    edges = [
        ("contains", "crate::basket", "crate::basket::Basket", "pub struct"),
        ("contains", "crate::basket::Basket", "crate::basket::Basket::total", "fn total@src/basket.rs"),
        ("contains", "crate::rule", "crate::rule::Rule", "pub trait Rule"),
        ("contains", "crate::rule::Rule", "crate::rule::Rule::total", "fn total"),
        ("inherits", "crate::basket::Basket", "crate::rule::Rule", "impl Rule@src/basket.rs"),
        ("inherits", "crate::rule::Rule", "crate::rule::Named", "Named"),
        ("overrides", "crate::basket::Basket::total", "crate::rule::Rule::total", "total"),
        ("imports", "crate::basket", "crate::rule::Rule", "use crate"),
        ("depends_on", "src/basket.rs", "src/rule.rs", "use crate"),
    ]  # fmt: skip
    return make("rust", RUST_FILES, parts, edges)
