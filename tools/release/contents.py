"""The list of what a release contains (SBOM): one component for each wheel, in the CycloneDX form."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from email.message import Message
from email.parser import BytesHeaderParser
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

from cyclonedx.factory.license import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType, Property
from cyclonedx.model.bom import Bom, BomMetaData
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tools.release.wheels import digest

_CLASSIFIER = "License :: OSI Approved :: "


def describe(wheels: Sequence[Path], own: Path, moment: int) -> str:
    """The list as JSON. The same wheels give the same text: its serial number comes from their hashes."""
    described = {wheel: _metadata(wheel) for wheel in wheels}
    components = {wheel: _component(wheel, said) for wheel, said in described.items()}
    product = _metadata(own)
    name, version = str(product["Name"]), str(product["Version"])
    whole = Component(type=ComponentType.APPLICATION, name=name, version=version, bom_ref=f"{name}-{version}")
    hashes = " ".join(digest(wheel) for wheel in wheels)
    bom = Bom(
        serial_number=uuid5(NAMESPACE_URL, f"{name}-{version} {hashes}"),
        metadata=BomMetaData(timestamp=datetime.fromtimestamp(moment, UTC), component=whole),
        components=components.values(),
    )
    bom.register_dependency(whole, [components[own]])
    for wheel, said in described.items():
        wanted = set(_needs(said))
        needed = [
            components[other] for other, its in described.items() if canonicalize_name(str(its["Name"])) in wanted
        ]
        bom.register_dependency(components[wheel], needed)
    return JsonV1Dot6(bom).output_as_string(indent=2) + "\n"


def _metadata(wheel: Path) -> Message:
    """What the wheel says of itself."""
    with zipfile.ZipFile(wheel) as files:
        [name] = [name for name in files.namelist() if name.endswith(".dist-info/METADATA")]
        return BytesHeaderParser().parsebytes(files.read(name))


def _component(wheel: Path, said: Message) -> Component:
    name, version = str(said["Name"]), str(said["Version"])
    licences = LicenseFactory()
    return Component(
        type=ComponentType.LIBRARY,
        name=name,
        version=version,
        bom_ref=wheel.name,
        purl=PackageURL("pypi", None, canonicalize_name(name), version, {"file_name": wheel.name}),
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=digest(wheel))],
        licenses=[licences.make_from_string(licence) for licence in _licences(said)],
        properties=[Property(name="autossl-doctor:file", value=f"wheelhouse/{wheel.name}")],
    )


def _licences(said: Message) -> Iterator[str]:
    """The wheel's own words, the exact ones first: an SPDX expression, a short name, or its classifiers."""
    exact = said["License-Expression"] or said["License"]
    if exact:
        yield str(exact)
        return
    for classifier in said.get_all("Classifier", []):
        if classifier.startswith(_CLASSIFIER):
            yield classifier.removeprefix(_CLASSIFIER)


def _needs(said: Message) -> Iterator[str]:
    """The names of the packages that it needs, without those that only an extra brings."""
    for text in said.get_all("Requires-Dist", []):
        requirement = Requirement(text)
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
            yield canonicalize_name(requirement.name)
