"""The comparison of records with requests itself, and the reading of bundles."""

import cbor2
import pytest
from crash.clients import Answer, Asked, Refused
from crash.journal import Counted, Record, about_counts, about_records, bundles, read

PUT, GET, EXPORT = (
    Asked("blob.put", "shared", "a"),
    Asked("blob.get", "shared", "a"),
    Asked("journal.export", "", ""),
)
PUT_ANSWER, GET_ANSWER = Answer(PUT, 201, "id-1", "token-1"), Answer(GET, 200, "id-2", "token-2")
PUT_RECORD, GET_RECORD = Record(0, PUT, 201, "id-1"), Record(1, GET, 200, "id-2")
UNKNOWN = Record(2, PUT, 201, "id-3")
OWN = Record(3, EXPORT, 200, "id-4")

# Name: records, answers, what was asked without an answer, what the reader asked.
RIGHT = {
    "nothing happened": ([], [], [], []),
    "a record of each": ([PUT_RECORD, GET_RECORD], [GET_ANSWER, PUT_ANSWER], [], []),
    "what was not answered has a record": ([UNKNOWN], [], [PUT], []),
    "what was not answered has none": ([], [], [PUT], []),
    "the reader's own": ([OWN], [], [], [EXPORT]),
}
# With a part of the complaint.
WRONG = {
    "an answer without a record": ([PUT_RECORD], [PUT_ANSWER, GET_ANSWER], [], [], "has no record"),
    "two records of one request": ([PUT_RECORD, PUT_RECORD], [PUT_ANSWER], [], [], "not the only one"),
    "another status": ([Record(0, PUT, 409, "id-1")], [PUT_ANSWER], [], [], "has a record that says"),
    "another action": ([Record(0, GET, 201, "id-1")], [PUT_ANSWER], [], [], "has a record that says"),
    "a record of nothing": ([UNKNOWN], [], [], [], "nobody sent"),
    "two records of one without an answer": ([UNKNOWN, UNKNOWN], [], [PUT], [], "nobody sent"),
    "a record of another than was asked": ([UNKNOWN], [], [GET], [], "nobody sent"),
    "the reader's own is missing": ([], [], [], [EXPORT], "which was answered, has no record"),
}


@pytest.mark.parametrize("name", RIGHT)
def test_records_that_are_right(name):
    assert about_records(*RIGHT[name]) == []


@pytest.mark.parametrize("name", WRONG)
def test_records_that_are_wrong(name):
    *given, complaint = WRONG[name]
    (found,) = about_records(*given)
    assert complaint in found


COUNTED = Counted(4, {"failed-authentication": 2}, 100.0)
LONG_AGO, JUST_NOW, LATER = Refused(90.0, 90.1), Refused(99.8, 99.9), Refused(100.1, 100.2)
UNANSWERED = Refused(99.0)

# Name: counting records and refused requests.
RIGHT_COUNTS = {
    "nothing happened": ([], []),
    "those before the count": ([COUNTED], [LONG_AGO, LONG_AGO, LATER]),
    "one whose answer came at the moment of the count": ([COUNTED], [LONG_AGO, LONG_AGO, JUST_NOW]),
    "one without an answer is counted": ([COUNTED], [LONG_AGO, UNANSWERED]),
    "one without an answer is not counted": ([COUNTED], [LONG_AGO, LONG_AGO, UNANSWERED]),
    "in two records": ([COUNTED, COUNTED], [LONG_AGO] * 4),
    "killed before anything was counted": ([], [LONG_AGO, LATER]),
}
WRONG_COUNTS = {
    "counted, and nobody asked": ([COUNTED], []),
    "one too many": ([COUNTED], [LONG_AGO, LATER]),
    "one forgotten": ([COUNTED], [LONG_AGO] * 3),
    "counted twice": ([COUNTED, COUNTED], [LONG_AGO] * 2),
    "counted for another reason": ([Counted(4, {"malformed-requests": 1}, 100.0)], []),
}


@pytest.mark.parametrize("name", RIGHT_COUNTS)
def test_counts_that_are_right(name):
    assert about_counts(*RIGHT_COUNTS[name]) == []


@pytest.mark.parametrize("name", WRONG_COUNTS)
def test_counts_that_are_wrong(name):
    assert about_counts(*WRONG_COUNTS[name]) != []


def test_a_counting_record_is_told_from_that_of_a_request():
    what = cbor2.dumps(["", "requests.refused", "", "", "", None, None])
    outcome = cbor2.dumps([True, [["failed-authentication", 2]], 0, 100_000_000, "id", None])
    entry = cbor2.dumps([1, bytes(32), *([bytes(32), facet] for facet in (b"", what, b"", outcome))])
    assert read(4, entry) == COUNTED


def test_bundles_are_named_as_the_server_names_them():
    assert bundles(0, 0) == []
    assert bundles(3, 256) == [(0, "tile/entries/000")]
    assert bundles(255, 600) == [
        (0, "tile/entries/000"),
        (256, "tile/entries/001"),
        (512, "tile/entries/002.p/88"),
    ]
