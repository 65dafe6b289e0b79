"""A second reader of the evidence, which follows the formats' pages, accepts what the product made and
refuses what must be refused, by the same check.
"""

import base64
import json

import pytest
from app.platform_api import Api, run_vitrine
from evidence.independent import (
    cbor,
    entries,
    journals,
    logs,
    merkle,
    notes,
    promises,
    receipts,
    records,
    tiles,
)
from evidence.independent.refusal import RefusedError
from evidence.outsider import make_container, put
from evidence.refused.files import FOLDER
from harness.shared_key import RawClient
from server import ACCOUNT, KEY


def data_in(given: dict) -> bytes:
    return bytes.fromhex(given["hex"]) if "hex" in given else given["text"].encode("utf-8", "surrogatepass")


def text_in(given: dict) -> str:
    return cbor.utf8(data_in(given))


def digests(values: list[str]) -> list[bytes]:
    return [bytes.fromhex(value) for value in values]


def reader(given: dict):
    there = {path: data_in(each) for path, each in given["files"].items()}
    return there.get


def spelled(document: dict) -> str:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


def inclusion(given: dict, _) -> None:
    leaf, root = digests([given["leaf"], given["root"]])
    merkle.verify_inclusion(leaf, given["index"], given["size"], digests(given["path"]), root)


def consistency(given: dict, _) -> None:
    old, new = digests([given["old_root"], given["new_root"]])
    merkle.verify_consistency(given["old_size"], old, given["new_size"], new, digests(given["path"]))


def receipt(given: dict, key) -> None:
    receipts.verify_receipt(given["text"] if "text" in given else spelled(given["document"]), key)


def promise(given: dict, key) -> None:
    text = base64.b64encode(data_in(given)).decode() if "hex" in given else given["text"]
    shown = given.get("receipt")
    promises.verify_promise(text, key, None if shown is None else spelled(shown))


def log(given: dict, key) -> None:
    since = given.get("since")
    logs.verify_log(reader(given), key, None if since is None else since.encode())


def journal(given: dict, key) -> None:
    head = given["head_text"] if "head_text" in given else spelled(given["head"])
    files = given | {"files": given["files"] | {"journal.json": {"text": head}}}
    since = given.get("since")
    found = journals.verify_journal(
        reader(files),
        key,
        None if since is None else spelled(since),
        [spelled(each) for each in given.get("receipts", [])],
        [base64.b64encode(data_in(each)).decode() for each in given.get("promises", [])],
    )
    if "closed_unstated" in given:
        assert found.closed_unstated == given["closed_unstated"]


JUDGES = {
    "inclusion": inclusion,
    "consistency": consistency,
    "note-key": lambda given, _: notes.Key.parse(text_in(given)),
    "note": lambda given, key: notes.open_note(data_in(given), key),
    "checkpoint": lambda given, key: notes.open_checkpoint(data_in(given), key),
    "tile-path": lambda given, _: tiles.must_be_a_path(given["text"]),
    "tile": lambda given, _: tiles.hashes(data_in(given), given["width"]),
    "bundle": lambda given, _: tiles.entries(data_in(given), given["width"]),
    "record": lambda given, _: records.read_record(data_in(given)),
    "shown-record": lambda given, _: records.read_shown(data_in(given)),
    "facet": lambda given, _: records.read_facet(given["facet"], data_in(given)),
    "entry": lambda given, _: entries.read_entry(data_in(given)),
    "receipt": receipt,
    "promised-receipt": receipt,
    "promise": promise,
    "log": log,
    "journal": journal,
}


def patched(target, patch):
    """RFC 7396"""
    if not isinstance(patch, dict):
        return patch
    out = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            out.pop(name, None)
        else:
            out[name] = patched(out.get(name), value)
    return out


def test_every_kind_of_vector_has_a_judge():
    assert {file.stem for file in FOLDER.iterdir()} == set(JUDGES)


@pytest.mark.parametrize("kind", JUDGES)
def test_it_is_of_the_same_opinion_on_every_vector(kind):
    vectors = json.loads((FOLDER / f"{kind}.json").read_text())
    key = notes.Key.parse(vectors["log_key"])
    for valid in vectors["valid"].values():
        JUDGES[kind](valid, key)
    for vector in vectors["refused"]:
        given = patched(vectors["valid"][vector["of"]], vector["change"])
        with pytest.raises(RefusedError) as refused:
            JUDGES[kind](given, key)
            pytest.fail(f"{vector['name']} was accepted")
        assert refused.value.check == vector.get("check", ""), f"{vector['name']}: {refused.value}"


def test_it_reads_the_sample(sample, sample_key):
    key = notes.Key.parse(sample_key)
    rules = logs.verify_log(from_folder(sample / "log"), key)
    assert (rules.accounts, rules.last.number > 200) == (3, True)
    sealed, promised = ((sample / name).read_text() for name in ("receipt.json", "promised-receipt.json"))
    assert receipts.verify_receipt(sealed, key).record.index == 3
    assert receipts.verify_receipt(promised, key).index == 3
    promise = (sample / "promise").read_text()
    assert promises.verify_promise(promise, key, sealed).index == 3
    found = journals.verify_journal(from_folder(sample / "journal"), key, None, [sealed], [promise])
    assert (found.records, found.wholly_open, found.gone) == (7, 7, 0)


def from_folder(folder):
    def read(path: str) -> bytes | None:
        return (folder / path).read_bytes() if (folder / path).is_file() else None

    return read


def test_it_reads_what_a_server_gives_out(fresh_server, tmp_path):
    server = fresh_server("--seal-tick", "50")
    api = Api(server)
    key = notes.Key.parse(api.log_key)
    early = api.wait_for_checkpoint()
    make_container(server)
    tokens, promised = [], []
    for number in range(5):
        headers = {"x-ms-blob-type": "BlockBlob", "x-ms-vitrine-promise": "true"}
        client = RawClient("127.0.0.1", server.blob_port, ACCOUNT, KEY)
        answer, _ = client.request(
            "PUT", f"/{ACCOUNT}/box/%C3%A9%22{number}%22", headers=headers, body=b"content"
        )
        assert answer.status == 201
        tokens.append(answer.headers["x-ms-vitrine-receipt"])
        promised.append(answer.headers["x-ms-vitrine-promise"])
    held = [api.receipt(token).decode() for token in tokens]
    for number, (document, promise) in enumerate(zip(held, promised, strict=True)):
        verified = receipts.verify_receipt(document, key)
        assert records.read_facet("what", verified.record.opened["what"][1])["blob"] == f'é"{number}"', (
            "a name that JSON must escape"
        )
        assert promises.verify_promise(promise, key, document).index == verified.record.index
        with pytest.raises(RefusedError):
            promises.verify_promise(promise, key, held[number - 1])

    folder = tmp_path / "journal"
    place = "--server", server.platform_url, "--data-dir", server.data_dir
    ended = run_vitrine("export", "journal", ACCOUNT, folder, *place)
    assert ended.returncode == 0, ended.stderr
    findings = journals.verify_journal(from_folder(folder), key, None, held, promised)
    assert findings.records == findings.wholly_open >= 7
    earlier = (folder / "journal.json").read_text()
    assert put(server, "another")[0] == 201
    server.stop()
    server.start()
    assert run_vitrine("export", "journal", ACCOUNT, folder, *place).returncode == 0
    grown = journals.verify_journal(from_folder(folder), key, earlier, held, promised)
    assert grown.records > findings.records

    server.stop()
    rules = logs.verify_log(from_folder(server.data_dir / "log"), key, early)
    assert rules.accounts == 2
    for document in held:
        logs.verify_log(
            from_folder(server.data_dir / "log"), key, json.loads(document)["checkpoint"].encode()
        )
