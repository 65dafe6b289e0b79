package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"

	"github.com/fxamacker/cbor/v2"
	"golang.org/x/mod/sumdb/tlog"
)

// receipt is what of the document its proofs need (docs/formats/receipt.md).
type receipt struct {
	Record struct {
		Journal []byte
		Index   int64
		Facets  map[string]struct{ Commitment, Salt, CBOR []byte }
	}
	Journal struct {
		Size int64
		Root []byte
		Path [][]byte
	}
	Slot struct {
		Number int64
		Salt   []byte
		Path   [][]byte
	}
	Seal struct {
		Entry []byte
		Index int64
		Path  [][]byte
	}
	Checkpoint string
}

// seal is the CBOR array of docs/formats/seal.md.
type seal struct {
	_         struct{} `cbor:",toarray"`
	Kind      string
	Version   uint64
	Number    uint64
	Time      int64
	HeadsRoot []byte
	Slots     int64
	Previous  []byte
	Epoch     uint64
	Witnessed []byte
}

var facetNames = []string{"who", "what", "why", "outcome"}

func checkReceipt(file, key string) error {
	document, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var r receipt
	if err := json.Unmarshal(document, &r); err != nil {
		return err
	}
	sealed, err := checkSeal(&r, key)
	if err != nil {
		return fmt.Errorf("seal: %w", err)
	}
	if err := checkSlot(&r, sealed); err != nil {
		return fmt.Errorf("slot: %w", err)
	}
	if err := checkRecord(&r); err != nil {
		return fmt.Errorf("record: %w", err)
	}
	fmt.Printf("record %d of %d, slot %d of %d, seal %d\n", r.Record.Index, r.Journal.Size, r.Slot.Number,
		sealed.Slots, sealed.Number)
	return nil
}

// checkSeal goes from the signed checkpoint to the seal.
func checkSeal(r *receipt, key string) (*seal, error) {
	tree, err := openCheckpoint([]byte(r.Checkpoint), key)
	if err != nil {
		return nil, err
	}
	if err := checkPath(r.Seal.Path, tree, r.Seal.Index, r.Seal.Entry); err != nil {
		return nil, err
	}
	var s seal
	if err := checkCanonical(r.Seal.Entry, &s); err != nil {
		return nil, err
	}
	if s.Kind != "seal" || s.Version != 1 {
		return nil, fmt.Errorf("the entry is a %q of version %d", s.Kind, s.Version)
	}
	return &s, nil
}

// checkSlot goes from the seal to the journal's head.
func checkSlot(r *receipt, s *seal) error {
	head, err := encode([]any{"vitrine-head-v1", r.Slot.Salt, r.Record.Journal, r.Journal.Size, r.Journal.Root})
	if err != nil {
		return err
	}
	tree, err := treeOf(s.Slots, s.HeadsRoot)
	if err != nil {
		return err
	}
	return checkPath(r.Slot.Path, tree, r.Slot.Number, head)
}

// checkRecord goes from the journal's head to the facets.
func checkRecord(r *receipt) error {
	leaf := []any{1, r.Record.Journal}
	for kind, name := range facetNames {
		facet := r.Record.Facets[name]
		leaf = append(leaf, facet.Commitment)
		if facet.Salt == nil {
			continue
		}
		input := append([]byte("vitrine-facet-v1\n"), byte(kind))
		sum := sha256.Sum256(append(append(input, facet.Salt...), facet.CBOR...))
		if !bytes.Equal(sum[:], facet.Commitment) {
			return fmt.Errorf("facet %s is not what was committed to", name)
		}
		var items []any
		if err := checkCanonical(facet.CBOR, &items); err != nil {
			return fmt.Errorf("facet %s: %w", name, err)
		}
	}
	entry, err := encode(leaf)
	if err != nil {
		return err
	}
	tree, err := treeOf(r.Journal.Size, r.Journal.Root)
	if err != nil {
		return err
	}
	return checkPath(r.Journal.Path, tree, r.Record.Index, entry)
}

func checkPath(path [][]byte, tree tlog.Tree, index int64, entry []byte) error {
	hashes := make([]tlog.Hash, len(path))
	for i, each := range path {
		if len(each) != tlog.HashSize {
			return fmt.Errorf("hash %d of the path has %d bytes", i, len(each))
		}
		hashes[i] = tlog.Hash(each)
	}
	return checkInclusion(hashes, tree, index, tlog.RecordHash(entry))
}

func treeOf(size int64, root []byte) (tlog.Tree, error) {
	if len(root) != tlog.HashSize {
		return tlog.Tree{}, fmt.Errorf("a root of %d bytes", len(root))
	}
	return tlog.Tree{N: size, Hash: tlog.Hash(root)}, nil
}

// encode is deterministic as RFC 8949 §4.2 asks.
func encode(value any) ([]byte, error) {
	mode, err := cbor.CoreDetEncOptions().EncMode()
	if err != nil {
		return nil, err
	}
	return mode.Marshal(value)
}

// checkCanonical decodes, and encodes again: the same bytes must come out.
func checkCanonical(bytesIn []byte, into any) error {
	if err := cbor.Unmarshal(bytesIn, into); err != nil {
		return err
	}
	again, err := encode(into)
	if err != nil {
		return err
	}
	if !bytes.Equal(again, bytesIn) {
		return fmt.Errorf("the encoding is not deterministic: %x, which would be %x", bytesIn, again)
	}
	return nil
}
