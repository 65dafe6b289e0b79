"""docs/formats/public-log.md: a whole public log from its files."""

from evidence.independent.entries import Rules
from evidence.independent.merkle import Growing, leaf_hash
from evidence.independent.notes import Checkpoint, Key, open_checkpoint
from evidence.independent.refusal import RefusedError, check, require
from evidence.independent.tiles import Read, Tree


def verify_log(read: Read, key: Key, since: bytes | None = None) -> Rules:
    with check("checkpoint"):
        document = read("checkpoint")
        if document is None:
            raise RefusedError("no checkpoint")
        log = open_checkpoint(document, key)
    earlier = Checkpoint(0, Growing().root())
    if since is not None:
        with check("earlier checkpoint"):
            earlier = open_checkpoint(since, key)
            require(earlier.size <= log.size, "the log went back")
    rules, first_fault, earlier_root = Rules(key.name), None, Growing().root()
    tree = Tree(read, log.size, leaf_hash)
    with check("files"):
        for entry, _ in tree:
            try:
                rules.follow(entry)
            except RefusedError as refused:
                first_fault = first_fault or refused
            if tree.growing.size == earlier.size:
                earlier_root = tree.growing.root()
    with check("root"):
        require(tree.growing.root() == log.root, "another root than the signed one")
    if since is not None:
        with check("history"):
            require(earlier_root == earlier.root, "history was rewritten")
    with check("entries"):
        if first_fault:
            raise first_fault
    return rules
