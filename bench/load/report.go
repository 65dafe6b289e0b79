package main

import (
	"fmt"
	"slices"
	"time"
)

// result is what one run measured. Latencies are in milliseconds, CPU in cores averaged over the run.
type result struct {
	Mode, W, Prefix                        string
	Size, Conc, Ops, Errors, Redials       int
	Kinds                                  map[string]float64 // rate and p99 of each kind of operation
	Seconds, OpsPerSec, MiBPerSec          float64
	P50, P90, P99, P999, Max, ListedPerSec float64
	Pages                                  []float64 `json:",omitempty"` // of one walk alone, in its order
	ClientCPU, ServerCPU, OtherCPU, IOWait float64
	RSSMiB, Verified, BadVerify            int
	FirstError                             string `json:",omitempty"`
}

// percentile of sorted latencies, in milliseconds; 0 when there are none.
func percentile(sorted []time.Duration, p float64) float64 {
	if len(sorted) == 0 {
		return 0
	}
	at := min(len(sorted)-1, int(float64(len(sorted))*p))
	return sorted[at].Seconds() * 1000
}

func summarize(s *settings, workers []*worker, seconds float64, before, after usage) result {
	r := result{Mode: s.mode, W: s.load, Prefix: s.prefix, Size: s.size, Conc: s.connections, Seconds: seconds,
		Kinds: map[string]float64{}}
	byKind := map[string][]time.Duration{}
	var all []time.Duration
	for _, w := range workers {
		for kind, latencies := range w.latencies {
			byKind[kind] = append(byKind[kind], latencies...)
			all = append(all, latencies...)
		}
		r.Errors += w.errors
		r.Redials += w.redials
		r.MiBPerSec += float64(w.moved) / seconds / (1 << 20)
		r.ListedPerSec += float64(w.listed) / seconds
		if w.firstError != nil {
			r.FirstError = w.firstError.Error()
		}
	}
	for kind, latencies := range byKind {
		slices.Sort(latencies)
		r.Kinds[kind+"/s"] = float64(len(latencies)) / seconds
		r.Kinds[kind+"_p99"] = percentile(latencies, .99)
	}
	if s.load == "list" && s.operations == 1 {
		for _, latency := range all {
			r.Pages = append(r.Pages, latency.Seconds()*1000)
		}
	}
	slices.Sort(all)
	r.Ops, r.OpsPerSec = len(all), float64(len(all))/seconds
	r.P50, r.P90, r.P99 = percentile(all, .5), percentile(all, .9), percentile(all, .99)
	r.P999, r.Max = percentile(all, .999), percentile(all, 1)
	r.ClientCPU = (after.client - before.client) / seconds
	r.ServerCPU = (after.server - before.server) / seconds
	r.OtherCPU = max(0, (after.busy-before.busy)/seconds-r.ClientCPU-r.ServerCPU)
	r.IOWait = (after.iowait - before.iowait) / seconds
	r.RSSMiB = int(after.rss)
	return r
}

func (r result) String() string {
	return fmt.Sprintf("%s %s %dB c=%d: %d ops %.1f s %.0f ops/s %.1f MiB/s "+
		"p50 %.3f p90 %.3f p99 %.3f p99.9 %.3f max %.1f ms errors %d redials %d "+
		"cpu client %.2f server %.2f other %.2f iowait %.2f rss %d MiB listed/s %.0f "+
		"verified %d bad %d prefix %s %v %s",
		r.Mode, r.W, r.Size, r.Conc, r.Ops, r.Seconds, r.OpsPerSec, r.MiBPerSec,
		r.P50, r.P90, r.P99, r.P999, r.Max, r.Errors, r.Redials,
		r.ClientCPU, r.ServerCPU, r.OtherCPU, r.IOWait, r.RSSMiB, r.ListedPerSec,
		r.Verified, r.BadVerify, r.Prefix, r.Kinds, r.FirstError)
}
