"""Lines pasted by themselves, without the ones that say whose they are: whatever is found has its words."""

from datetime import UTC, datetime
from itertools import product

import pytest

from autossl_doctor.collect.pasted import read_pasted
from autossl_doctor.collect.signatures.lexicon import Lexicon, lines, reasons, refusals
from autossl_doctor.diagnose.report import diagnose
from autossl_doctor.explain.words import Reader, Writer
from tests.causes.situations import catalogue

NOW = datetime(2026, 11, 22, 12, 30, tzinfo=UTC)
READERS: tuple[Reader, ...] = ("owner", "admin")
BOOKS = {"lines": lines(), "reasons": reasons(), "refusals": refusals()}


@pytest.mark.parametrize("form", ["{}", "HTTP DCV: {}", "MASTER DCV: {}"])
@pytest.mark.parametrize("book", BOOKS.values(), ids=list(BOOKS))
def test_every_line_by_itself_is_told_in_full(book: Lexicon, form: str) -> None:
    """Each sample of each signature gives findings with all arguments that they need, and no part of them is empty."""
    causes = catalogue().causes
    needed = {cause.id: {name for name, kind in cause.args.items() if not kind.endswith("?")} for cause in causes}
    writers = [
        Writer(catalogue().texts, language, reader, "UTC") for language, reader in product(("en", "ja"), READERS)
    ]
    for sample in (sample for signature in book.signatures for sample in signature.match):
        report = diagnose(read_pasted(form.format(sample), NOW, "UTC"), causes)
        for finding in (*(each for site in report.sites for each in site.findings), *report.server_findings):
            assert needed[finding.cause] <= {name for name, value in finding.args.items() if value not in ("", ())}
            for writer in writers:
                words = writer.words(finding)
                assert all([words.title, words.what, words.why, words.steps]), (finding.cause, sample)
