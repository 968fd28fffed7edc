"""Print one of the README's two commands, so that what is tested is what is printed.

python3 .ci/readme_command.py use|tests
"""

import re
import sys
from pathlib import Path

README = Path(__file__).parents[1] / "README.md"


def command(which: str) -> str:
    """The shell command in the README's first (``use``) or second (``tests``) ``sh`` block."""
    use, tests = re.findall(r"```sh\n(.*?)\n```", README.read_text(encoding="utf-8"), re.DOTALL)
    return {"use": use, "tests": tests}[which]


if __name__ == "__main__":
    sys.stdout.write(command(sys.argv[1]) + "\n")
