package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

// store is a server of plain HTTP that keeps what is put, and damages what it returns when told so.
type store struct {
	mu      sync.Mutex
	objects map[string][]byte
	damage  bool
	chunked bool
}

func (s *store) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r.Method == "PUT" {
		s.objects[r.URL.Path], _ = io.ReadAll(r.Body)
		w.WriteHeader(201)
		return
	}
	body, found := s.objects[r.URL.Path]
	if !found {
		w.WriteHeader(404)
		return
	}
	if s.damage {
		body = append([]byte{body[0] ^ 1}, body[1:]...)
	}
	if s.chunked {
		w.(http.Flusher).Flush()
	}
	w.Write(body)
}

func start(t *testing.T, s *store, arguments string) result {
	t.Helper()
	s.objects = map[string][]byte{}
	server := httptest.NewServer(s)
	defer server.Close()
	address := strings.TrimPrefix(server.URL, "http://")
	parsed, err := parseSettings(strings.Fields("-mode http -addr " + address + " " + arguments))
	if err != nil {
		t.Fatal(err)
	}
	return run(parsed)
}

func TestPutsAndVerifiesWhatItCounts(t *testing.T) {
	for _, arguments := range []string{"-size 4096", "-size 200000", "-size 0", "-keepalive=false"} {
		for _, chunked := range []bool{false, true} {
			r := start(t, &store{chunked: chunked}, "-w put -c 4 -n 40 -verify 20 "+arguments)
			if r.Ops != 40 || r.Errors != 0 || r.Verified != 20 || r.BadVerify != 0 {
				t.Errorf("%s, chunked %v: %v", arguments, chunked, r)
			}
		}
	}
}

func TestSeesDamage(t *testing.T) {
	if r := start(t, &store{damage: true}, "-w put -n 5 -verify 5"); r.BadVerify != 5 {
		t.Errorf("bad %d, want 5", r.BadVerify)
	}
}

func TestCountsErrorsApart(t *testing.T) {
	r := start(t, &store{}, "-w get -prefix absent -keys 3 -n 7")
	if r.Ops != 0 || r.Errors != 7 || !strings.Contains(r.FirstError, "status 404") {
		t.Errorf("%v", r)
	}
}

func TestRefusesWhatIsOutOfBounds(t *testing.T) {
	for _, arguments := range []string{"-addr 10.0.0.1:80", "-addr example.com:80", "-t 121s", "-c 0", "-c 1025",
		"-n 2000001", "-size 1073741825", "-w get", "-w destroy", "-mode ftp", "-mode azure"} {
		if _, err := parseSettings(strings.Fields("-mode http " + arguments)); err == nil {
			t.Error(fmt.Sprintf("accepted: %s", arguments))
		}
	}
}
