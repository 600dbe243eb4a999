"""Run the command line with `python -m autossl_doctor`."""

import sys

from autossl_doctor.entry.cli import main

sys.exit(main())
