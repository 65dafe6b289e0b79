// Command interop is the other side of the evidence tests: Go's own implementations of signed notes and tiled
// logs (golang.org/x/mod/sumdb). It prints test vectors, and it checks a log that Vitrine published.
//
//	go run . vectors
//	go run . check DIRECTORY VERIFIER-KEY
package main

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const tileHeight = 8

func main() {
	var err error
	switch {
	case len(os.Args) == 2 && os.Args[1] == "vectors":
		err = printVectors()
	case len(os.Args) == 4 && os.Args[1] == "check":
		err = checkLog(os.Args[2], os.Args[3])
	default:
		err = fmt.Errorf("usage: interop vectors | interop check DIRECTORY VERIFIER-KEY")
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

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

// files reads tiles below a directory as C2SP tlog-tiles lays them out.
type files struct{ root string }

func (f files) Height() int { return tileHeight }
func (f files) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	out := make([][]byte, len(tiles))
	for i, tile := range tiles {
		data, err := os.ReadFile(filepath.Join(f.root, strings.Replace(tile.Path(), "tile/8/", "tile/", 1)))
		if err != nil {
			return nil, err
		}
		out[i] = data
	}
	return out, nil
}
func (f files) SaveTiles([]tlog.Tile, [][]byte) {}

func checkLog(root, key string) error {
	verifier, err := note.NewVerifier(key)
	if err != nil {
		return err
	}
	document, err := os.ReadFile(filepath.Join(root, "checkpoint"))
	if err != nil {
		return err
	}
	opened, err := note.Open(document, note.VerifierList(verifier))
	if err != nil {
		return err
	}
	lines := strings.Split(opened.Text, "\n")
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return err
	}
	rootBytes, err := base64.StdEncoding.DecodeString(lines[2])
	if err != nil {
		return err
	}
	tree := tlog.Tree{N: size, Hash: tlog.Hash(rootBytes)}
	reader := tlog.TileHashReader(tree, files{root}) // authenticates every tile it returns against the root
	if err := checkEntries(root, size, reader); err != nil {
		return err
	}
	fmt.Printf("%d entries\n", size)
	return nil
}

func checkEntries(root string, size int64, reader tlog.HashReader) error {
	for first := int64(0); first < size; first += 256 {
		width := min(256, size-first)
		tile := tlog.Tile{H: tileHeight, L: -1, N: first / 256, W: int(width)}
		path := strings.Replace(tile.Path(), "tile/8/data/", "tile/entries/", 1)
		bundle, err := os.ReadFile(filepath.Join(root, path))
		if err != nil {
			return err
		}
		for i := first; i < first+width; i++ {
			if len(bundle) < 2 || len(bundle)-2 < int(binary.BigEndian.Uint16(bundle)) {
				return fmt.Errorf("%s ends within entry %d", path, i)
			}
			end := 2 + int(binary.BigEndian.Uint16(bundle))
			hashes, err := reader.ReadHashes([]int64{tlog.StoredHashIndex(0, i)})
			if err != nil {
				return err
			}
			if tlog.RecordHash(bundle[2:end]) != hashes[0] {
				return fmt.Errorf("entry %d does not hash to its tile's leaf", i)
			}
			bundle = bundle[end:]
		}
		if len(bundle) > 0 {
			return fmt.Errorf("%d bytes follow the last entry of %s", len(bundle), path)
		}
	}
	return nil
}
