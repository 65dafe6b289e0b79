"""Keys, signed notes and checkpoints."""

import hashlib

from evidence.refused.merkle import leaf_hash, root
from evidence.refused.signing import LOG, OTHER, THIEF, b64, checkpoint_text, signature_line, verifier_key
from evidence.refused.vectors import Vectors, as_input, flipped


def make() -> list[Vectors]:
    return [keys(), notes(), checkpoints()]


def keys() -> Vectors:
    out = Vectors("note-key")
    name, key_id, typed = LOG.name, LOG.key_id.hex(), b"\x01" + LOG.public
    out.accept("key", as_input(LOG.text))
    out.accept("another key", as_input(OTHER.text))

    def id_of(text: str) -> str:
        return hashlib.sha256(text.encode() + b"\n" + typed).hexdigest()[:8]

    parts, last, bad_name, foreign = "three parts", "last part", "its name is empty", "does not belong"
    rows = [
        ("nothing", parts, ""),
        ("only a name", parts, name),
        ("only a name and a hash", parts, f"{name}+{key_id}"),
        ("a space for a plus", parts, LOG.text.replace("+", " ", 1)),
        ("the name is empty", bad_name, verifier_key("", id_of(""), typed)),
        ("the hash is of another name", foreign, verifier_key("log.example/simple", key_id, typed)),
        ("the hash is of another key", foreign, verifier_key(name, OTHER.key_id.hex(), typed)),
        ("the hash is in capitals", foreign, verifier_key(name, key_id.upper(), typed)),
        ("the hash misses a digit", foreign, verifier_key(name, key_id[:-1], typed)),
        ("the hash is empty", foreign, verifier_key(name, "", typed)),
        ("the hash is longer", foreign, verifier_key(name, "00" + key_id, typed)),
        ("the key is another", foreign, verifier_key(name, key_id, b"\x01" + OTHER.public)),
        ("the key has a byte less", last, verifier_key(name, key_id, typed[:-1])),
        ("the key has a byte more", last, verifier_key(name, key_id, typed + b"\x00")),
        ("the key has no type", last, verifier_key(name, key_id, LOG.public)),
        ("the key is of type 2, ECDSA", last, verifier_key(name, key_id, b"\x02" + LOG.public)),
        ("the key is of type 4, of a witness", last, verifier_key(name, key_id, b"\x04" + LOG.public)),
        ("the key is hexadecimal", last, f"{name}+{key_id}+{typed.hex()}"),
        ("a character is missing", last, LOG.text[:-1]),
        ("a newline follows", last, LOG.text + "\n"),
        ("a space precedes", bad_name, " " + LOG.text),
        ("two keys on one line", last, f"{LOG.text} {OTHER.text}"),
    ]
    for what, bad in (
        ("a space", " "),
        ("a tab", "\t"),
        ("a newline", "\n"),
        ("a no-break space", "\u00a0"),
        ("an em space", "\u2003"),
        ("a line separator", "\u2028"),
    ):
        odd = f"log.example{bad}sample"
        rows.append((f"{what} in the name", bad_name, verifier_key(odd, id_of(odd), typed)))
    for what, says, text in rows:
        out.refuse(what, "key", says, as_input(text))
    for what, key in SMALL_ORDER:
        typed = b"\x01" + key
        small = hashlib.sha256(name.encode() + b"\n" + typed).hexdigest()[:8]
        out.refuse(
            f"the key is {what}", "key", "sign for everybody", as_input(verifier_key(name, small, typed))
        )
    not_text = LOG.text.encode().replace(b"sample", b"sampl\xff")
    out.refuse("the name is not UTF-8", "key", bad_name, as_input(not_text))
    return out


# With such a key one signature fits most texts.
SMALL_ORDER = [
    ("of order 1", bytes([1]) + bytes(31)),
    ("of order 1, its sign set", bytes([1]) + bytes(30) + b"\x80"),
    ("of order 1, spelled as p + 1", b"\xee" + b"\xff" * 30 + b"\x7f"),
    ("of order 2", b"\xec" + b"\xff" * 30 + b"\x7f"),
    ("of order 4", bytes(32)),
    ("of order 4, spelled as p", b"\xed" + b"\xff" * 30 + b"\x7f"),
    ("of order 8", bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05")),
    (
        "the other of order 8",
        bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"),
    ),
]

TEXT = "a text\nof two lines\n"


def notes() -> Vectors:
    """Of what the key of the log must have signed."""
    out = Vectors("note")
    signed = LOG.note(TEXT)
    out.accept("note", as_input(signed))
    out.accept("note with an empty line in its text", as_input(LOG.note("a text\n\nwith a gap\n")))
    out.accept("note that somebody else signed, too", as_input(signed + OTHER.line(TEXT)))
    for name, says, text in [*misshapen_notes(signed), *unsigned_notes(signed)]:
        out.refuse(name, "note", says, as_input(text))
    out.refuse(
        "text that is not UTF-8", "note", "not UTF-8", as_input(signed.encode().replace(b"two", b"tw\xff"))
    )
    overlong = signed.encode().replace(b"two", b"tw\xc0\xaf")
    out.refuse("text in overlong UTF-8", "note", "not UTF-8", as_input(overlong))
    return out


def misshapen_notes(signed: str) -> list[tuple[str, str, str]]:
    line = LOG.line(TEXT)
    no_signatures, dash, name = "no signatures follow", "does not begin with a dash", "no valid key name"
    encoded, control = "not the base64 form", "control characters"
    raw = LOG.key_id + LOG.private.sign(TEXT.encode())
    rows = [
        ("nothing", no_signatures, ""),
        ("only the text", no_signatures, TEXT),
        ("no empty line", no_signatures, TEXT + line),
        ("no signature behind the empty line", no_signatures, TEXT + "\n"),
        ("an empty line at the end", no_signatures, signed + "\n"),
        ("no newline at the end", "does not end in a newline", signed[:-1]),
        ("a hyphen for the dash", dash, signed.replace("—", "-")),
        ("an en dash for the dash", dash, signed.replace("—", "–")),
        ("no space behind the dash", dash, signed.replace("— ", "—")),
        ("a space in front of the dash", dash, signed.replace("— ", " — ")),
        ("words between text and signature", dash, f"{TEXT}\nsigned:\n{line}"),
        ("no name", name, signed.replace(f"{LOG.name} ", "")),
        ("two spaces behind the dash", name, signed.replace("— ", "—  ")),
        ("a plus in the name", name, signed.replace("log.example/sample ", "log.example+sample ")),
        (
            "a no-break space in the name",
            name,
            signed.replace("log.example/sample", "log.example\u00a0sample"),
        ),
        ("no signature behind the name", name, f"{TEXT}\n— {LOG.name}\n"),
        ("two spaces behind the name", encoded, signed.replace("sample ", "sample  ")),
        ("a space behind the signature", encoded, signed[:-1] + " \n"),
        ("signature without padding", encoded, signed.replace("=", "")),
        ("signature in hexadecimal", encoded, f"{TEXT}\n— {LOG.name} {raw.hex()}zz\n"),
        ("signature in the other alphabet", encoded, f"{TEXT}\n— {LOG.name} {b64(raw)[:-2]}_-\n"),
        ("signature that is only a key id", encoded, f"{TEXT}\n{signature_line(LOG.name, LOG.key_id)}"),
        ("signature that is empty", encoded, f"{TEXT}\n— {LOG.name} \n"),
        (
            "more than a hundred signatures",
            "more than 100 signatures",
            f"{TEXT}\n{OTHER.line(TEXT) * 100}{line}",
        ),
        ("a second signature line that is none", dash, signed + "and so on\n"),
    ]
    for what, bad in (("carriage return", "\r"), ("tab", "\t"), ("NUL", "\0"), ("escape", "\x1b")):
        text = TEXT.replace("of", f"of{bad}")
        rows.append((f"a {what} in the text", control, LOG.note(text)))
    rows.append(("lines that end as on Windows", control, signed.replace("\n", "\r\n")))
    return rows


def unsigned_notes(signed: str) -> list[tuple[str, str, str]]:
    wrong, nobody = "is wrong: the text was changed", "There is no signature by"
    good = LOG.private.sign(TEXT.encode())
    order = 2**252 + 27742317777372353535851937790883648493  # of the curve's group, RFC 8032 §5.1
    doubled = (int.from_bytes(good[32:], "little") + order).to_bytes(32, "little")
    rows = [
        ("a letter of the text changed", wrong, signed.replace("a text", "a test")),
        ("a space added to the text", wrong, signed.replace("lines\n", "lines \n")),
        ("a line of the text dropped", wrong, signed.replace("of two lines\n", "")),
        ("an empty line moved into the text", wrong, signed.replace("a text\n", "a text\n\n")),
        ("signature of another text", wrong, f"{TEXT}\n{LOG.line('another text' + chr(10))}"),
        ("signature over the text without its newline", wrong, f"{TEXT}\n{LOG.line(TEXT[:-1])}"),
        ("signature over the text and the empty line", wrong, f"{TEXT}\n{LOG.line(TEXT + chr(10))}"),
        ("signature by another key", nobody, OTHER.note(TEXT)),
        ("signature by another key of the same name", nobody, THIEF.note(TEXT)),
        ("signature in capitals' name", nobody, signed.replace("— log.example", "— LOG.example")),
        ("signature under a longer name", nobody, signed.replace("— log.example", "— my.log.example")),
        ("a wrong signature in front of the right one", wrong, f"{TEXT}\n{bad_line(good)}{LOG.line(TEXT)}"),
        ("a wrong signature behind the right one", wrong, f"{signed}{bad_line(good)}"),
    ]
    signatures = [
        ("another key's signature under the log's key id", OTHER.private.sign(TEXT.encode())),
        ("signature with its first bit turned over", flipped(good)),
        ("signature with its last bit turned over", flipped(good, 63)),
        ("signature with a byte less", good[:-1]),
        ("signature with a byte more", good + b"\x00"),
        ("signature of a single byte", good[:1]),
        ("signature of zeros", bytes(64)),
        ("signature with its halves exchanged", good[32:] + good[:32]),
        ("signature with the group's order added", good[:32] + doubled),
        ("signature with a time in front, as a witness signs", bytes(8) + good),
    ]
    for name, signature in signatures:
        rows.append((name, wrong, f"{TEXT}\n{signature_line(LOG.name, LOG.key_id + signature)}"))
    unknown_id = signature_line(LOG.name, flipped(LOG.key_id) + good)
    rows.append(("signature under another key id", nobody, f"{TEXT}\n{unknown_id}"))
    return rows


def bad_line(good: bytes) -> str:
    return signature_line(LOG.name, LOG.key_id + flipped(good, 5))


ROOT = root([leaf_hash(b"entry 0"), leaf_hash(b"entry 1")])
NO_DECIMAL, NO_ROOT = "its size is no decimal number", "its root is not the base64 form of 32 bytes"
MISSING = "its {} is missing"


def checkpoints() -> Vectors:
    """All signed by the log's key, unless the name says otherwise."""
    out = Vectors("checkpoint")
    good = checkpoint_text(2, ROOT)
    out.accept("checkpoint", as_input(LOG.note(good)))
    out.accept("checkpoint with a line that others may add", as_input(LOG.note(good + "more\n")))
    out.accept("checkpoint of an empty log", as_input(LOG.note(checkpoint_text(0, root([])))))
    out.accept("checkpoint of the largest log", as_input(LOG.note(checkpoint_text(2**64 - 1, ROOT))))
    encoded = b64(ROOT)
    texts = [
        ("only an origin", MISSING.format("size"), f"{LOG.name}\n"),
        ("no root", MISSING.format("root"), f"{LOG.name}\n2\n"),
        ("no origin", NO_DECIMAL, f"2\n{encoded}\n"),
        ("an empty origin", MISSING.format("origin"), f"\n2\n{encoded}\n"),
        ("an empty size", MISSING.format("size"), f"{LOG.name}\n\n{encoded}\n"),
        ("an empty root", MISSING.format("root"), f"{LOG.name}\n2\n\n"),
        ("an empty line behind the root", MISSING.format("extension line"), f"{good}\nmore\n"),
        ("size and root exchanged", NO_DECIMAL, f"{LOG.name}\n{encoded}\n2\n"),
        (
            "the origin of another log",
            "is of the log 'log.example/other'",
            checkpoint_text(2, ROOT, OTHER.name),
        ),
        ("an origin with a space behind it", "is of the log", checkpoint_text(2, ROOT, LOG.name + " ")),
        ("an origin in capitals", "is of the log", checkpoint_text(2, ROOT, LOG.name.upper())),
    ]
    sizes = (
        ("a leading zero", "02"),
        ("a plus", "+2"),
        ("a minus", "-2"),
        ("minus zero", "-0"),
        ("a space in front", " 2"),
        ("a space behind", "2 "),
        ("hexadecimal", "0x2"),
        ("a fraction", "2.0"),
        ("an exponent", "2e0"),
        ("digits of another script", "٢"),
        ("one more than 64 bits hold", str(2**64)),
        ("a thousands' mark", "2,000"),
    )
    for what, size in sizes:
        texts.append((f"size with {what}", NO_DECIMAL, f"{LOG.name}\n{size}\n{encoded}\n"))
    roots = (
        ("of 31 bytes", b64(ROOT[:-1])),
        ("of 33 bytes", b64(ROOT + b"\x00")),
        ("in hexadecimal", ROOT.hex()),
        ("without padding", encoded.rstrip("=")),
        ("with a space behind", encoded + " "),
        ("in the other alphabet", "_" + encoded[1:]),
        ("with bits behind its end", loose(encoded)),
        ("that is a word", "root"),
    )
    for what, root_text in roots:
        texts.append((f"root {what}", NO_ROOT, f"{LOG.name}\n2\n{root_text}\n"))
    for name, says, text in texts:
        out.refuse(name, "checkpoint", says, as_input(LOG.note(text)))
    documents = [
        ("not signed", "no signatures follow", good),
        ("signed by another log", "There is no signature by", OTHER.note(good)),
        ("signed by whoever took the log's name", "There is no signature by", THIEF.note(good)),
        ("size changed after signing", "is wrong", LOG.note(good).replace("\n2\n", "\n3\n")),
        ("root changed after signing", "is wrong", LOG.note(good).replace(encoded, b64(flipped(ROOT)))),
        ("signature of another size", "is wrong", f"{good}\n{LOG.line(checkpoint_text(1, ROOT))}"),
        ("line added after signing", "is wrong", LOG.note(good).replace("\n\n", "\nmore\n\n")),
    ]
    for name, says, document in documents:
        out.refuse(name, "checkpoint", says, as_input(document))
    return out


def loose(encoded: str) -> str:
    """Base64 that decodes to the same bytes, with bits set that do not count."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    assert encoded[-1] == "=" != encoded[-2]
    return encoded[:-2] + alphabet[alphabet.index(encoded[-2]) + 1] + "="
