"""Merkle trees as in RFC 9162 §2.1, written from its definitions. Trees are lists of leaf hashes."""

import hashlib


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def leaf_hash(entry: bytes) -> bytes:
    return sha256(b"\x00" + entry)


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right)


def split(size: int) -> int:
    """The largest power of two below the size."""
    return 1 << (size - 1).bit_length() - 1


def root(leaves: list[bytes]) -> bytes:
    if not leaves:
        return sha256(b"")
    if len(leaves) == 1:
        return leaves[0]
    middle = split(len(leaves))
    return node_hash(root(leaves[:middle]), root(leaves[middle:]))


def inclusion(index: int, leaves: list[bytes]) -> list[bytes]:
    """§2.1.3.1"""
    if len(leaves) == 1:
        return []
    middle = split(len(leaves))
    if index < middle:
        return [*inclusion(index, leaves[:middle]), root(leaves[middle:])]
    return [*inclusion(index - middle, leaves[middle:]), root(leaves[:middle])]


def consistency(old: int, leaves: list[bytes], known: bool = True) -> list[bytes]:
    """§2.1.4.1; `known`: the verifier has the root of the older tree."""
    if old == len(leaves):
        return [] if known else [root(leaves)]
    middle = split(len(leaves))
    if old <= middle:
        return [*consistency(old, leaves[:middle], known), root(leaves[middle:])]
    return [*consistency(old - middle, leaves[middle:], False), root(leaves[:middle])]


def follow(leaf: bytes, index: int, size: int, path: list[bytes]) -> bytes:
    """The root to which a path leads (§2.1.3.2)."""
    at, last, found = index, size - 1, leaf
    for sibling in path:
        if at & 1 or at == last:
            found = node_hash(sibling, found)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        at, last = at >> 1, last >> 1
    return found
