package main

import (
	"bytes"
	"os"
	"strconv"
	"strings"
	"syscall"
)

const ticksPerSecond = 100 // USER_HZ, the unit of times in /proc

// usage is CPU seconds used so far by this process, the server's process trees and the whole machine,
// and the server's resident memory in MiB.
type usage struct{ client, server, busy, iowait, rss float64 }

func readUsage(pids string) (u usage) {
	var self syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &self)
	u.client = float64(self.Utime.Nano()+self.Stime.Nano()) / 1e9
	stat, _ := os.ReadFile("/proc/stat")
	// cpu user nice system idle iowait irq softirq steal, as in proc(5)
	if f := strings.Fields(string(stat)); len(f) > 8 {
		u.iowait = number(f[5]) / ticksPerSecond
		u.busy = (number(f[1]) + number(f[2]) + number(f[3]) + number(f[6]) + number(f[7]) + number(f[8])) / ticksPerSecond
	}
	if pids != "" {
		u.addTrees(strings.Split(pids, ","))
	}
	return u
}

// process is what /proc/PID/stat says of one process.
type process struct {
	parent       string
	seconds, mib float64
}

func (u *usage) addTrees(roots []string) {
	all := readProcesses()
	inTree := map[string]bool{}
	for _, root := range roots {
		inTree[root] = true
	}
	for grown := true; grown; {
		grown = false
		for pid, p := range all {
			if inTree[p.parent] && !inTree[pid] {
				inTree[pid], grown = true, true
			}
		}
	}
	for pid, p := range all {
		if inTree[pid] {
			u.server += p.seconds
			u.rss += p.mib
		}
	}
}

func readProcesses() map[string]process {
	all := map[string]process{}
	entries, _ := os.ReadDir("/proc")
	for _, e := range entries {
		stat, err := os.ReadFile("/proc/" + e.Name() + "/stat")
		if err != nil || e.Name()[0] > '9' {
			continue
		}
		// The name in brackets may hold anything; the fields after it are counted from state.
		f := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
		all[e.Name()] = process{
			parent:  f[1],
			seconds: (number(f[11]) + number(f[12])) / ticksPerSecond,
			mib:     number(f[21]) * float64(os.Getpagesize()) / (1 << 20),
		}
	}
	return all
}

func number(s string) float64 {
	x, _ := strconv.ParseFloat(s, 64)
	return x
}
