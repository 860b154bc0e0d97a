"""Every case of the language comes out as it is written."""

from collections import Counter

import pytest

from conformance.runner import FOLDER, Case, cases, outcome

CASES = [case for file in sorted(FOLDER.glob("*.cases")) for case in cases(file)]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.file}: {case.name}")
def test_a_case_comes_out_as_written(case: Case) -> None:
    assert case.expected, "a case says what comes out: run pytest --rewrite"
    assert outcome(case) == case.expected


def test_no_two_cases_are_the_same() -> None:
    texts = Counter((case.rules, case.report) for case in CASES)
    assert [rules for rules, count in texts.items() if count > 1] == []
    names = Counter((case.file, case.name) for case in CASES)
    assert [name for name, count in names.items() if count > 1] == []
