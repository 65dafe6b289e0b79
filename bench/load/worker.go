package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"html"
	"math/rand/v2"
	"sync/atomic"
	"time"
)

const stampedPage = 4096

// worker does operations one after the other over one connection and remembers how long each took.
type worker struct {
	*client
	puts       *atomic.Int64 // objects put so far, by all workers
	content    []byte
	random     *rand.Rand
	latencies  map[string][]time.Duration
	stored     []int // numbers of the objects whose put was acknowledged
	moved      int   // content bytes of successful operations
	listed     int
	errors     int
	firstError error
}

func newWorker(s *settings, puts *atomic.Int64) *worker {
	w := &worker{client: newClient(s), puts: puts, content: bytes.Clone(s.base),
		random:    rand.New(rand.NewPCG(rand.Uint64(), rand.Uint64())),
		latencies: map[string][]time.Duration{}}
	w.keepBody = s.load == "list"
	return w
}

func (w *worker) pickKind() string {
	switch {
	case w.s.load != "mixed":
		return w.s.load
	case w.random.IntN(100) < w.s.readPercent:
		return "get"
	default:
		return "put"
	}
}

func (w *worker) operate(kind string) error {
	begin := time.Now()
	var err error
	switch kind {
	case "list":
		return w.list() // times its pages itself
	case "put":
		err = w.put(w.s.first + int(w.puts.Add(1)-1))
	case "get":
		err = w.get(w.s.name(w.random.IntN(w.s.keys)))
	case "head":
		err = w.expectSuccess("HEAD", w.s.name(w.random.IntN(w.s.keys)), nil)
	}
	if err == nil {
		w.latencies[kind] = append(w.latencies[kind], time.Since(begin))
	}
	return err
}

func (w *worker) expectSuccess(method, path string, body []byte) error {
	if err := w.do(method, path, "", body); err != nil {
		return err
	}
	if w.status/100 != 2 {
		return fmt.Errorf("%s: status %d: %.300s", method, w.status, w.body)
	}
	return nil
}

func (w *worker) put(number int) error {
	name := w.s.name(number)
	if err := w.expectSuccess("PUT", name, w.stamp(name)); err != nil {
		return err
	}
	w.moved += len(w.content)
	w.stored = append(w.stored, number)
	return nil
}

func (w *worker) get(name string) error {
	before := w.received
	if err := w.expectSuccess("GET", name, nil); err != nil {
		return err
	}
	if size := w.received - before; size != w.s.size {
		return fmt.Errorf("GET: %d bytes, expected %d", size, w.s.size)
	}
	w.moved += w.s.size
	return nil
}

// stamp makes the content of the named object: each page carries a hash of the name and its own offset,
// so that no mix-up of objects or pages goes unseen by verify.
func (w *worker) stamp(name string) []byte {
	h := fnv.New64a()
	h.Write([]byte(name))
	id := h.Sum64()
	for offset := 0; offset+16 <= len(w.content); offset += stampedPage {
		binary.LittleEndian.PutUint64(w.content[offset:], id)
		binary.LittleEndian.PutUint64(w.content[offset+8:], uint64(offset))
	}
	return w.content
}

// list walks all names that have the prefix, page by page.
func (w *worker) list() error {
	item, next := "<Blob>", "NextMarker>"
	if w.s.mode == "s3" {
		item, next = "<Key>", "NextContinuationToken>"
	}
	for marker := ""; ; {
		begin := time.Now()
		if err := w.do("GET", w.s.root, listQuery(w.s, marker), nil); err != nil {
			return err
		}
		if w.status != 200 {
			return fmt.Errorf("list: status %d: %.300s", w.status, w.body)
		}
		w.latencies["list"] = append(w.latencies["list"], time.Since(begin))
		w.listed += bytes.Count(w.body, []byte(item))
		w.moved += len(w.body)
		_, rest, _ := bytes.Cut(w.body, []byte("<"+next))
		token, _, found := bytes.Cut(rest, []byte("</"+next))
		if marker = html.UnescapeString(string(token)); !found || marker == "" {
			return nil
		}
	}
}

// verify reads objects back and compares every byte with what was, or must have been, put.
func verify(s *settings, workers []*worker, r *result) {
	var stored []int
	for _, w := range workers {
		stored = append(stored, w.stored...)
	}
	for i := range s.keys {
		stored = append(stored, i)
	}
	w := newWorker(s, nil)
	w.keepBody = true
	for ; r.Verified < s.verify && len(stored) > 0; r.Verified++ {
		name := s.name(stored[w.random.IntN(len(stored))])
		err := w.do("GET", name, "", nil)
		if err != nil || w.status != 200 || !bytes.Equal(w.body, w.stamp(name)) {
			r.BadVerify++
			r.FirstError = fmt.Sprintf("verify %s: %v, status %d, %d bytes", name, err, w.status, len(w.body))
		}
	}
}
