"""Builds the package with what is made from its data, so that an installed copy reads no YAML and compiles no page."""

import shutil
import sys
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

SOURCE = Path(__file__).resolve().parent / "plugin"


class BuildWithCompiledData(build_py):
    """The usual build; afterwards causes, words and page templates are compiled beside their sources."""

    def run(self) -> None:
        """Build, then compile; a checkout installed for development keeps reading its sources."""
        if self.editable_mode:
            super().run()
            return
        # What an earlier build left here may hold a cause that has been deleted since.
        built = Path(self.build_lib, "autossl_doctor")
        shutil.rmtree(built, ignore_errors=True)
        super().run()
        sys.path.insert(0, str(SOURCE))
        from autossl_doctor.causes import catalogue, texts  # noqa: PLC0415 - the path is known only now
        from autossl_doctor.collect import own_data  # noqa: PLC0415 - as above
        from autossl_doctor.explain import interface  # noqa: PLC0415 - as above
        from autossl_doctor.present.owner import templates  # noqa: PLC0415 - as above

        catalogue.compile_to(built / "causes")
        texts.compile_to(str(built / "causes"))
        own_data.compile_to(built / "collect")
        interface.compile_to(built / "explain" / "interface")
        templates.compile_to(built / "present" / "web" / "compiled")


setup(cmdclass={"build_py": BuildWithCompiledData})
