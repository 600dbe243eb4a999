"""One process of another tool: reveal-cli (PyPI) only parses the same run. Runs in its own environment."""

import json
import sys

from reveal.adapters.autossl.parser import parse_run  # type: ignore[import-not-found] # not in this environment

answer = parse_run(sys.argv[2], sys.argv[1])
print(json.dumps({"sites": answer["domain_count"]}))
