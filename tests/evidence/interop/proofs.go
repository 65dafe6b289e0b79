package main

import (
	"bufio"
	"encoding/hex"
	"fmt"
	"os"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

// checkProofs verifies proofs that Vitrine made, a line each, against a log that it published:
//
//	inclusion INDEX SIZE HASH,HASH…
//	consistency OLDER-SIZE SIZE HASH,HASH…
//
// Hashes are hexadecimal; a dash stands for none. Leaves and roots come from the log's own tiles.
func checkProofs(file, root, key string) error {
	_, reader, err := openLog(root, key)
	if err != nil {
		return err
	}
	lines, err := os.Open(file)
	if err != nil {
		return err
	}
	defer lines.Close()
	count := 0
	for scanner := bufio.NewScanner(lines); scanner.Scan(); count++ {
		if err := checkProofLine(scanner.Text(), reader); err != nil {
			return fmt.Errorf("line %d: %w", count+1, err)
		}
	}
	fmt.Printf("%d proofs\n", count)
	return nil
}

func checkProofLine(line string, reader tlog.HashReader) error {
	var kind, hashes string
	var first, size int64
	if _, err := fmt.Sscanf(line, "%s %d %d %s", &kind, &first, &size, &hashes); err != nil {
		return err
	}
	path, err := parseHashes(hashes)
	if err != nil {
		return err
	}
	tree, err := treeAt(size, reader)
	if err != nil {
		return err
	}
	if kind == "inclusion" {
		leaves, err := reader.ReadHashes([]int64{tlog.StoredHashIndex(0, first)})
		if err != nil {
			return err
		}
		return checkInclusion(path, tree, first, leaves[0])
	}
	older, err := treeAt(first, reader)
	if err != nil {
		return err
	}
	return checkConsistency(path, tree, older)
}

func treeAt(size int64, reader tlog.HashReader) (tlog.Tree, error) {
	root, err := tlog.TreeHash(size, reader)
	return tlog.Tree{N: size, Hash: root}, err
}

func parseHashes(text string) ([]tlog.Hash, error) {
	if text == "-" {
		return nil, nil
	}
	var out []tlog.Hash
	for _, each := range strings.Split(text, ",") {
		decoded, err := hex.DecodeString(each)
		if err != nil || len(decoded) != tlog.HashSize {
			return nil, fmt.Errorf("not a hash: %q", each)
		}
		out = append(out, tlog.Hash(decoded))
	}
	return out, nil
}
