// Command load drives a blob server on loopback in a closed loop and reports rates and latencies.
// It speaks the Azure Blob protocol (SharedKey), S3 (SigV4) and plain HTTP, so that servers of all three
// kinds can be measured side by side. Every run is bounded in time, operations and size.
//
// Exit status: 0 when every operation succeeded, 1 when some failed, 2 when the arguments are wrong.
package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

func main() {
	s, err := parseSettings(os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "load:", err)
		os.Exit(2)
	}
	if s.create {
		if err := createContainer(s); err != nil {
			fmt.Fprintln(os.Stderr, "load:", err)
			os.Exit(1)
		}
	}
	r := run(s)
	if s.asJSON {
		json.NewEncoder(os.Stdout).Encode(r)
	} else {
		fmt.Println(r)
	}
	if r.Errors+r.BadVerify > 0 {
		os.Exit(1)
	}
}

func createContainer(s *settings) error {
	query := ""
	if s.mode == "azure" {
		query = "restype=container"
	}
	c := newClient(s)
	if err := c.do("PUT", s.root, query, nil); err != nil {
		return fmt.Errorf("the container could not be created: %w", err)
	}
	if c.status >= 300 && c.status != 409 {
		return fmt.Errorf("the container could not be created: status %d: %.300s", c.status, c.body)
	}
	return nil
}

// A worker that sees this many errors stops: the server is broken, not slow.
const maxErrors = 1000

// run works with all connections until the time or the number of operations is used up.
func run(s *settings) result {
	var wg sync.WaitGroup
	var started, puts atomic.Int64
	before, begin := readUsage(s.pids), time.Now()
	workers := make([]*worker, s.connections)
	for i := range workers {
		w := newWorker(s, &puts)
		workers[i] = w
		wg.Go(func() {
			for time.Since(begin) < s.duration && w.errors < maxErrors &&
				(s.operations == 0 || started.Add(1) <= int64(s.operations)) {
				if err := w.operate(w.pickKind()); err != nil {
					w.firstError = cmp.Or(w.firstError, err)
					w.errors++
				}
			}
		})
	}
	wg.Wait()
	r := summarize(s, workers, time.Since(begin).Seconds(), before, readUsage(s.pids))
	verify(s, workers, &r)
	return r
}
