"""Inclusion and consistency proofs (RFC 9162 §2.1.3, §2.1.4)."""

from evidence.refused import merkle
from evidence.refused.vectors import Vectors, flipped

LEAVES = [merkle.leaf_hash(f"entry {n}".encode()) for n in range(20)]
FORK = [*LEAVES[:2], *(merkle.leaf_hash(f"other entry {n}".encode()) for n in range(2, 20))]

NO_LEAF = "has no leaf"
LONGER, SHORTER = "longer than the tree is high", "shorter than the tree is high"
LEADS_ELSEWHERE = "does not lead to the root"
OLDER, NEWER = "does not lead to the older root", "does not lead to the newer root"


def make() -> list[Vectors]:
    return [inclusions(), consistencies()]


def inclusion(index: int, size: int, changed: dict | None = None) -> dict:
    """A good claim, and what is changed in it."""
    leaves = LEAVES[:size]
    claim = {"leaf": leaves[index], "index": index, "size": size, "root": merkle.root(leaves)}
    return in_text(claim | {"path": merkle.inclusion(index, leaves)} | (changed or {}))


def consistency(old: int, new: int, changed: dict | None = None) -> dict:
    leaves = LEAVES[:new]
    claim = {"old_size": old, "old_root": merkle.root(leaves[:old]), "new_size": new}
    claim |= {"new_root": merkle.root(leaves), "path": merkle.consistency(old, leaves) if old else []}
    return in_text(claim | (changed or {}))


def in_text(claim: dict) -> dict:
    def text(value):
        if isinstance(value, list):
            return [each.hex() for each in value]
        return value.hex() if isinstance(value, bytes) else value

    return {name: text(value) for name, value in claim.items()}


def inclusions() -> Vectors:
    out = Vectors("inclusion")
    for index, size in ((3, 7), (0, 1), (4, 5), (5, 8), (19, 20)):
        out.accept(f"leaf {index} of {size}", inclusion(index, size))
    path = merkle.inclusion(3, LEAVES[:7])
    middle = [
        ("index is the size", NO_LEAF, {"index": 7}),
        ("index is far beyond the size", NO_LEAF, {"index": 2**64 - 1}),
        ("tree without leaves", NO_LEAF, {"size": 0}),
        ("index of the neighbour", LEADS_ELSEWHERE, {"index": 2}),
        ("index in another subtree", LEADS_ELSEWHERE, {"index": 5}),
        ("index of the last leaf, whose path is shorter", LONGER, {"index": 6}),
        ("tree of half the size", LONGER, {"size": 4}),
        ("tree of twice the size", SHORTER, {"size": 14}),
        ("largest size there is", SHORTER, {"size": 2**64 - 1}),
        ("path is empty", SHORTER, {"path": []}),
        ("path misses its first hash", SHORTER, {"path": path[1:]}),
        ("path misses its last hash", SHORTER, {"path": path[:-1]}),
        ("path has a hash more", LONGER, {"path": [*path, LEAVES[0]]}),
        ("path has its last hash twice", LONGER, {"path": [*path, path[-1]]}),
        ("path has the leaf in front", LONGER, {"path": [LEAVES[3], *path]}),
        ("path is upside down", LEADS_ELSEWHERE, {"path": path[::-1]}),
        ("path has two hashes exchanged", LEADS_ELSEWHERE, {"path": [path[1], path[0], path[2]]}),
        ("path has its first hash everywhere", LEADS_ELSEWHERE, {"path": [path[0]] * 3}),
        ("path is of another leaf", LEADS_ELSEWHERE, {"path": merkle.inclusion(0, LEAVES[:7])}),
        ("path is of another log", LEADS_ELSEWHERE, {"path": merkle.inclusion(3, FORK[:7])}),
        ("path of zeros", LEADS_ELSEWHERE, {"path": [bytes(32)] * 3}),
        ("leaf is its neighbour", LEADS_ELSEWHERE, {"leaf": LEAVES[2]}),
        ("leaf of another log", LEADS_ELSEWHERE, {"leaf": FORK[3]}),
        ("leaf hashed without its prefix", LEADS_ELSEWHERE, {"leaf": merkle.sha256(b"entry 3")}),
        ("leaf hashed as a node", LEADS_ELSEWHERE, {"leaf": merkle.sha256(b"\x01entry 3")}),
        (
            "an inner node as a leaf",
            SHORTER,
            {"leaf": merkle.root(LEAVES[2:4]), "index": 1, "path": path[1:]},
        ),
        ("root is the leaf", LEADS_ELSEWHERE, {"root": LEAVES[3]}),
        ("root of a tree with a leaf less", LEADS_ELSEWHERE, {"root": merkle.root(LEAVES[:6])}),
        ("root of a tree with a leaf more", LEADS_ELSEWHERE, {"root": merkle.root(LEAVES[:8])}),
        ("root of another log", LEADS_ELSEWHERE, {"root": merkle.root(FORK[:7])}),
        ("root of no leaves", LEADS_ELSEWHERE, {"root": merkle.root([])}),
    ]
    middle += [
        (f"hash {n} of the path has a bit turned over", LEADS_ELSEWHERE, {"path": with_bit_turned(path, n)})
        for n in range(3)
    ]
    for name, says, change in middle:
        out.refuse(name, "leaf 3 of 7", says, inclusion(3, 7, change))
    single = [
        ("path where none is needed", LONGER, {"path": [LEAVES[0]]}),
        ("single leaf is not the root", LEADS_ELSEWHERE, {"root": LEAVES[1]}),
        ("second leaf of one", NO_LEAF, {"index": 1}),
    ]
    for name, says, change in single:
        out.refuse(name, "leaf 0 of 1", says, inclusion(0, 1, change))
    lonely = merkle.inclusion(4, LEAVES[:5])
    edge = [
        ("lonely last leaf taken for an inner one", SHORTER, {"index": 3}),
        ("lonely last leaf with the path of a full tree", LONGER, {"path": [LEAVES[4], LEAVES[4], *lonely]}),
        ("lonely last leaf without its path", SHORTER, {"path": []}),
    ]
    for name, says, change in edge:
        out.refuse(name, "leaf 4 of 5", says, inclusion(4, 5, change))
    return out


def with_bit_turned(path: list[bytes], position: int) -> list[bytes]:
    return [flipped(each, 31) if n == position else each for n, each in enumerate(path)]


def consistencies() -> Vectors:
    out = Vectors("consistency")
    for old, new in ((3, 7), (4, 7), (6, 8), (1, 2), (7, 7), (0, 7), (13, 20)):
        out.accept(f"{old} to {new}", consistency(old, new))
    old_root, path = merkle.root(LEAVES[:3]), merkle.consistency(3, LEAVES[:7])
    grown = [
        ("newer tree is smaller", "newer tree is smaller", {"old_size": 7, "new_size": 3}),
        ("proof is empty", "The proof is empty", {"path": []}),
        ("proof misses its first hash", SHORTER, {"path": path[1:]}),
        ("proof misses its last hash", SHORTER, {"path": path[:-1]}),
        ("proof has a hash more", LONGER, {"path": [*path, LEAVES[0]]}),
        ("proof has its last hash twice", LONGER, {"path": [*path, path[-1]]}),
        ("proof is upside down", OLDER, {"path": path[::-1]}),
        ("proof begins with the older root", LONGER, {"path": [old_root, *path]}),
        ("proof of another log", OLDER, {"path": merkle.consistency(3, FORK[:7])}),
        ("proof for a smaller older tree", SHORTER, {"path": merkle.consistency(2, LEAVES[:7])}),
        ("proof for a larger older tree", OLDER, {"path": merkle.consistency(5, LEAVES[:7])}),
        ("older size is smaller", LONGER, {"old_size": 2}),
        ("older size is larger", OLDER, {"old_size": 5}),
        ("newer size is half", LONGER, {"new_size": 4}),
        ("newer size is twice as large", SHORTER, {"new_size": 14}),
        ("older root is another", OLDER, {"old_root": LEAVES[0]}),
        ("older root of another log", OLDER, {"old_root": merkle.root(FORK[:3])}),
        ("newer root is another", NEWER, {"new_root": LEAVES[0]}),
        ("newer root of another log", NEWER, {"new_root": merkle.root(FORK[:7])}),
        ("roots are exchanged", OLDER, {"old_root": merkle.root(LEAVES[:7]), "new_root": old_root}),
        ("both roots are the newer one", OLDER, {"old_root": merkle.root(LEAVES[:7])}),
    ]
    # The hashes that only the newer root is made of leave the older one right.
    for n, says in enumerate((OLDER, NEWER, OLDER, NEWER)):
        name = f"hash {n} of the proof has a bit turned over"
        grown.append((name, says, {"path": with_bit_turned(path, n)}))
    for name, says, change in grown:
        out.refuse(name, "3 to 7", says, consistency(3, 7, change))
    fork = {"new_root": merkle.root(FORK[:7]), "path": merkle.consistency(3, FORK[:7])}
    out.refuse("a fork with a proof of its own", "3 to 7", OLDER, consistency(3, 7, fork))

    perfect = merkle.root(LEAVES[:4])
    for name, says, change in (
        ("perfect older root is repeated", LONGER, {"path": [perfect, *merkle.consistency(4, LEAVES[:7])]}),
        ("perfect older root is another", NEWER, {"old_root": merkle.root(FORK[:4])}),
    ):
        out.refuse(name, "4 to 7", says, consistency(4, 7, change))
    for name, says, change in (
        ("proof between equal trees", "should be empty", {"path": [LEAVES[0]]}),
        (
            "equal sizes with different roots",
            "older root is another one",
            {"old_root": merkle.root(FORK[:7])},
        ),
    ):
        out.refuse(name, "7 to 7", says, consistency(7, 7, change))
    for name, says, change in (
        ("proof that a tree begins with nothing", "should be empty", {"path": [LEAVES[0]]}),
        ("empty older tree with a root of leaves", "older root is another one", {"old_root": LEAVES[0]}),
        ("empty older tree with a root of zeros", "older root is another one", {"old_root": bytes(32)}),
    ):
        out.refuse(name, "0 to 7", says, consistency(0, 7, change))
    return out
