"""The string to sign, against strings spelled out by hand from Azure's definition."""

import pytest
from harness.shared_key import string_to_sign

CASES = {
    "own slots in order, date replaced by x-ms-date": (
        (
            "PUT",
            "/acct/c/b",
            "",
            {"Content-Length": "3", "Range": "bytes=0-1", "Date": "D", "x-ms-date": "T"},
        ),
        "PUT\n\n\n3\n\n\n\n\n\n\n\nbytes=0-1\nx-ms-date:T\n/acct/acct/c/b",
    ),
    "date without x-ms-date; length 0 signs as empty": (
        ("PUT", "/acct/c", "", {"date": "D", "content-length": "0"}),
        "PUT\n\n\n\n\n\nD\n\n\n\n\n\n/acct/acct/c",
    ),
    "x-ms headers lower-cased and sorted": (
        ("GET", "/acct/c/b", "", {"X-Ms-Version": " 1 ", "x-ms-date": "T", "Accept": "*"}),
        "GET\n\n\n\n\n\n\n\n\n\n\n\nx-ms-date:T\nx-ms-version:1\n/acct/acct/c/b",
    ),
    "parameters decoded, names lower-cased, sorted, values of one name joined": (
        ("GET", "/acct/c", "restype=container&Comp=list&prefix=a%2Fb&include=z&include=a", {}),
        "GET\n\n\n\n\n\n\n\n\n\n\n\n/acct/acct/c\ncomp:list\ninclude:a,z\nprefix:a/b\nrestype:container",
    ),
}


@pytest.mark.parametrize("request_, text", CASES.values(), ids=CASES.keys())
def test_string_to_sign(request_, text):
    method, path, query, headers = request_
    assert string_to_sign(method, "acct", path, query, headers) == text
