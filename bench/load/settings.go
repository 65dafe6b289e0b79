package main

import (
	"encoding/base64"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"os"
	"slices"
	"time"
)

// Bounds of every run.
const (
	maxDuration    = 120 * time.Second
	maxOperations  = 2_000_000
	maxConnections = 1024
	maxObjectSize  = 1 << 30
)

// settings say what one run does; they do not change while it runs.
type settings struct {
	mode, load, address     string
	account, key, container string
	prefix, pids            string
	size, connections       int
	operations              int // 0: bounded by duration alone
	keys, first             int
	readPercent, verify     int
	page                    int
	duration, timeout       time.Duration
	keepalive, asJSON       bool
	create, tls, hashed     bool

	secret []byte // azure: the decoded account key
	root   string // path of the container
	base   []byte // content that all objects share; each 4 KiB page is stamped per object
}

func parseSettings(arguments []string) (*settings, error) {
	s := &settings{}
	f := flag.NewFlagSet("load", flag.ExitOnError)
	f.StringVar(&s.mode, "mode", "azure", "azure, s3 or http")
	f.StringVar(&s.load, "w", "put", "put, get, head, list or mixed")
	f.StringVar(&s.address, "addr", "127.0.0.1:10000", "loopback address and port")
	f.StringVar(&s.account, "account", os.Getenv("BENCH_ACCOUNT"), "account, or access key id")
	f.StringVar(&s.key, "key", os.Getenv("BENCH_KEY"), "account key in base64, or secret key")
	f.StringVar(&s.container, "container", "bench", "container or bucket")
	f.StringVar(&s.prefix, "prefix", "", "prefix of names (put: default is unique)")
	f.StringVar(&s.pids, "pid", "", "process ids of the server, comma separated: CPU and RSS of their trees")
	f.IntVar(&s.size, "size", 4096, "bytes of an object")
	f.IntVar(&s.connections, "c", 1, "connections")
	f.IntVar(&s.operations, "n", 0, "stop after this many operations (0: by time)")
	f.IntVar(&s.keys, "keys", 0, "objects PREFIX00000000… that exist (get, head, mixed)")
	f.IntVar(&s.first, "first", 0, "number of the first object put")
	f.IntVar(&s.readPercent, "read", 75, "percent of reads in mixed")
	f.IntVar(&s.verify, "verify", 0, "read back this many objects and compare every byte")
	f.IntVar(&s.page, "page", 1000, "names on a page of a list")
	f.DurationVar(&s.duration, "t", 10*time.Second, "duration")
	f.DurationVar(&s.timeout, "timeout", 30*time.Second, "longest time for one operation")
	f.BoolVar(&s.keepalive, "keepalive", true, "reuse connections")
	f.BoolVar(&s.asJSON, "json", false, "print JSON")
	f.BoolVar(&s.create, "create", false, "create the container first")
	f.BoolVar(&s.tls, "tls", false, "TLS; the certificate is not checked")
	f.BoolVar(&s.hashed, "hash", false, "s3: sign the SHA-256 of the payload, not UNSIGNED-PAYLOAD")
	f.Parse(arguments)
	if err := s.validate(); err != nil {
		return nil, err
	}
	s.complete()
	return s, nil
}

func (s *settings) validate() error {
	address, err := netip.ParseAddrPort(s.address)
	if err != nil || !address.Addr().IsLoopback() {
		return errors.New("-addr must be a loopback address and port")
	}
	if !slices.Contains([]string{"azure", "s3", "http"}, s.mode) {
		return fmt.Errorf("-mode must be azure, s3 or http, not %q", s.mode)
	}
	if !slices.Contains([]string{"put", "get", "head", "list", "mixed"}, s.load) {
		return fmt.Errorf("-w must be put, get, head, list or mixed, not %q", s.load)
	}
	if s.duration > maxDuration || s.operations > maxOperations || s.size < 0 || s.size > maxObjectSize ||
		s.connections < 1 || s.connections > maxConnections {
		return fmt.Errorf("bounds: -t ≤ %v, -n ≤ %d, 1 ≤ -c ≤ %d, 0 ≤ -size ≤ %d",
			maxDuration, maxOperations, maxConnections, maxObjectSize)
	}
	if slices.Contains([]string{"get", "head", "mixed"}, s.load) && (s.keys <= 0 || s.prefix == "") {
		return fmt.Errorf("-w %s needs -prefix and -keys: the objects to read", s.load)
	}
	if s.mode == "azure" {
		s.secret, err = base64.StdEncoding.DecodeString(s.key)
		if err != nil || s.account == "" {
			return errors.New("-mode azure needs -account and a base64 -key")
		}
	}
	return nil
}

func (s *settings) complete() {
	if s.prefix == "" && s.load == "put" {
		s.prefix = fmt.Sprintf("b%x-", time.Now().UnixNano())
	}
	if s.load == "mixed" && s.first == 0 {
		s.first = s.keys
	}
	if s.operations > 0 {
		s.duration = maxDuration
	}
	s.root = "/" + s.container
	if s.mode == "azure" {
		s.root = "/" + s.account + s.root
	}
	s.base = make([]byte, s.size)
	rand.NewChaCha8([32]byte{1}).Read(s.base)
}

// name is the path of object number i.
func (s *settings) name(i int) string { return fmt.Sprintf("%s/%s%08d", s.root, s.prefix, i) }
