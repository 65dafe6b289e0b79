package main

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"hash"
	"net/url"
	"strconv"
	"strings"
	"time"
)

const apiVersion = "2021-12-02"

// signer writes request heads. Date and keyed hash are kept for a second, so that a signature costs one
// HMAC of a short string.
type signer struct {
	s         *settings
	now       func() time.Time
	mac       hash.Hash
	second    int64
	date, day string
	scratch   []byte
	canonical []byte
	sum       [32]byte
}

func newSigner(s *settings) signer { return signer{s: s, now: time.Now} }

// head appends a request's head to out. A nil body means that the request has none.
func (g *signer) head(out []byte, method, path, query string, body []byte) []byte {
	g.tick()
	out = cat(out, method, " ", path)
	if query != "" {
		out = cat(out, "?", query)
	}
	out = cat(out, " HTTP/1.1\r\nHost: ", g.s.address, "\r\n")
	if method == "PUT" {
		out = cat(out, "Content-Length: ", strconv.Itoa(len(body)), "\r\n")
	}
	if !g.s.keepalive {
		out = cat(out, "Connection: close\r\n")
	}
	switch g.s.mode {
	case "azure":
		out = g.sharedKey(out, method, path, query, body)
	case "s3":
		out = g.signatureV4(out, method, path, query, body)
	}
	return cat(out, "\r\n")
}

func (g *signer) tick() {
	now := g.now().UTC()
	if now.Unix() == g.second {
		return
	}
	g.second, g.date = now.Unix(), now.Format("Mon, 02 Jan 2006 15:04:05 GMT")
	switch {
	case g.s.mode == "s3":
		g.date = now.Format("20060102T150405Z")
		g.day = g.date[:8]
		g.mac = hmac.New(sha256.New, []byte("AWS4"+g.s.key))
		for _, part := range []string{g.day, "us-east-1", "s3", "aws4_request"} {
			g.mac = hmac.New(sha256.New, bytes.Clone(g.keyed([]byte(part))))
		}
	case g.mac == nil:
		g.mac = hmac.New(sha256.New, g.s.secret)
	}
}

func (g *signer) keyed(message []byte) []byte {
	g.mac.Reset()
	g.mac.Write(message)
	return g.mac.Sum(g.sum[:0])
}

// sharedKey adds Azure's headers and signature ("Authorize with Shared Key", 2015-02-21 and later).
func (g *signer) sharedKey(out []byte, method, path, query string, body []byte) []byte {
	length := ""
	if len(body) > 0 {
		length = strconv.Itoa(len(body))
	}
	// Verb, encoding, language, length, then MD5, type, date, four conditions and range: all empty.
	text := cat(g.scratch[:0], method, "\n\n\n", length, "\n\n\n\n\n\n\n\n\n")
	if body != nil {
		text = cat(text, "x-ms-blob-type:BlockBlob\n")
		out = cat(out, "x-ms-blob-type: BlockBlob\r\n")
	}
	text = cat(text, "x-ms-date:", g.date, "\nx-ms-version:", apiVersion, "\n/", g.s.account, path)
	for parameter := range strings.SplitSeq(query, "&") {
		if name, value, found := strings.Cut(parameter, "="); found {
			value, _ = url.QueryUnescape(value)
			text = cat(text, "\n", name, ":", value)
		}
	}
	g.scratch = text
	out = cat(out, "x-ms-date: ", g.date, "\r\nx-ms-version: ", apiVersion)
	out = cat(out, "\r\nAuthorization: SharedKey ", g.s.account, ":")
	return cat(base64.StdEncoding.AppendEncode(out, g.keyed(text)), "\r\n")
}

// signatureV4 adds S3's headers and signature (AWS Signature Version 4, single chunk).
func (g *signer) signatureV4(out []byte, method, path, query string, body []byte) []byte {
	const signed = "host;x-amz-content-sha256;x-amz-date"
	payload := "UNSIGNED-PAYLOAD"
	if g.s.hashed || body == nil {
		sum := sha256.Sum256(body)
		payload = hex.EncodeToString(sum[:])
	}
	scope := g.day + "/us-east-1/s3/aws4_request"
	g.canonical = cat(g.canonical[:0], method, "\n", path, "\n", query, "\nhost:", g.s.address,
		"\nx-amz-content-sha256:", payload, "\nx-amz-date:", g.date, "\n\n", signed, "\n", payload)
	sum := sha256.Sum256(g.canonical)
	g.scratch = cat(g.scratch[:0], "AWS4-HMAC-SHA256\n", g.date, "\n", scope, "\n")
	g.scratch = hex.AppendEncode(g.scratch, sum[:])
	out = cat(out, "x-amz-content-sha256: ", payload, "\r\nx-amz-date: ", g.date)
	out = cat(out, "\r\nAuthorization: AWS4-HMAC-SHA256 Credential=", g.s.account, "/", scope,
		",SignedHeaders=", signed, ",Signature=")
	return cat(hex.AppendEncode(out, g.keyed(g.scratch)), "\r\n")
}

// listQuery returns sorted, escaped parameters, as both signatures want them.
func listQuery(s *settings, marker string) string {
	page := strconv.Itoa(s.page)
	values, markerName := url.Values{"list-type": {"2"}, "max-keys": {page}, "prefix": {s.prefix}}, "continuation-token"
	if s.mode == "azure" {
		values = url.Values{"comp": {"list"}, "maxresults": {page}, "prefix": {s.prefix}, "restype": {"container"}}
		markerName = "marker"
	}
	if marker != "" {
		values.Set(markerName, marker)
	}
	return strings.ReplaceAll(values.Encode(), "+", "%20")
}

func cat(b []byte, parts ...string) []byte {
	for _, part := range parts {
		b = append(b, part...)
	}
	return b
}
