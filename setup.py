"""Builds the package and its catalogue of causes, so that an installed copy reads no YAML of causes."""

import shutil
import sys
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

SOURCE = Path(__file__).resolve().parent / "plugin"


class BuildWithCatalogue(build_py):
    """The usual build; afterwards all causes are compiled into one `catalogue.json` beside them."""

    def run(self) -> None:
        """Build, then compile; a checkout installed for development keeps reading its YAML."""
        if self.editable_mode:
            super().run()
            return
        # What an earlier build left here may hold a cause that has been deleted since.
        shutil.rmtree(Path(self.build_lib, "autossl_doctor"), ignore_errors=True)
        super().run()
        sys.path.insert(0, str(SOURCE))
        from autossl_doctor.causes.catalogue import compile_to  # noqa: PLC0415 - the path is known only now

        compile_to(Path(self.build_lib, "autossl_doctor", "causes"))


setup(cmdclass={"build_py": BuildWithCatalogue})
