package store

func size() int { return 1 }
