package main

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"

	"github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"
	"github.com/transparency-dev/tessera/api"
	"github.com/transparency-dev/tessera/client"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// vectors is a file as docs/formats/refused.md describes it.
type vectors struct {
	Kind    string
	LogKey  string `json:"log_key"`
	Valid   map[string]json.RawMessage
	Refused []struct {
		Name, Of string
		Change   json.RawMessage
	}
}

// input has the members of all kinds that others' code reads.
type input struct {
	Text, Hex  string
	Leaf, Root string
	OldRoot    string `json:"old_root"`
	NewRoot    string `json:"new_root"`
	Index      uint64
	Size       uint64
	OldSize    uint64 `json:"old_size"`
	NewSize    uint64 `json:"new_size"`
	Width      int
	Path       []string
}

// judges says, for each implementation that reads the kind, why it refuses the input.
var judges = map[string]map[string]func(in input, key string) error{
	"inclusion": {
		"x/mod": func(in input, _ string) error {
			path, err := parseEach(in.Path)
			return firstOf(err, func() error {
				return tlog.CheckRecord(path, int64(in.Size), parseHash(in.Root), int64(in.Index), parseHash(in.Leaf))
			})
		},
		"merkle": func(in input, _ string) error {
			path, err := parseEach(in.Path)
			return firstOf(err, func() error {
				return proof.VerifyInclusion(rfc6962.DefaultHasher, in.Index, in.Size, unhex(in.Leaf),
					byteSlices(path), unhex(in.Root))
			})
		},
	},
	"consistency": {
		"x/mod": func(in input, _ string) error {
			path, err := parseEach(in.Path)
			return firstOf(err, func() error {
				return tlog.CheckTree(path, int64(in.NewSize), parseHash(in.NewRoot), int64(in.OldSize),
					parseHash(in.OldRoot))
			})
		},
		"merkle": func(in input, _ string) error {
			path, err := parseEach(in.Path)
			return firstOf(err, func() error {
				return proof.VerifyConsistency(rfc6962.DefaultHasher, in.OldSize, in.NewSize, byteSlices(path),
					unhex(in.OldRoot), unhex(in.NewRoot))
			})
		},
	},
	"note-key": {
		"x/mod": func(in input, _ string) error {
			_, err := note.NewVerifier(string(in.bytes()))
			return err
		},
	},
	"note": {
		"x/mod": func(in input, key string) error {
			verifier, err := note.NewVerifier(key)
			return firstOf(err, func() error {
				_, err := note.Open(in.bytes(), note.VerifierList(verifier))
				return err
			})
		},
	},
	"checkpoint": {
		"tessera": func(in input, key string) error {
			verifier, err := note.NewVerifier(key)
			return firstOf(err, func() error {
				read := func(context.Context) ([]byte, error) { return in.bytes(), nil }
				_, _, _, err := client.FetchCheckpoint(context.Background(), read, verifier, verifier.Name())
				return err
			})
		},
	},
	"bundle": {
		"tessera": func(in input, _ string) error {
			var bundle api.EntryBundle
			if err := bundle.UnmarshalText(in.bytes()); err != nil {
				return err
			}
			if len(bundle.Entries) != in.Width {
				return fmt.Errorf("%d entries", len(bundle.Entries))
			}
			return nil
		},
	},
}

// judgeVectors prints, a line each, which implementation accepts a vector that ours refuses, or refuses one that
// is valid.
func judgeVectors(file string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var v vectors
	if err := json.Unmarshal(text, &v); err != nil {
		return err
	}
	for by, judge := range judges[v.Kind] {
		for name, valid := range v.Valid {
			if err := judgeInput(valid, nil, judge, v.LogKey); err != nil {
				fmt.Printf("%s refuses %s: %v\n", by, name, err)
			}
		}
		for _, refused := range v.Refused {
			if judgeInput(v.Valid[refused.Of], refused.Change, judge, v.LogKey) == nil {
				fmt.Printf("%s accepts %s\n", by, refused.Name)
			}
		}
	}
	return nil
}

func judgeInput(valid, change json.RawMessage, judge func(input, string) error, key string) error {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(valid, &members); err != nil {
		return err
	}
	if change != nil {
		var changed map[string]json.RawMessage
		if err := json.Unmarshal(change, &changed); err != nil {
			return err
		}
		for name, value := range changed { // no object lies within these kinds' inputs
			members[name] = value
			if string(value) == "null" {
				delete(members, name)
			}
		}
	}
	patched, err := json.Marshal(members)
	if err != nil {
		return err
	}
	var in input
	if err := json.Unmarshal(patched, &in); err != nil {
		return err
	}
	return judge(in, key)
}

func (in input) bytes() []byte {
	if in.Hex != "" {
		return unhex(in.Hex)
	}
	return []byte(in.Text)
}

func unhex(text string) []byte {
	decoded, err := hex.DecodeString(text)
	if err != nil {
		panic(err)
	}
	return decoded
}

func parseHash(text string) tlog.Hash { return tlog.Hash(unhex(text)) }

func parseEach(texts []string) ([]tlog.Hash, error) {
	hashes := make([]tlog.Hash, len(texts))
	for i, text := range texts {
		if len(text) != 2*tlog.HashSize {
			return nil, fmt.Errorf("hash %d is too short", i)
		}
		hashes[i] = parseHash(text)
	}
	return hashes, nil
}

func firstOf(err error, then func() error) error {
	if err != nil {
		return err
	}
	return then()
}
