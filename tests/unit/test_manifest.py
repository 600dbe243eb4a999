"""The manifest is the one place for names, files and systems: everything that is made from it is as it says."""

import json
import re
import shutil
from pathlib import Path

import pytest

from autossl_doctor.entry.installing.manifest import Manifest, read_manifest
from autossl_doctor.entry.owner_page import FEATURE
from autossl_doctor.entry.status import UNIT_DIRECTORY, UNITS
from autossl_doctor.store.layout import RUN, STATE
from tests.install.whm_page import with_whm_page
from tools.manifest import made
from tools.manifest.writing import made_from_manifest, write_all

ROOT = Path(__file__).resolve().parents[2]
MANIFEST = read_manifest(ROOT)


def test_what_is_made_from_the_manifest_is_current() -> None:
    """Each file is what `make manifest` would write."""
    for path, text in made_from_manifest(ROOT).items():
        assert path.read_text(encoding="utf-8") == text, path


def test_every_file_of_the_plugin_is_named() -> None:
    """A page, a unit or a launcher that is added without the manifest is noticed; so is one that is gone."""
    there = {
        str(path.relative_to(ROOT))
        for folder in ("plugin/cpanel", "plugin/system")
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and path.parent.name != "setup"
    }
    web = (ROOT / "plugin/autossl_doctor/present/web").glob("*.*")
    assert {file.source for file in MANIFEST.files} == there | {str(path.relative_to(ROOT)) for path in web}


@pytest.mark.point(3)
def test_no_file_can_be_changed_by_others() -> None:
    """Each has a mode of its own: scripts 0755, everything else 0644."""
    for file in MANIFEST.files:
        script = (ROOT / file.source).read_bytes().startswith(b"#!")
        assert file.mode == (0o755 if script else 0o644), file.place


@pytest.mark.point(6)
def test_the_names_are_the_same_everywhere() -> None:
    """Lower case, and one name in the feature, the directory, the units, the log and the paths that the code knows."""
    assert re.fullmatch(r"[a-z_]+", MANIFEST.id)
    assert MANIFEST.name == MANIFEST.id.replace("_", "-")
    assert FEATURE == MANIFEST.id == MANIFEST.feature_file.rpartition("/")[2]
    assert {STATE.rpartition("/")[2], RUN.rpartition("/")[2]} == {MANIFEST.name}
    pages = [file.place for file in MANIFEST.files if file.place.endswith(".cgi")]
    assert {place.split("/")[-2] for place in pages} == {MANIFEST.id}
    assert all(unit.startswith(f"{MANIFEST.name}-") for unit in MANIFEST.units)
    assert set(MANIFEST.units) == set(UNITS)
    assert all(file.place.startswith(f"{UNIT_DIRECTORY}/") for file in MANIFEST.files if file.place.endswith(".timer"))
    log = (ROOT / "plugin/system/autossl-doctor.logrotate").read_text(encoding="utf-8")
    assert log.startswith(f"/var/log/{MANIFEST.name}/")


@pytest.mark.point(12)
def test_only_files_of_our_own_are_written() -> None:
    """Every file that is put on a server has our name in its path; nothing shared is edited."""
    places = [*(file.place for file in MANIFEST.files), *MANIFEST.links, MANIFEST.feature_file]
    assert all(re.search(r"autossl[-_]doctor", place) for place in places)
    assert len(set(places)) == len(places)


def test_the_units_that_start_others_are_enabled() -> None:
    """Exactly those with an [Install] section."""
    system = ROOT / "plugin/system"
    wanted = {unit for unit in MANIFEST.units if "[Install]" in (system / unit).read_text(encoding="utf-8")}
    assert set(MANIFEST.enabled) == wanted


@pytest.mark.point(8, 9)
def test_install_json_describes_the_page_that_there_is() -> None:
    """One link with a feature for the Feature Manager; its text fits into cPanel's own line."""
    [link] = json.loads((ROOT / "plugin/cpanel/install.json").read_text(encoding="utf-8"))
    assert (link["feature"], link["featuremanager"], link["group_id"]) == (MANIFEST.id, True, "security")
    assert f"/usr/local/cpanel/base/frontend/jupiter/{link['uri']}" in {file.place for file in MANIFEST.files}
    assert not re.search(r"[,=<>]", link["description"] + link["name"])
    assert (ROOT / "plugin/cpanel" / link["icon"]).is_file()


@pytest.mark.point(48)
def test_updates_of_the_panel_call_one_repair() -> None:
    """The upcp hook and AppConfig's upgradecall are the same script, which starts the repair's unit."""
    script = next(file.source for file in MANIFEST.files if file.place == MANIFEST.update_script)
    assert "autossl-doctor-repair.service" in (ROOT / script).read_text(encoding="utf-8")
    unit = (ROOT / "plugin/system/autossl-doctor-repair.service").read_text(encoding="utf-8")
    assert "ExecStart=/opt/autossl-doctor/libexec/autossl-doctor repair\n" in unit


@pytest.mark.point(12)
def test_this_version_has_no_page_in_whm() -> None:
    """So there is no AppConfig record to make."""
    assert MANIFEST.whm is None
    with pytest.raises(ValueError, match="no page in WHM"):
        made.appconfig(MANIFEST)


@pytest.fixture
def with_page(tmp_path: Path) -> Manifest:
    """The manifest with a page in WHM, and everything that is made from it."""
    for name in ("plugin/cpanel", "plugin/system"):
        shutil.copytree(ROOT / name, tmp_path / name)
    for name in ("cpanel_plugin.yaml", "uninstall.sh"):
        shutil.copy(ROOT / name, tmp_path / name)
    with_whm_page(tmp_path)
    return read_manifest(tmp_path)


@pytest.mark.point(5, 7, 11)
def test_an_appconfig_record_asks_for_little(with_page: Manifest, tmp_path: Path) -> None:
    """Needed addresses only, our own privilege and never `any`, as the visitor, and the entry relative to cgi/."""
    record = dict(
        line.split("=", 1) for line in (tmp_path / "plugin/whm/autossl_doctor.conf").read_text("utf-8").splitlines()
    )
    assert record == {
        "name": "autossl_doctor",
        "service": "whostmgr",
        "displayname": "AutoSSL Doctor",
        "url": "/cgi/autossl_doctor/index.cgi",
        "entryurl": "autossl_doctor/index.cgi",
        "acls": "software-AutosslDoctor",
        "user": "$authuser",
        "icon": "autossl_doctor.png",
        "target": "_self",
        "searchtext": "ssl tls autossl certificate renewal",
        "upgradecall": "/opt/autossl-doctor/libexec/after-panel-update",
    }
    assert record["acls"] == with_page.privilege
    assert write_all(tmp_path) == []


def test_an_odd_manifest_is_refused(tmp_path: Path) -> None:
    """A mode that lets others write, or a place that leads elsewhere, does not get as far as a server."""
    text = (ROOT / "cpanel_plugin.yaml").read_text(encoding="utf-8")
    for former, odd in (('"0755"', '"0775"'), ("to: /etc/logrotate.d/", "to: /etc/logrotate.d/../")):
        (tmp_path / "cpanel_plugin.yaml").write_text(text.replace(former, odd, 1), encoding="utf-8")
        with pytest.raises(ValueError, match="no file may have"):
            read_manifest(tmp_path)
