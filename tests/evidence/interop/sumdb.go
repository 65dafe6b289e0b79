package main

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const tileHeight = 8

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

// openCheckpoint returns what the log signed.
func openCheckpoint(document []byte, key string) (tlog.Tree, error) {
	verifier, err := note.NewVerifier(key)
	if err != nil {
		return tlog.Tree{}, err
	}
	opened, err := note.Open(document, note.VerifierList(verifier))
	if err != nil {
		return tlog.Tree{}, err
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[0] != verifier.Name() {
		return tlog.Tree{}, fmt.Errorf("not a checkpoint of %s: %q", verifier.Name(), opened.Text)
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return tlog.Tree{}, err
	}
	root, err := base64.StdEncoding.DecodeString(lines[2])
	if err != nil || len(root) != tlog.HashSize {
		return tlog.Tree{}, fmt.Errorf("not a root: %q", lines[2])
	}
	return tlog.Tree{N: size, Hash: tlog.Hash(root)}, nil
}

// openLog returns the signed tree of a log's files and a reader that authenticates every tile against it.
func openLog(root, key string) (tlog.Tree, tlog.HashReader, error) {
	document, err := os.ReadFile(filepath.Join(root, "checkpoint"))
	if err != nil {
		return tlog.Tree{}, nil, err
	}
	tree, err := openCheckpoint(document, key)
	if err != nil {
		return tlog.Tree{}, nil, err
	}
	return tree, tlog.TileHashReader(tree, files{root}), nil
}

func checkLog(root, key string) error {
	tree, reader, err := openLog(root, key)
	if err != nil {
		return err
	}
	if err := checkEntries(root, tree.N, reader); err != nil {
		return err
	}
	fmt.Printf("%d entries\n", tree.N)
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
