package main

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"
	"github.com/transparency-dev/tessera/api"
	"github.com/transparency-dev/tessera/api/layout"
	"github.com/transparency-dev/tessera/client"
	"github.com/transparency-dev/tessera/fsck"
	"golang.org/x/mod/sumdb/note"
)

// As many resources are compared at once, so that one bad file cannot stall the others.
const workers = 16

// patience ends a check that waits for ever.
const patience = time.Minute

func openSource(where string) (fsck.Fetcher, error) {
	if !strings.Contains(where, "://") {
		return &client.FileFetcher{Root: where}, nil
	}
	address, err := url.Parse(where)
	if err != nil {
		return nil, err
	}
	return client.NewHTTPFetcher(address, nil)
}

// fsckLog derives every tile and the root from the entries, as Tessera's own fsck command does.
func fsckLog(where, key string) (err error) {
	defer func() { // a bundle with fewer entries than the checkpoint says is an index out of range there
		if problem := recover(); problem != nil {
			err = fmt.Errorf("fsck: %v", problem)
		}
	}()
	source, verifier, err := open(where, key)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	check := fsck.New(verifier.Name(), verifier, source, leafHashes, fsck.Opts{N: workers})
	if err := check.Check(ctx); err != nil {
		return err
	}
	fmt.Println("whole")
	return nil
}

func open(where, key string) (fsck.Fetcher, note.Verifier, error) {
	source, err := openSource(where)
	if err != nil {
		return nil, nil, err
	}
	verifier, err := note.NewVerifier(key)
	return source, verifier, err
}

func leafHashes(bundle []byte) ([][]byte, error) {
	var parsed api.EntryBundle
	if err := parsed.UnmarshalText(bundle); err != nil {
		return nil, err
	}
	hashes := make([][]byte, len(parsed.Entries))
	for i, entry := range parsed.Entries {
		hashes[i] = rfc6962.DefaultHasher.HashLeaf(entry)
	}
	return hashes, nil
}

// followLog fetches checkpoint, bundles and tiles and proves every entry with proofs built from the tiles; with
// an earlier checkpoint it first proves that the log grew from there.
func followLog(where, key string, earlier []string) error {
	source, verifier, err := open(where, key)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	tracker, err := track(ctx, source, verifier, earlier)
	if err != nil {
		return err
	}
	latest := tracker.Latest()
	builder, err := client.NewProofBuilder(ctx, latest.Size, source.ReadTile)
	if err != nil {
		return err
	}
	for first := uint64(0); first < latest.Size; first += layout.EntryBundleWidth {
		bundle, err := client.GetEntryBundle(ctx, source.ReadEntryBundle, first/layout.EntryBundleWidth, latest.Size)
		if err != nil {
			return err
		}
		for i := first; i < min(first+layout.EntryBundleWidth, latest.Size); i++ {
			if i-first >= uint64(len(bundle.Entries)) {
				return fmt.Errorf("entry %d is missing", i)
			}
			path, err := builder.InclusionProof(ctx, i)
			if err != nil {
				return err
			}
			leaf := rfc6962.DefaultHasher.HashLeaf(bundle.Entries[i-first])
			err = proof.VerifyInclusion(rfc6962.DefaultHasher, i, latest.Size, leaf, path, latest.Hash)
			if err != nil {
				return fmt.Errorf("entry %d: %w", i, err)
			}
		}
	}
	fmt.Printf("%d entries proved\n", latest.Size)
	return nil
}

func track(ctx context.Context, source fsck.Fetcher, verifier note.Verifier, earlier []string) (
	*client.LogStateTracker, error) {
	consensus := client.UnilateralConsensus(source.ReadCheckpoint)
	var known []byte
	if len(earlier) > 0 {
		var err error
		if known, err = os.ReadFile(earlier[0]); err != nil {
			return nil, err
		}
	}
	tracker, err := client.NewLogStateTracker(ctx, source.ReadTile, known, verifier, verifier.Name(), consensus)
	if err != nil || known == nil {
		return tracker, err
	}
	_, path, _, err := tracker.Update(ctx)
	if err == nil {
		fmt.Printf("consistent by %d hashes\n", len(path))
	}
	return tracker, err
}
