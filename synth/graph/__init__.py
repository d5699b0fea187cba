"""The graph room: what the sources define and how its parts depend on each other."""
