package store

func size() int { return 2 }

func half() int { return size() / 2 }
