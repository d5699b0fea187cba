"""How does a command run on a cluster? As a job of Ray: what it is given, what travels, and how it is followed."""
