"""Makes the modules in this folder importable by name."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

# It needs atheris, and is run by hand.
collect_ignore = ["fuzz_target.py"]
