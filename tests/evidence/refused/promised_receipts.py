"""Receipts of level promised (docs/formats/receipt.md): the sample's, spoiled or wrongly signed."""

import json

from evidence.refused import merkle
from evidence.refused.entries import START
from evidence.refused.promises import PATH, RECORD, SEAL, STATEMENT, promise, within
from evidence.refused.proofs import LEADS_ELSEWHERE, SHORTER
from evidence.refused.receipts import (
    ABSENT,
    FACETS,
    SAMPLE,
    as_given,
    closed,
    committed_anew,
    compact,
    dated,
    edited,
    turned,
)
from evidence.refused.records import WHO, cbor, with_item
from evidence.refused.signing import OTHER, THIEF, b64
from evidence.refused.vectors import Vectors

PROMISED = SAMPLE.with_name("promised-receipt.json")


def make() -> list[Vectors]:
    out = Vectors("promised-receipt")
    good = json.loads(PROMISED.read_text())
    out.accept("promised receipt", {"document": good})
    out.accept("with whitespace", {"text": json.dumps(good, indent=1, ensure_ascii=False)})
    out.accept("with closed facets", {"document": closed(good)})
    out.accept("promised anew, with others", {"document": promised_anew(good)})
    for rows in (
        no_receipts(good),
        other_promises(good),
        other_records(good),
        dishonest(good),
        misspelled(good),
    ):
        for name, says, document in rows:
            out.fail(name, "promised receipt", says, as_given(good, document))
    return [out]


def with_promise(receipt: dict, promised: list) -> dict:
    return edited(receipt, {"promise": b64(cbor(promised))})


def promised_anew(receipt: dict, **changed) -> dict:
    """As the log would have promised this record."""
    return with_promise(receipt, promise(receipt, **changed))


def no_receipts(good: dict) -> list[tuple]:
    rows = [
        (f"without {place}", f"document: /{place} is missing", edited(good, {place: ABSENT}))
        for place in ("format", "record", "record/index", "record/facets/why", "promise")
    ]
    no_promise = "document: This is not a promise"
    changes = [
        ("another format", "document: /format is not", {"format": "vitrine-receipt-v2"}),
        ("it calls itself sealed", "document: /journal is missing", {"level": "sealed"}),
        ("a record of version 2", "document: /record/version", {"record/version": 2}),
        ("the promise is null", "document: /promise is not a text", {"promise": None}),
        ("the promise is empty", "document: The encoding ends early", {"promise": ""}),
        ("the promise is hexadecimal", "document: ", {"promise": "8f" * 20}),
        ("the promise is cut off", "document: ", {"promise": good["promise"][:-8]}),
        ("the promise is of another kind", no_promise, {"promise": b64(cbor(["vitrine-receipt", *[1] * 7]))}),
    ]
    return rows + [(name, says, edited(good, change)) for name, says, change in changes]


def other_promises(good: dict) -> list[tuple]:
    own = promise(good)
    return [
        ("a thief's promise", "promise: of the log", promised_anew(good, signer=THIEF)),
        (
            "another log's promise",
            "promise: of the log",
            promised_anew(good, origin=OTHER.name, signer=OTHER),
        ),
        (
            "a later seal than was signed",
            "promise: did not sign this",
            with_promise(good, within(own, STATEMENT, SEAL, 6)),
        ),
        ("no path to the round", f"promise: {SHORTER}", with_promise(good, with_item(own, PATH, []))),
        (
            "another record than the round's",
            f"promise: {LEADS_ELSEWHERE}",
            with_promise(good, within(own, RECORD, 2, merkle.sha256(b"leaf"))),
        ),
    ]


def other_records(good: dict) -> list[tuple]:
    """The promise is the log's, and for another record than the one that is shown."""
    another = "record: The promise is for another record"
    rows = [
        ("the index is another", another, edited(good, {"record/index": 4})),
        (
            "the journal is another",
            another,
            edited(good, {"record/journal": turned(good["record"]["journal"])}),
        ),
        ("the promise is for the next index", another, promised_anew(good, index=4)),
        (
            "another who in its place",
            another,
            committed_anew(good, "who", cbor(["account:sample/key2", *WHO[1:]])),
        ),
    ]
    for facet in FACETS:
        place = f"record/facets/{facet}"
        opened = good["record"]["facets"][facet]
        does_not_match = f"facet {facet}: does not match its commitment"
        rows += [
            (
                f"another commitment to {facet}",
                another,
                edited(good, {f"{place}/commitment": turned(opened["commitment"])}),
            ),
            (
                f"another salt of {facet}",
                does_not_match,
                edited(good, {f"{place}/salt": turned(opened["salt"])}),
            ),
            (f"another {facet}", does_not_match, edited(good, {f"{place}/cbor": turned(opened["cbor"], 5)})),
        ]
    return rows


def dishonest(good: dict) -> list[tuple]:
    """Every hash and signature fits."""
    no_facet = "facet who: is committed to, but it is not what"
    late = "time: more than 10 s after the promise"
    none = promised_anew(committed_anew(good, "who", cbor(WHO[:2])))
    return [
        ("a committed who that is none", no_facet, none),
        ("a record 11 s later than its promise", late, promised_anew(dated(good, START + 11))),
        ("a record a day later than its promise", late, promised_anew(dated(good, START + 86_400))),
    ]


def misspelled(good: dict) -> list[tuple]:
    differs = "readable fields: '/{}' does not say what the sealed bytes say"
    spelling = "readable fields: The document has fields twice, in another order or in another spelling"
    changes = {
        "record/facets/what/reads/blob": "2026/case-4.mp4",
        "record/facets/why/reads/decision": "denied",
        "note": "sealed since",
        "seal": {},
        "promise": f" {good['promise']}\n",
    }
    rows = [
        (f"{place} changed or added", differs.format(place), edited(good, {place: value}))
        for place, value in changes.items()
    ]
    twice = compact(good).replace('"level":', '"level":"sealed","level":', 1)
    return [*rows, ("level twice", spelling, twice)]
