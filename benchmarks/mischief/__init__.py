"""What goes wrong on bad days, done on purpose."""
