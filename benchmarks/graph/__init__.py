"""What the code graph's benchmarks share: the source by CPython's own parser, and an adapter for every tool."""
