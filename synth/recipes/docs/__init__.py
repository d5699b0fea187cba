"""Documents: what a prompt shows of them, and the recipes that draw on them alone."""
