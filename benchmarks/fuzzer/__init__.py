"""What `benchmarks/fuzzing.py` is made of: where inputs begin, how they are spoilt, and what reads them."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[2] / "tests"))  # documents and teachers that the tests make
