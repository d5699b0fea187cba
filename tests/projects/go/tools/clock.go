// Package tools has what both programs need.
package tools

import "time"

// Clock tells the time.
type Clock interface {
	Now() time.Time
}

// System is the clock of the machine.
type System struct{}

// Now tells the time of the machine.
func (System) Now() time.Time {
	return time.Now()
}

// First returns the first of the items.
func First[T any](items []T) T {
	return items[0]
}
