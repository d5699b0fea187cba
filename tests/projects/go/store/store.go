package store

// Keyed is anything with a key.
type Keyed interface {
	Key() string
}

// Labelled is anything that can be shown.
type Labelled interface {
	Keyed
	Label() string
}

// Hook is called for each item that is added.
type Hook func(item *Item) error

// Store holds items by their key.
type Store struct {
	items map[string]*Item
	hooks []Hook
	path
}

type path = string

// New makes an empty store.
func New(hooks ...Hook) *Store {
	return &Store{items: make(map[string]*Item), hooks: hooks}
}

// Add keeps an item.
func (s *Store) Add(item *Item) (err error) {
	for _, hook := range s.hooks {
		if err = hook(item); err != nil {
			return err
		}
	}
	s.items[item.Key()] = item
	return nil
}

// Find looks an item up.
func (s *Store) Find(key string) (*Item, error) {
	if item, ok := s.items[key]; ok {
		return item, nil
	}
	return nil, ErrMissing
}

// Show says what a thing is.
func Show(thing any) string {
	switch known := thing.(type) {
	case *Item:
		return known.Label()
	case Labelled:
		return known.Label()
	}
	each := func(kind Kind) string { return Labels{}.Of(kind) }
	return each(Piece)
}
