"""The answers of a page that stays closed: short, in both languages, without a path or a reason to guess from."""

from __future__ import annotations

from autossl_doctor.host.cgi import answer

HTML = "text/html; charset=utf-8"
_SAID = {
    "identity": (
        "This page opens only from your own cPanel.",
        "このページは、ご自身の cPanel からのみ開けます。",
    ),
    "form": (
        "Nothing was started: this form is out of date. Please open the page again and try once more.",
        "何も開始されませんでした。画面が古くなっています。ページを開き直して、もう一度お試しください。",
    ),
    "feature": (
        "AutoSSL Doctor is not part of this account. Your hosting company can switch it on.",
        "このアカウントでは AutoSSL Doctor を利用できません。ホスティング会社にご相談ください。",
    ),
}


def closed(why: str) -> None:
    """Refuse a visit."""
    _say(*_SAID[why], status="403 Forbidden")


def failed(mark: str) -> None:
    """Say that the page broke; `mark` finds the line in the panel's error log."""
    english = f"The page could not be shown. If it happens again, give your hosting company this number: {mark}."
    japanese = f"ページを表示できませんでした。繰り返す場合は、この番号をホスティング会社にお伝えください: {mark}"
    _say(english, japanese, status="500 Internal Server Error")


def _say(english: str, japanese: str, status: str) -> None:
    body = (
        '<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>AutoSSL Doctor</title>'
        '<meta name="viewport" content="width=device-width"><main>'
        f'<p>{english}</p><p lang="ja">{japanese}</p></main></html>'
    )
    answer(body.encode(), HTML, status, ("Content-Security-Policy: default-src 'none'",))
