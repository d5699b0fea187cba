// Command shop sells things.
package main

import (
	"fmt"

	. "example.com/shop/store"
	"example.com/tools"
)

type stock[T Keyed] struct{ all []T }

func (s stock[T]) first() T { return tools.First(s.all) }

func main() {
	shelf := stock[*Item]{all: []*Item{NewItem("1", "tea")}}
	fmt.Println(shelf.first().Label())
	store, found := New(), new(Item)
	found, _ = store.Find("1")
	defer func() { fmt.Println(found.Key()) }()
}
