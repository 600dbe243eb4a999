"""One process of another tool: reveal-cli (PyPI) only parses the same runs. Runs in its own environment."""

import json
import sys
from pathlib import Path

from reveal.adapters.autossl.parser import parse_run  # type: ignore[import-not-found] # not in this environment

names = sorted(path.name for path in Path(sys.argv[1]).iterdir())
answers = [parse_run(name, sys.argv[1])["domain_count"] for name in names]
print(json.dumps({"runs": len(names), "sites": sum(answers)}))
