"""Makes the tiny model of tests/language/neural importable by name."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3] / "language" / "neural"))
