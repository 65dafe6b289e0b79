package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"strings"
	"testing"
	"time"
)

func mac(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}

func fixedSigner(s *settings) signer {
	g := newSigner(s)
	g.now = func() time.Time { return time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC) }
	return g
}

func TestSharedKeySignsTheStringThatAzureDefines(t *testing.T) {
	key := []byte("secret")
	s := &settings{mode: "azure", account: "acct", address: "127.0.0.1:1", keepalive: true, secret: key}
	const date = "x-ms-date:Wed, 04 Mar 2026 05:06:07 GMT\nx-ms-version:2021-12-02\n"
	cases := map[string]struct {
		method, path, query string
		body                []byte
		text                string
	}{
		"put": {"PUT", "/acct/c/b", "", []byte("abc"),
			"PUT\n\n\n3\n\n\n\n\n\n\n\n\nx-ms-blob-type:BlockBlob\n" + date + "/acct/acct/c/b"},
		"empty put: no length is signed": {"PUT", "/acct/c/b", "", []byte{},
			"PUT\n\n\n\n\n\n\n\n\n\n\n\nx-ms-blob-type:BlockBlob\n" + date + "/acct/acct/c/b"},
		"list: decoded parameters": {"GET", "/acct/c", "comp=list&prefix=a%20b", nil,
			"GET\n\n\n\n\n\n\n\n\n\n\n\n" + date + "/acct/acct/c\ncomp:list\nprefix:a b"},
	}
	for name, c := range cases {
		g := fixedSigner(s)
		head := string(g.head(nil, c.method, c.path, c.query, c.body))
		want := "\r\nAuthorization: SharedKey acct:" + base64.StdEncoding.EncodeToString(mac(key, c.text)) + "\r\n\r\n"
		if !strings.HasSuffix(head, want) {
			t.Errorf("%s: got\n%s\nwant the end\n%s", name, head, want)
		}
	}
}

func TestSignatureV4SignsTheStringThatAwsDefines(t *testing.T) {
	s := &settings{mode: "s3", account: "id", key: "secret", address: "127.0.0.1:1", keepalive: true}
	canonical := sha256.Sum256([]byte("PUT\n/c/b\n\nhost:127.0.0.1:1\nx-amz-content-sha256:UNSIGNED-PAYLOAD\n" +
		"x-amz-date:20260304T050607Z\n\nhost;x-amz-content-sha256;x-amz-date\nUNSIGNED-PAYLOAD"))
	key := mac(mac(mac(mac([]byte("AWS4secret"), "20260304"), "us-east-1"), "s3"), "aws4_request")
	text := "AWS4-HMAC-SHA256\n20260304T050607Z\n20260304/us-east-1/s3/aws4_request\n" + hex.EncodeToString(canonical[:])
	g := fixedSigner(s)
	head := string(g.head(nil, "PUT", "/c/b", "", []byte("abc")))
	if want := "Signature=" + hex.EncodeToString(mac(key, text)) + "\r\n\r\n"; !strings.HasSuffix(head, want) {
		t.Errorf("got\n%s\nwant the end\n%s", head, want)
	}
}
