package main

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// storedHashes is a tree of the entries "entry 0", "entry 1", …
func storedHashes(size int64) (tlog.HashReaderFunc, error) {
	var hashes []tlog.Hash
	reader := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		out := make([]tlog.Hash, len(indexes))
		for i, index := range indexes {
			out[i] = hashes[index]
		}
		return out, nil
	})
	for n := int64(0); n < size; n++ {
		added, err := tlog.StoredHashes(n, []byte(fmt.Sprintf("entry %d", n)), reader)
		if err != nil {
			return nil, err
		}
		hashes = append(hashes, added...)
	}
	return reader, nil
}

func printVectors() error {
	const most = 300
	reader, err := storedHashes(most)
	if err != nil {
		return err
	}
	for n := int64(1); n <= most; n++ {
		root, err := tlog.TreeHash(n, reader)
		if err != nil {
			return err
		}
		fmt.Printf("root %d %x\n", n, root[:])
	}
	for _, n := range []int64{1, 2, 3, 7, 8, 9, 31, 130, 255, 256, 257, 300} {
		for _, i := range []int64{0, 1, n / 2, n - 1} {
			if i >= n {
				continue
			}
			proof, err := tlog.ProveRecord(n, i, reader)
			if err != nil {
				return err
			}
			fmt.Printf("inclusion %d %d %s\n", n, i, join(proof))
			older, err := tlog.ProveTree(n, i+1, reader)
			if err != nil {
				return err
			}
			fmt.Printf("consistency %d %d %s\n", i+1, n, join(older))
		}
	}
	for _, tile := range []tlog.Tile{{H: 8, L: 0, N: 0, W: 256}, {H: 8, L: 0, N: 999, W: 1},
		{H: 8, L: 1, N: 1000, W: 256}, {H: 8, L: 2, N: 1234067, W: 255}, {H: 8, L: -1, N: 1234067, W: 8}} {
		// C2SP has no height in its paths and calls data tiles entries.
		path := strings.Replace(strings.Replace(tile.Path(), "tile/8/", "tile/", 1), "tile/data/", "tile/entries/", 1)
		fmt.Printf("path %d %d %d %s\n", tile.L, tile.N, tile.W, path)
	}
	return printNote()
}

func join(hashes []tlog.Hash) string {
	text := make([]string, len(hashes))
	for i, hash := range hashes {
		text[i] = hex.EncodeToString(hash[:])
	}
	if len(text) == 0 {
		return "-"
	}
	return strings.Join(text, ",")
}

func printNote() error {
	seed := bytes.Repeat([]byte{7}, ed25519.SeedSize)
	private := ed25519.NewKeyFromSeed(seed)
	verifierKey, err := note.NewEd25519VerifierKey("log.example/vitrine", private.Public().(ed25519.PublicKey))
	if err != nil {
		return err
	}
	verifier, err := note.NewVerifier(verifierKey)
	if err != nil {
		return err
	}
	secret := base64.StdEncoding.EncodeToString(append([]byte{1}, seed...))
	signer, err := note.NewSigner(fmt.Sprintf("PRIVATE+KEY+%s+%08x+%s", verifier.Name(), verifier.KeyHash(), secret))
	if err != nil {
		return err
	}
	signed, err := note.Sign(&note.Note{Text: "log.example/vitrine\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"}, signer)
	if err != nil {
		return err
	}
	fmt.Printf("seed %x\nvkey %s\nnote %s\n", seed, verifierKey, base64.StdEncoding.EncodeToString(signed))
	return nil
}
