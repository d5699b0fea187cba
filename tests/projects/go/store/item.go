// Package store keeps what is for sale.
package store

import (
	"errors"
	"fmt"

	clock "example.com/tools"
)

// Kind says how an item is sold.
type Kind int

const (
	// Piece is sold one by one.
	Piece Kind = iota
	Weight
)

// ErrMissing is returned for an item that nobody sells.
var ErrMissing = errors.New("missing")

// Base is part of everything that is stored.
type Base struct {
	ID      string
	created clock.Clock
}

// Key is what an item is found by.
func (b *Base) Key() string { return b.ID }

// Item is something for sale.
type Item struct {
	*Base
	Name  string
	Price float64
	kind  Kind
}

// NewItem makes an item.
func NewItem(id, name string) *Item {
	return &Item{Base: &Base{ID: id, created: clock.System{}}, Name: name}
}

// Label is the item in words.
func (i *Item) Label() string {
	return fmt.Sprintf("%s (%s)", i.Name, i.Key())
}

// Labels maps numbers to words.
type Labels map[Kind]string

// Of is the word for a kind.
func (l Labels) Of(k Kind) string { return l[k] }
