package store

import "testing"

func filled(t *testing.T) *Store {
	t.Helper()
	store := New()
	if err := store.Add(NewItem("1", "tea")); err != nil {
		t.Fatal(err)
	}
	return store
}

func TestFind(t *testing.T) {
	item, err := filled(t).Find("1")
	if err != nil || item.Label() == "" {
		t.Error("not found")
	}
}
