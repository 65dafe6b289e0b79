package main

import (
	"bufio"
	"bytes"
	"cmp"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"time"
)

// Request bodies up to this size leave in one write with their head.
const gathered = 64 << 10

// client is one HTTP/1.1 connection. It parses just enough of a response, without allocating, so that
// the generator takes as little as it can of the machine it shares with the server.
type client struct {
	s        *settings
	sign     signer
	conn     net.Conn
	reader   *bufio.Reader
	request  []byte
	scratch  []byte
	deadline time.Time

	keepBody  bool   // keep bodies of successful responses in body; those of errors always are
	body      []byte // of the last response
	status    int    // of the last response
	received  int    // body bytes of all responses
	redials   int
	err       error
	closeNext bool
}

func newClient(s *settings) *client {
	return &client{s: s, sign: newSigner(s), scratch: make([]byte, 256<<10), reader: bufio.NewReaderSize(nil, 64<<10)}
}

// do sends one request and reads the whole response. A kept connection that the server had closed
// meanwhile is redialled once: all requests are idempotent.
func (c *client) do(method, path, query string, body []byte) error {
	for {
		reused := c.conn != nil
		if !reused {
			if err := c.dial(); err != nil {
				return err
			}
		}
		c.exchange(method, path, query, body)
		if c.err != nil || c.closeNext || !c.s.keepalive {
			c.conn.Close()
			c.conn = nil
		}
		if c.err == nil || !reused || errors.Is(c.err, os.ErrDeadlineExceeded) {
			return c.err
		}
		c.redials++
	}
}

func (c *client) dial() error {
	conn, err := net.DialTimeout("tcp", c.s.address, c.s.timeout)
	if err != nil {
		return err
	}
	if c.s.tls {
		conn = tls.Client(conn, &tls.Config{InsecureSkipVerify: true})
	}
	c.conn, c.deadline = conn, time.Time{}
	c.reader.Reset(conn)
	return nil
}

func (c *client) exchange(method, path, query string, body []byte) {
	// Setting a deadline is a system-wide timer: do it once a second, not once a request.
	if now := time.Now(); c.deadline.Sub(now) < c.s.timeout-time.Second {
		c.deadline = now.Add(c.s.timeout)
		c.conn.SetDeadline(c.deadline)
	}
	split := min(len(body), gathered)
	c.request = append(c.sign.head(c.request[:0], method, path, query, body), body[:split]...)
	buffers := net.Buffers{c.request, body[split:]}
	if _, c.err = buffers.WriteTo(c.conn); c.err == nil {
		c.receive(method == "HEAD")
	}
}

func (c *client) line() (line []byte) {
	if c.err == nil {
		line, c.err = c.reader.ReadSlice('\n')
	}
	return bytes.TrimSpace(line)
}

// receive reads one response; c.err says whether it was whole.
func (c *client) receive(headOnly bool) {
	line := c.line()
	if len(line) < 12 || !bytes.HasPrefix(line, []byte("HTTP/1.")) {
		c.err = cmp.Or(c.err, fmt.Errorf("bad status line %q", line))
		return
	}
	c.status, _ = strconv.Atoi(string(line[9:12]))
	c.closeNext, c.body = line[7] == '0', c.body[:0]
	length, chunked := c.headers()
	if headOnly || c.status == 204 || c.status == 304 {
		return
	}
	if !chunked {
		c.take(length)
		return
	}
	for size := int64(1); size > 0 && c.err == nil; c.line() {
		size, c.err = strconv.ParseInt(string(c.line()), 16, 32)
		c.take(int(size))
	}
}

func (c *client) headers() (length int, chunked bool) {
	for line := c.line(); len(line) > 0; line = c.line() {
		name, value, _ := bytes.Cut(line, []byte{':'})
		switch {
		case bytes.EqualFold(name, []byte("content-length")):
			length, c.err = strconv.Atoi(string(bytes.TrimSpace(value)))
		case bytes.EqualFold(name, []byte("transfer-encoding")):
			chunked = bytes.Contains(value, []byte("chunked"))
		case bytes.EqualFold(name, []byte("connection")):
			c.closeNext = bytes.Contains(bytes.ToLower(value), []byte("close"))
		}
	}
	return length, chunked
}

func (c *client) take(size int) {
	for size > 0 && c.err == nil {
		var n int
		n, c.err = c.reader.Read(c.scratch[:min(size, len(c.scratch))])
		size -= n
		c.received += n
		if c.keepBody || c.status >= 400 {
			c.body = append(c.body, c.scratch[:n]...)
		}
	}
}
