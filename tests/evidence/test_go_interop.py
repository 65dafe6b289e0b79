"""Programs that share nothing with our code read what Vitrine publishes: Go's golang.org/x/mod/sumdb,
transparency-dev/merkle, and Tessera's client and fsck."""

import json
import shutil
from pathlib import Path

import pytest
from evidence.refused.notes import SMALL_ORDER
from evidence.refused.signing import OTHER
from evidence.tampering import flip

ROOT = Path(__file__).parents[2]

FILES = [
    "checkpoint",
    "tile/0/000",
    "tile/0/001.p/4",
    "tile/1/000.p/1",
    "tile/entries/000",
    "tile/entries/001.p/4",
]
READERS = ["log", "client", "fsck"]

# Go and its modules take too long to come to a new machine.
pytestmark = pytest.mark.nightly


def test_the_committed_vectors_are_those_that_go_makes(interop):
    assert interop("vectors").stdout == (ROOT / "src/tlog/testdata/go_sumdb.txt").read_text()


@pytest.mark.parametrize(
    ("reader", "says"), [("log", "260 entries\n"), ("client", "260 entries proved\n"), ("fsck", "whole\n")]
)
def test_a_published_log_is_read(interop, sample, sample_key, reader, says):
    result = interop(reader, sample / "log", sample_key)
    assert (result.returncode, result.stdout) == (0, says), result.stderr


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("reader", READERS)
def test_a_changed_file_is_refused(interop, sample, sample_key, tmp_path, reader, file):
    log = shutil.copytree(sample / "log", tmp_path / "log")
    flip(log / file)
    result = interop(reader, log, sample_key)
    assert result.returncode == 1 and f"refused by {reader}: " in result.stderr, result


@pytest.mark.parametrize("reader", READERS)
def test_another_logs_key_is_refused(interop, sample, reader):
    result = interop(reader, sample / "log", OTHER.text)
    assert result.returncode == 1, result


# Where others' code is of another opinion than ours on the vectors of docs/formats/refused.md: what it lets
# pass is spelled in another way, hashes to no root that could be met, or is about the tree without leaves.
OTHER_OPINIONS = {
    "inclusion": [],
    "consistency": [
        "merkle accepts empty older tree with a root of leaves",
        "merkle accepts empty older tree with a root of zeros",
        "x/mod refuses 0 to 7: tlog: invalid inputs in CheckTree",
    ],
    "note-key": [
        "x/mod accepts a newline follows",
        "x/mod accepts the hash is in capitals",
        *(f"x/mod accepts the key is {what}" for what in sorted(each for each, _ in SMALL_ORDER)),
    ],
    "note": ["x/mod accepts a wrong signature behind the right one"],
    "checkpoint": [
        "tessera accepts an empty line behind the root",
        "tessera accepts an empty root",
        "tessera accepts root in hexadecimal",
        "tessera accepts root of 31 bytes",
        "tessera accepts root of 33 bytes",
        "tessera accepts root that is a word",
        "tessera accepts root with bits behind its end",
        "tessera accepts size with a leading zero",
    ],
    "bundle": [],
}


@pytest.mark.parametrize("kind", OTHER_OPINIONS)
def test_what_we_refuse_others_refuse_too(interop, kind):
    result = interop("refused", ROOT / f"src/evidence/testdata/refused/{kind}.json")
    assert result.returncode == 0, result.stderr
    assert sorted(result.stdout.splitlines()) == OTHER_OPINIONS[kind]


def test_our_proofs_convince_go(interop, sample, sample_key):
    proofs = sample / "proofs.txt"
    result = interop("proofs", proofs, sample / "log", sample_key)
    count = len(proofs.read_text().splitlines())
    assert count > 50
    assert (result.returncode, result.stdout) == (0, f"{count} proofs\n"), result.stderr


def changed_proofs(line: str) -> list[str]:
    """The same claim with a hash that differs, is missing, comes twice or in another place; another claim."""
    kind, first, size, hashes = line.split()
    path = [] if hashes == "-" else hashes.split(",")
    other = f"{int(path[0][:2], 16) ^ 1:02x}{path[0][2:]}" if path else "00" * 32
    paths = [[other, *path[1:]], path[1:], [*path, other]]
    if len(path) > 1:
        paths.append([path[1], path[0], *path[2:]])
    wrong = [f"{kind} {first} {size} {','.join(each) or '-'}" for each in paths if each != path]
    return [*wrong, f"{kind} {int(first) + 1} {size} {hashes}"]


def test_changed_proofs_do_not(interop, sample, sample_key, tmp_path):
    for line in (sample / "proofs.txt").read_text().splitlines()[::7]:
        for wrong in changed_proofs(line):
            file = tmp_path / "proofs.txt"
            file.write_text(wrong + "\n")
            assert interop("proofs", file, sample / "log", sample_key).returncode == 1, wrong


def test_the_sample_receipts_proofs_convince_go(interop, sample, sample_key):
    result = interop("receipt", sample / "receipt.json", sample_key)
    assert (result.returncode, result.stdout) == (0, "record 3 of 7, slot 1 of 3, seal 5\n"), result.stderr


@pytest.mark.parametrize(
    ("part", "place"),
    [
        ("seal", ["seal", "path", 1]),
        ("seal", ["seal", "entry"]),
        ("slot", ["slot", "path", 0]),
        ("slot", ["slot", "salt"]),
        ("slot", ["journal", "root"]),
        ("record", ["journal", "path", 2]),
        ("record", ["record", "facets", "why", "commitment"]),
        ("record", ["record", "facets", "who", "cbor"]),
    ],
)
def test_a_changed_receipt_does_not(interop, sample, sample_key, tmp_path, part, place):
    receipt = json.loads((sample / "receipt.json").read_text())
    *way, last = place
    holder = receipt
    for step in way:
        holder = holder[step]
    holder[last] = ("A" if holder[last][0] != "A" else "B") + holder[last][1:]  # base64 of another first byte
    file = tmp_path / "receipt.json"
    file.write_text(json.dumps(receipt))
    result = interop("receipt", file, sample_key)
    assert result.returncode == 1 and f"refused by receipt: {part}: " in result.stderr, result
