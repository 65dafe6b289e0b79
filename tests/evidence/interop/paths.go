package main

import (
	"fmt"

	"github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"
	"golang.org/x/mod/sumdb/tlog"
)

func byteSlices(path []tlog.Hash) [][]byte {
	out := make([][]byte, len(path))
	for i := range path {
		out[i] = path[i][:]
	}
	return out
}

// checkInclusion lets two implementations look at a path; both must find it right.
func checkInclusion(path []tlog.Hash, tree tlog.Tree, index int64, leaf tlog.Hash) error {
	if err := tlog.CheckRecord(path, tree.N, tree.Hash, index, leaf); err != nil {
		return fmt.Errorf("leaf %d of %d: x/mod: %w", index, tree.N, err)
	}
	err := proof.VerifyInclusion(rfc6962.DefaultHasher, uint64(index), uint64(tree.N), leaf[:], byteSlices(path),
		tree.Hash[:])
	if err != nil {
		return fmt.Errorf("leaf %d of %d: merkle: %w", index, tree.N, err)
	}
	return nil
}

// checkConsistency does so with a proof that the tree begins with the older one.
func checkConsistency(path []tlog.Hash, tree, older tlog.Tree) error {
	if err := tlog.CheckTree(path, tree.N, tree.Hash, older.N, older.Hash); err != nil {
		return fmt.Errorf("%d to %d: x/mod: %w", older.N, tree.N, err)
	}
	err := proof.VerifyConsistency(rfc6962.DefaultHasher, uint64(older.N), uint64(tree.N), byteSlices(path),
		older.Hash[:], tree.Hash[:])
	if err != nil {
		return fmt.Errorf("%d to %d: merkle: %w", older.N, tree.N, err)
	}
	return nil
}
