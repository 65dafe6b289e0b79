"""Writes the vectors that every verifier must refuse: src/evidence/testdata/refused, a file a kind.

`python -m evidence.refused`, in the folder tests, writes them anew. Each vector is derived from a valid one,
names what is wrong with it, and says with which words it must be refused, so that none is refused for
another reason. Everything is made here, from the formats' pages: with cbor2, with the signatures of
`cryptography` and with Merkle trees of its own; only the receipt comes from the sample that the product made.
"""
