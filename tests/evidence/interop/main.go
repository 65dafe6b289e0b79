// Command interop is the other side of the evidence tests: what others wrote for signed notes, tiled logs and
// CBOR. It prints test vectors, and it checks what Vitrine published: golang.org/x/mod/sumdb reads notes,
// tiles and proofs, transparency-dev/merkle verifies the proofs once more, Tessera's client builds proofs
// of its own, and Tessera's fsck derives every tile anew. WHERE is a directory or a URL.
//
//	go run . vectors
//	go run . log DIRECTORY VERIFIER-KEY
//	go run . proofs FILE DIRECTORY VERIFIER-KEY
//	go run . receipt FILE VERIFIER-KEY
//	go run . refused FILE
//	go run . client WHERE VERIFIER-KEY [EARLIER-CHECKPOINT]
//	go run . fsck WHERE VERIFIER-KEY
package main

import (
	"fmt"
	"os"
)

type command struct {
	least, most int // arguments
	run         func(arguments []string) error
}

var commands = map[string]command{
	"vectors": {0, 0, func([]string) error { return printVectors() }},
	"log":     {2, 2, func(a []string) error { return checkLog(a[0], a[1]) }},
	"proofs":  {3, 3, func(a []string) error { return checkProofs(a[0], a[1], a[2]) }},
	"receipt": {2, 2, func(a []string) error { return checkReceipt(a[0], a[1]) }},
	"refused": {1, 1, func(a []string) error { return judgeVectors(a[0]) }},
	"client":  {2, 3, func(a []string) error { return followLog(a[0], a[1], a[2:]) }},
	"fsck":    {2, 2, func(a []string) error { return fsckLog(a[0], a[1]) }},
}

func main() {
	name, arguments := "", []string{}
	if len(os.Args) > 1 {
		name, arguments = os.Args[1], os.Args[2:]
	}
	command, known := commands[name]
	if !known || len(arguments) < command.least || len(arguments) > command.most {
		fmt.Fprintln(os.Stderr, "usage: see main.go")
		os.Exit(2)
	}
	if err := command.run(arguments); err != nil {
		fmt.Fprintf(os.Stderr, "refused by %s: %v\n", name, err)
		os.Exit(1)
	}
}
