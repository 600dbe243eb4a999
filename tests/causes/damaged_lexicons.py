"""A directory of lexicons as a person may hand it over: one good one among damaged, hostile and special files."""

import json
import os
import shutil
from pathlib import Path

LOCALE = Path(__file__).parent / "locale"
NO_ADDRESS = "“[_1]” does not resolve to any [asis,IP] addresses on the internet."
CONTENT = (
    "The content “[_1]” of the [output,abbr,DCV,Domain Control Validation] file, as accessed at “[output,url,_2]”, "
    "did not match the expected value."
)
FETCHED = (
    "The system failed to fetch the [output,abbr,DCV,Domain Control Validation] file at “[output,url,_1]” "
    "because of an error: [_2]."
)
EMPTY_WORDS = {
    "“[_1]” is suspended.": "[_1]",
    NO_ADDRESS: "",
    "[asis,TLS] Status: OK": " ",
    "[asis,TLS] Status: Defective": ".",
    "Every domain failed [asis,DCV].": "[_9]",
    "This user’s [asis,SSL] coverage is already optimal.": "[_1]",
    "Success!": "[_1][_2]",
    "The system has completed “[_1]”’s [asis,AutoSSL] check.": "[_7] [frobnicate,_1] [quant]",
    "All domains are excluded from [asis,AutoSSL].": "[asis]",
    "This system has [asis,AutoSSL] disabled.": "[_-1]",
    "“[_1]” is unmanaged.": "[",
    "Local [asis,HTTP] [asis,DCV] error ([_1]): [_2]": "[_1] [_2]",
    "Impediment: [_1]: [_2]": "[_1]",
    "Analyzing “[_1]” (website) …": "[output,abbr]",
    "[asis,AutoSSL] will request a new certificate.": "ok",
    "The system queried for a temporary file at “[_1]”": "The [_1]",
}
PATTERNS = {
    "“[_1]” is suspended.": "(a+)+$(.*)*(?:x?){50}",
    FETCHED: "[_1]a[_2]a[_1]a[_2]a[_1]a[_2]a[_1]a[_2]!",
    CONTENT: "[_1] [_2] [_1] [_2] [_1] [_2] [_1] [_2] [_1] [_2] end",
}
HUGE = {CONTENT: "x" * 300_000, FETCHED: "[_1]" * 20_000, NO_ADDRESS: "「[_1]」" * 5000}
BOMB = 'a: &a ["lol","lol"]\n' + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [{f'*{chr(97 + n)},' * 9}]\n" for n in range(12)
)
TEXTS = {
    ".yaml": "x",
    "README": "not a lexicon",
    "aa.yaml": "- just\n- a\n- list\n",
    "ab.yaml": "just a scalar",
    "ac.yaml": "",
    "ad.yaml": f'"{NO_ADDRESS}": null\n"“[_1]” is suspended.": 7\n7: "“[_1]” is suspended."\n"Success!": {{a: b}}\n',
    "ae.yaml": json.dumps(HUGE, ensure_ascii=False),
    "af.yaml": "---\n" + "".join(f"{json.dumps(key)}: {json.dumps(text)}\n" for key, text in EMPTY_WORDS.items()),
    "ag.yaml": BOMB,
    "ah.yaml": '"TLS": !!python/object/apply:os.system ["touch pwned"]\n"x": !!python/name:os.system\n',
    "ai.yaml": "".join(
        f"{json.dumps(key, ensure_ascii=False)}: {json.dumps(text)}\n" for key, text in PATTERNS.items()
    ),
    "al.yaml": "[" * 50_000,
    "am.yaml": "x: *undefined\n",
    "an.yaml": "k: &k\n  <<: *k\n",
    "ap.yaml": "---\na: b\n---\nc: d\n",
}


def write(directory: Path) -> Path:
    """Write them all."""
    directory.mkdir()
    for name, text in TEXTS.items():
        (directory / name).write_text(text, "utf-8")
    (directory / "aj.yaml").write_bytes(b'---\n"' + NO_ADDRESS.encode() + b'": "\xff\xfe\x80 [_1] \xc3\x28"\n')
    (directory / "ak.yaml").write_bytes("---\na: b\n".encode("utf-16"))
    (directory / "ao.yaml").write_bytes(b'a: "\x00\x07\x1b"\n')
    german = (LOCALE / "de.yaml").read_text("utf-8")
    (directory / "de.yaml").write_text(german[: len(german) * 2 // 3] + '\n"torn', "utf-8")
    shutil.copy(LOCALE / "fr.yaml", directory / "fr.yaml")
    (directory / "ko.yaml").symlink_to(LOCALE / "ko.yaml")
    (directory / "xx.yaml").mkdir()
    os.mkfifo(directory / "xy.yaml")
    (directory / "xz.yaml").symlink_to("/dev/zero")
    (directory / "ya.yaml").symlink_to("nowhere")
    (directory / "yb.yaml").symlink_to("yb.yaml")
    return directory
