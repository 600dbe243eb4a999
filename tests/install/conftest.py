"""Releases to install: of the sources as they are, of other versions, and with a page in WHM."""

from pathlib import Path

import pytest

from tests.install.bundle import release_of, with_version
from tests.install.whm_page import with_whm_page


@pytest.fixture(scope="session")
def release() -> Path:
    """The unpacked bundle of this version."""
    return release_of("now")


@pytest.fixture(scope="session")
def newer() -> Path:
    """The same under a higher version."""
    return release_of("newer", with_version("7.0.0"))


@pytest.fixture(scope="session")
def release_with_whm() -> Path:
    """The same with a page in WHM."""
    return release_of("whm", with_whm_page)
