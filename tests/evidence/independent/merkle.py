"""Merkle trees of RFC 9162 §2.1 and their proofs."""

import hashlib

from evidence.independent.refusal import require


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def leaf_hash(data: bytes) -> bytes:
    return sha256(b"\x00" + data)


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right)


class Growing:
    """The root over leaves that come one after the other: only complete subtrees are kept."""

    def __init__(self):
        self.size = 0
        self.subtrees: list[bytes] = []  # the largest first, one for each bit of the size

    def append(self, leaf: bytes) -> None:
        at = self.size
        while at & 1:
            leaf = node_hash(self.subtrees.pop(), leaf)
            at >>= 1
        self.subtrees.append(leaf)
        self.size += 1

    def root(self) -> bytes:
        if not self.subtrees:
            return sha256(b"")
        *larger, found = self.subtrees
        for subtree in reversed(larger):
            found = node_hash(subtree, found)
        return found


def verify_inclusion(leaf: bytes, index: int, size: int, path: list[bytes], root: bytes) -> None:
    """§2.1.3.2"""
    require(index < size, "no such leaf")
    fn, sn, found = index, size - 1, leaf
    for sibling in path:
        require(sn > 0, "the path is too long")
        if fn & 1 or fn == sn:
            found = node_hash(sibling, found)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            found = node_hash(found, sibling)
        fn, sn = fn >> 1, sn >> 1
    require(sn == 0, "the path is too short")
    require(found == root, "the path leads to another root")


def verify_consistency(
    old_size: int, old_root: bytes, new_size: int, new_root: bytes, path: list[bytes]
) -> None:
    """§2.1.4.2; with the cases that it leaves out: no leaves before, and nothing new."""
    require(old_size <= new_size, "the tree shrank")
    if old_size == new_size or old_size == 0:
        require(not path, "nothing is to be proved")
        require(old_size > 0 or old_root == sha256(b""), "not the root of no leaves")
        require(old_size < new_size or old_root == new_root, "two roots of one size")
        return
    steps = list(path)
    if old_size & (old_size - 1) == 0:
        steps.insert(0, old_root)
    require(bool(steps), "the path is too short")
    fn, sn = old_size - 1, new_size - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    old = new = steps[0]
    for step in steps[1:]:
        require(sn > 0, "the path is too long")
        if fn & 1 or fn == sn:
            old, new = node_hash(step, old), node_hash(step, new)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            new = node_hash(new, step)
        fn, sn = fn >> 1, sn >> 1
    require(sn == 0, "the path is too short")
    require((old, new) == (old_root, new_root), "the path leads to other roots")
