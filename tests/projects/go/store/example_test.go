package store_test

import (
	"fmt"

	"example.com/shop/store"
)

func ExampleNew() {
	fmt.Println(store.New())
}
