"""The name by which an owner knows a website."""

import pytest

from autossl_doctor.model.names import shown_name


@pytest.mark.parametrize(
    ("site", "domains", "shown"),
    [
        ("shop.example", ["shop.example", "www.shop.example"], "shop.example"),
        (
            "club.example.shop.example",
            ["club.example.shop.example", "club.example", "www.club.example"],
            "club.example",
        ),
        ("b.club.example.shop.example", ["club.example", "b.club.example"], "b.club.example"),
        ("example.co.jp", ["example.co.jp", "example.co"], "example.co.jp"),
        ("club.shop.example", ["club.shop.example", "club"], "club.shop.example"),
        ("club.example.shop.example", [], "club.example.shop.example"),
    ],
)
def test_an_addon_domain_is_known_by_its_own_name(site: str, domains: list[str], shown: str) -> None:
    """The panel's name is the domain with the account's main domain behind it; everything else is as it is."""
    assert shown_name(site, domains) == shown
