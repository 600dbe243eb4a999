"""The imitated commands of the panel and its system: what they accept, refuse, and leave behind."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.lab.commands.icon import transparent_png
from tests.lab.panel.before_installation import host_before_installation
from tests.lab.panel.entered import StandingPanel
from tests.lab.panel.tree_state import changes

BIN, SCRIPTS = "/usr/local/cpanel/bin", "/usr/local/cpanel/scripts"
CGI, APPS = "/usr/local/cpanel/whostmgr/docroot/cgi", "/var/cpanel/apps"
THEME = "/usr/local/cpanel/base/frontend/jupiter"
FEATURES = "/usr/local/cpanel/whostmgr/addonfeatures"
RECORD = {"name": "trial", "service": "whostmgr", "url": "/cgi/trial/index.cgi", "acls": "all", "user": "root"}
LINK = {
    "type": "link",
    "id": "trial",
    "name": "Trial",
    "group_id": "security",
    "order": "50",
    "icon": "trial.svg",
    "uri": "trial/index.live.cgi",
    "feature": "trial",
    "featuremanager": True,
}
pytestmark = pytest.mark.system("root and layered files")


@pytest.fixture
def panel(tmp_path: Path) -> Iterator[StandingPanel]:
    """A host before an installation."""
    with host_before_installation(tmp_path) as standing:
        yield standing


def answer(panel: StandingPanel, *command: str, code: int = 0) -> str:
    """What a command prints; it ends as expected."""
    done = panel.run(command)
    assert done.returncode == code, done.stderr
    return done.stdout if code == 0 else done.stderr


def put(panel: StandingPanel, path: str, content: str, mode: int = 0o644) -> str:
    """A file inside, as an installer leaves it."""
    place = panel.path(path)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(content, encoding="utf-8")
    place.chmod(mode)
    return path


def put_plugin(panel: StandingPanel, items: object, directory: str = "/opt/trial/plugin") -> str:
    """A description with its icon."""
    put(panel, f"{directory}/trial.svg", '<svg xmlns="http://www.w3.org/2000/svg"/>')
    put(panel, f"{directory}/install.json", items if isinstance(items, str) else json.dumps(items))
    return directory


def put_record(panel: StandingPanel, **changes: str | None) -> str:
    """A file with an AppConfig record."""
    values = {key: value for key, value in {**RECORD, **changes}.items() if value is not None}
    return put(panel, "/opt/trial/trial.conf", "".join(f"{key}={value}\n" for key, value in values.items()))


def put_hook(panel: StandingPanel, items: object, mode: int = 0o755) -> str:
    """A hook that describes itself."""
    text = f"#!/bin/sh\n[ \"$1\" = --describe ] && echo '{json.dumps(items)}' && exit\ncat >/dev/null\necho 1\n"
    return put(panel, "/opt/trial/hook", text, mode)


def hook(event: str = "upcp", category: str = "System", **more: object) -> dict[str, object]:
    """What a hook says of itself."""
    path = "/opt/trial/hook"
    return {"category": category, "event": event, "stage": "post", "hook": path, "exectype": "script", **more}


def test_the_machine_is_out_of_reach(panel: StandingPanel) -> None:
    """What a command inside changes is seen inside only; there is no network, and no panel package manager but one."""
    script = "echo x > /etc/trial; echo x > /opt/trial; rm /etc/hostname; ip route; command -v apt-get"
    assert panel.run(["sh", "-c", script]).stdout == ""
    assert panel.path("/etc/trial").exists()
    assert not panel.path("/etc/hostname").exists()
    assert Path("/etc/hostname").exists()
    assert not Path("/etc/trial").exists()
    assert not Path("/opt/trial").exists()


def test_an_application_is_registered_and_forgotten(panel: StandingPanel) -> None:
    """The record gets its name, everybody is logged out each time, and the application's files stay as they are."""
    path = put_record(panel)
    cgi = put(panel, f"{CGI}/trial/index.cgi", "#!/bin/sh\n", 0o755)
    before = panel.read("/var/cpanel/pluginscache.yaml")
    assert "trial registered" in answer(panel, f"{BIN}/register_appconfig", path)
    assert answer(panel, f"{BIN}/is_registered_with_appconfig", "whostmgr", "trial").strip() == "1"
    assert answer(panel, f"{BIN}/is_registered_with_appconfig", "cpanel", "trial").strip() == "0"
    assert panel.path(f"{APPS}/trial.conf").stat().st_mode & 0o7777 == 0o600
    assert "trial" in answer(panel, f"{BIN}/show_appconfig")
    assert "trial unregistered" in answer(panel, f"{BIN}/unregister_appconfig", "trial")
    assert "not registered" in answer(panel, f"{BIN}/unregister_appconfig", "trial", code=1)
    assert panel.path(cgi).exists()
    assert list(panel.path(APPS).iterdir()) == []
    assert panel.read("/var/cpanel/pluginscache.yaml") == before
    assert [line["standing"] for line in panel.commands("cpsrvd")] == [True, True]


def test_icons_of_whm(panel: StandingPanel) -> None:
    """A PNG of 48 × 48 is one; a drawing, a text that is called PNG, and a picture of another size are none."""
    small = transparent_png().replace((48).to_bytes(4) * 2, (16).to_bytes(4) * 2, 1)
    for name, content, code in (
        ("trial.svg", b"<svg/>", 1),
        ("trial.png", b"a text", 1),
        ("trial.png", small, 1),
        ("trial.png", transparent_png(), 0),
    ):
        panel.path(f"/usr/local/cpanel/whostmgr/docroot/addon_plugins/{name}").write_bytes(content)
        answer(panel, f"{BIN}/register_appconfig", put_record(panel, icon=name), code=code)


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"name": None}, "“name”"),
        ({"name": "Tri al"}, "“name”"),
        ({"url": "cgi/trial/index.cgi"}, "slash"),
        ({"url": "/cgi/../trial"}, "path"),
        ({"url": None}, "“url”"),
        ({"acls": None}, "“acls”"),
        ({"acls": "every one"}, "privilege"),
        ({"service": "cpanel"}, "install_plugin"),
        ({"user": "nobody-here"}, "not there"),
        ({"upgradecall": "/opt/gone"}, "not there"),
        ({"icon": "gone.png"}, "addon_plugins"),
        ({"displayname": "Trial", "entryurl": "/cgi/trial/index.cgi"}, "below cgi/"),
        ({"displayname": "Trial"}, "belong together"),
        ({"colour": "red"}, "no key"),
    ],
)
def test_a_record_that_is_refused(tmp_path: Path, changes: dict[str, str | None], word: str) -> None:
    """The reason is told; nothing is registered and nothing is started anew."""
    with host_before_installation(tmp_path) as panel:
        path = put_record(panel, **changes)
        assert word in answer(panel, f"{BIN}/register_appconfig", path, code=1)
        assert list(panel.path(APPS).iterdir()) == []
        assert panel.commands("cpsrvd") == []


def test_a_plugin_is_installed_and_removed(panel: StandingPanel) -> None:
    """The icon, its record and the feature appear, the page files do not; the feature outlives the removal."""
    directory = put_plugin(panel, [LINK])
    put(panel, f"{directory}/index.live.cgi", "#!/bin/sh\n", 0o755)
    for _ in range(2):
        answer(panel, f"{SCRIPTS}/install_plugin", directory, "--theme=jupiter")
    assert "url=>trial/index.live.cgi" in panel.read(f"{THEME}/dynamicui/dynamicui_trial.conf")
    assert panel.path(f"{THEME}/assets/application_icons/trial.svg").exists()
    assert panel.read(f"{FEATURES}/trial") == "trial:Trial\n"
    assert not panel.path(f"{THEME}/trial").exists()
    answer(panel, f"{SCRIPTS}/uninstall_plugin", directory, "--theme=jupiter")
    assert list(panel.path(f"{THEME}/dynamicui").iterdir()) == []
    assert list(panel.path(f"{THEME}/assets/application_icons").iterdir()) == []
    assert panel.path(f"{FEATURES}/trial").exists()
    assert "not installed" in answer(panel, f"{SCRIPTS}/uninstall_plugin", directory, code=1)


def test_an_archive_is_a_plugin_too(panel: StandingPanel) -> None:
    """A tar.gz with the description at its top does the same as its directory; one level deeper it is not found."""
    directory = put_plugin(panel, [LINK])
    answer(panel, "tar", "-czf", "/opt/trial/flat.tar.gz", "-C", directory, ".")
    answer(panel, "tar", "-czf", "/opt/trial/deep.tar.gz", "-C", "/opt/trial", "plugin")
    assert "missing" in answer(panel, f"{SCRIPTS}/install_plugin", "/opt/trial/deep.tar.gz", code=1)
    answer(panel, f"{SCRIPTS}/install_plugin", "/opt/trial/flat.tar.gz", "--theme=jupiter")
    assert panel.path(f"{THEME}/dynamicui/dynamicui_trial.conf").exists()


def test_a_missing_directory_of_features_is_not_made(panel: StandingPanel) -> None:
    """The icon is there, the feature is not, and only a warning tells."""
    answer(panel, "rm", "-r", FEATURES)
    done = panel.run([f"{SCRIPTS}/install_plugin", put_plugin(panel, [LINK])])
    assert (done.returncode, "warning" in done.stderr) == (0, True)
    assert not panel.path(FEATURES).exists()


def test_descriptions_that_are_refused(panel: StandingPanel) -> None:
    """Every mistake ends with its reason, and nothing of the plugin appears."""
    mistakes = [
        ("{}", "array"),
        ("[]", "array"),
        ("no json", "JSON"),
        ([{**LINK, "id": "Big Id"}], "“id”"),
        ([{**LINK, "order": "100"}], "“order”"),
        ([{**LINK, "uri": "/trial/index.live.cgi"}], "“uri”"),
        ([{**LINK, "uri": "../index.live.cgi"}], "“uri”"),
        ([{**LINK, "group_id": "nowhere"}], "group"),
        ([{**LINK, "icon": "gone.svg"}], "missing"),
        ([{**LINK, "featuremanager": "true"}], "“featuremanager”"),
        ([{**LINK, "name": "a,url=>b"}], "“name”"),
        ([{**LINK, "colour": "red"}], "unknown"),
        ([{key: value for key, value in LINK.items() if key != "uri"}], "missing"),
        ([LINK, LINK], "same id"),
    ]
    directory = put_plugin(panel, [LINK])
    for items, word in mistakes:
        put_plugin(panel, items)
        assert word in answer(panel, f"{SCRIPTS}/install_plugin", directory, code=1), items
    assert "theme" in answer(panel, f"{SCRIPTS}/install_plugin", put_plugin(panel, [LINK]), "--theme=x3", code=1)
    answer(panel, "rm", f"{directory}/install.json")
    assert "missing" in answer(panel, f"{SCRIPTS}/install_plugin", directory, code=1)
    assert list(panel.path(f"{THEME}/dynamicui").iterdir()) == []
    assert [path.name for path in panel.path(FEATURES).iterdir()] == ["other_vendor"]


def test_hooks_come_and_go(panel: StandingPanel) -> None:
    """A script's own description counts; what others have registered stays; a script that is gone needs prune."""
    before = panel.read("/var/cpanel/hooks.yaml")
    path = put_hook(panel, [hook(), hook("Accounts::Create", "Whostmgr", weight=50)])
    answer(panel, f"{BIN}/manage_hooks", "add", "script", path)
    assert "already" in answer(panel, f"{BIN}/manage_hooks", "add", "script", path, code=1)
    listed = json.loads(answer(panel, f"{BIN}/manage_hooks", "list", "--output", "JSON"))
    assert [item["hook"] for item in listed["System"]["upcp"]] == ["/opt/other-vendor/hook", path]
    assert [item["weight"] for item in listed["Whostmgr"]["Accounts::Create"]] == [50]
    answer(panel, f"{BIN}/manage_hooks", "delete", "script", path)
    assert panel.read("/var/cpanel/hooks.yaml") == before
    answer(panel, f"{BIN}/manage_hooks", "add", "script", path)
    answer(panel, "rm", path)
    assert "script" in answer(panel, f"{BIN}/manage_hooks", "delete", "script", path, code=1)
    answer(panel, f"{BIN}/manage_hooks", "prune")
    assert panel.read("/var/cpanel/hooks.yaml") == before


def test_hooks_by_hand(panel: StandingPanel) -> None:
    """With --manual the description is on the command line, and the script need not be there any more to be deleted."""
    before = panel.read("/var/cpanel/hooks.yaml")
    path = put(panel, "/opt/trial/hook", "#!/bin/sh\nexit 1\n", 0o755)
    described = ["--manual", "--category", "Whostmgr", "--event=Accounts::Remove", "--stage=post"]
    answer(panel, f"{BIN}/manage_hooks", "add", "script", path, *described)
    answer(panel, "rm", path)
    answer(panel, f"{BIN}/manage_hooks", "delete", "script", path, *described)
    assert panel.read("/var/cpanel/hooks.yaml") == before


def test_hooks_that_are_refused(panel: StandingPanel) -> None:
    """A script that others may change is not even started; an answer that is not as documented registers nothing."""
    before = panel.read("/var/cpanel/hooks.yaml")
    for mode in (0o757, 0o644):
        path = put(panel, "/opt/trial/hook", "#!/bin/sh\n: > /opt/trial/ran\necho '[]'\n", mode)
        assert "root's" in answer(panel, f"{BIN}/manage_hooks", "add", "script", path, code=1)
    assert not panel.path("/opt/trial/ran").exists()
    described: list[object] = [
        [],
        {},
        [hook("Accounts::Invented", "Whostmgr")],
        [hook(stage="later")],
        [hook(exectype="module")],
        [hook(hook="/opt/other")],
        [hook(colour="red")],
        [{"category": "System"}],
    ]
    for items in described:
        answer(panel, f"{BIN}/manage_hooks", "add", "script", put_hook(panel, items), code=1)
    assert panel.read("/var/cpanel/hooks.yaml") == before


def test_commands_are_for_root(panel: StandingPanel) -> None:
    """An account is sent away by each of them, and nothing happens."""
    path = put_record(panel)
    for command in (
        [f"{BIN}/register_appconfig", path],
        [f"{BIN}/manage_hooks", "prune"],
        [f"{BIN}/whmapi1", "version"],
        [f"{SCRIPTS}/install_plugin", put_plugin(panel, [LINK])],
    ):
        done = panel.run(command, user="alice")
        assert (done.returncode, "root" in done.stderr) == (1, True), command
    assert panel.commands() == []


def test_whmapi1(panel: StandingPanel) -> None:
    """Answers are JSON or YAML; what fails says so in its metadata, while the exit status is 0."""
    answered = json.loads(answer(panel, f"{BIN}/whmapi1", "--output=json", "listaccts"))
    assert (answered["metadata"]["result"], len(answered["data"]["acct"])) == (1, 7)
    assert "version: 11.134.0.12" in answer(panel, "whmapi1", "version")
    assert "11.134.0.12" in answer(panel, "/usr/local/cpanel/whmapi1", "--output=json", "version")
    failed = json.loads(answer(panel, f"{BIN}/whmapi1", "--output=json", "create_everything"))
    assert failed["metadata"]["result"] == 0
    assert "data" not in failed


def test_every_call_is_written_down_and_may_be_made_to_fail(panel: StandingPanel) -> None:
    """The package manager has no network, mail goes nowhere, and a test chooses what fails."""
    answer(panel, "dnf", "-y", "install", "python3.12", code=1)
    panel.behave("dnf", code=0, links={"/usr/bin/python3.12": "/usr/bin/python3"})
    answer(panel, "dnf", "-y", "install", "python3.12")
    assert panel.run(["/usr/bin/python3.12", "-c", "print(1)"]).stdout == "1\n"
    panel.run(["/usr/sbin/sendmail", "-t"], stdin="To: root\n\nhello\n")
    assert panel.commands("sendmail")[0]["stdin"] == "To: root\n\nhello\n"
    panel.behave("manage_hooks", code=7, stderr="broken")
    assert answer(panel, f"{BIN}/manage_hooks", "list", code=7) == "broken\n"
    assert [line["code"] for line in panel.commands("dnf")] == [1, 0]


def test_units_as_systemctl_knows_them(panel: StandingPanel) -> None:
    """Enabling makes links, `--now` starts, a changed file counts from daemon-reload on, and removal leaves nothing."""
    units, name = "/etc/systemd/system", "autossl-doctor-trial.service"
    text = "[Service]\nExecStart=/bin/sleep 1000\n[Install]\nWantedBy=multi-user.target\n"
    before = sorted(path.name for path in panel.path(units).iterdir())
    assert "does not exist" in answer(panel, "systemctl", "enable", name, code=1)
    put(panel, f"{units}/{name}", text)
    answer(panel, "systemctl", "daemon-reload")
    assert panel.run(["systemctl", "is-enabled", name]).stdout == "disabled\n"
    assert panel.run(["systemctl", "is-active", name]).stdout == "inactive\n"
    answer(panel, "systemctl", "enable", "--now", name)
    assert panel.path(f"{units}/multi-user.target.wants/{name}").is_symlink()
    assert answer(panel, "systemctl", "is-active", name) == "active\n"
    put(panel, f"{units}/{name}", text.replace("sleep 1000", "false"))
    answer(panel, "systemctl", "restart", name)
    assert answer(panel, "systemctl", "is-active", name) == "active\n"
    answer(panel, "systemctl", "daemon-reload")
    put(panel, f"{units}/{name}", text.replace("sleep 1000", "false").replace("[Service]", "[Service]\nType=oneshot"))
    answer(panel, "systemctl", "daemon-reload")
    assert "failed" in answer(panel, "systemctl", "restart", name, code=1)
    answer(panel, "systemctl", "disable", "--now", name)
    answer(panel, "rm", f"{units}/{name}")
    answer(panel, "systemctl", "daemon-reload")
    assert "not found" in answer(panel, "systemctl", "start", name, code=5)
    assert sorted(path.name for path in panel.path(units).iterdir()) == before


def test_uapi_answers_about_features(panel: StandingPanel) -> None:
    """A feature that was registered is a plugin's; one that is not exists for nobody."""
    asked = ["/usr/local/cpanel/bin/uapi", "--output=json", "--user=alice", "Features"]
    before = json.loads(answer(panel, *asked, "has_feature", "name=trial"))["result"]["status"]
    answer(panel, f"{SCRIPTS}/install_plugin", put_plugin(panel, [LINK]))
    after = json.loads(answer(panel, *asked, "has_feature", "name=trial"))["result"]["status"]
    assert (before, after) == (None, 1)
    listed = json.loads(answer(panel, *asked, "get_feature_metadata"))["result"]["data"]
    assert {"id": "trial", "is_plugin": 1} in listed
    assert {"id": "autossl", "is_plugin": 0} in listed


def test_changes_are_told(panel: StandingPanel) -> None:
    """A new file, another mode, another content, a file that is gone: each with its path; what is put back is none."""
    assert changes(panel) == {}
    directory = "/usr/local/cpanel/whostmgr/addonfeatures"
    script = f"""echo x > /etc/trial; chmod 600 /etc/os-release; echo 1 > /usr/local/cpanel/version; rm /etc/hostname
        rm -r {directory}; mkdir {directory}; mv /etc/logrotate.d /etc/rotated; mv /etc/rotated /etc/logrotate.d"""
    assert panel.run(["sh", "-c", script]).stderr == ""
    changed = changes(panel)
    assert sorted(changed) == [
        "/etc/hostname",
        "/etc/os-release",
        "/etc/trial",
        "/usr/local/cpanel/version",
        f"{directory}/other_vendor",
    ]
    assert changed["/etc/trial"][0] == changed["/etc/hostname"][1] == ""
    assert changed["/etc/os-release"][1].startswith("-rw------- 0:0 ")
    undone = f"""rm /etc/trial; chmod 644 /etc/os-release; echo 11.134.0.12 > /usr/local/cpanel/version
        echo "other_vendor:Another plugin" > {directory}/other_vendor"""
    assert panel.run(["sh", "-c", undone]).stderr == ""
    assert list(changes(panel)) == ["/etc/hostname"]
