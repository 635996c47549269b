// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause

// What cilium/ebpf makes of objects, each program by itself, in the lines of libbpf_oracle.c:
//
//	cilium_oracle -skip PROGRAM,... OBJECT...
package main

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"sort"
	"strings"
	"syscall"

	"github.com/cilium/ebpf"
	"github.com/cilium/ebpf/rlimit"
)

var out = bufio.NewWriter(os.Stdout)

func words(err error) string {
	return strings.Join(strings.Fields(err.Error()), " ")
}

// Only what the program refers to; maps without entries get one, nothing is pinned.
func alone(path, name string) (*ebpf.CollectionSpec, error) {
	spec, err := ebpf.LoadCollectionSpec(path)
	if err != nil {
		return nil, err
	}
	for other := range spec.Programs {
		if other != name {
			delete(spec.Programs, other)
		}
	}
	used := map[string]bool{}
	for _, ins := range spec.Programs[name].Instructions {
		used[ins.Reference()] = true
	}
	for key, m := range spec.Maps {
		if !used[key] && m.Type != ebpf.StructOpsMap {
			delete(spec.Maps, key)
			continue
		}
		m.Pinning = ebpf.PinNone
		if m.MaxEntries == 0 && m.Type != ebpf.PerfEventArray && !strings.Contains(m.Type.String(), "Storage") {
			m.MaxEntries = 1
		}
	}
	return spec, nil
}

func load(path, name string) (tag string, xlated int, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v", r)
		}
	}()
	spec, err := alone(path, name)
	if err != nil {
		return "", 0, err
	}
	collection, err := ebpf.NewCollection(spec)
	if err != nil {
		return "", 0, err
	}
	defer collection.Close()
	info, err := collection.Programs[name].Info()
	if err != nil {
		return "", 0, err
	}
	return info.Tag, 0, nil
}

func open(path string) (spec *ebpf.CollectionSpec, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v", r)
		}
	}()
	return ebpf.LoadCollectionSpec(path)
}

func each(path string, skip map[string]bool) {
	spec, err := open(path)
	if err != nil {
		fmt.Fprintf(out, "object\t%s\t-1\t%s\n", path, words(err))
		return
	}
	fmt.Fprintf(out, "object\t%s\t0\t-\n", path)
	names := []string{}
	for name := range spec.Programs {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		section := spec.Programs[name].SectionName
		if skip[name] {
			fmt.Fprintf(out, "program\t%s\t%s\t%s\ttimeout\t0\t-\t0\t0\t-\n", path, name, section)
			continue
		}
		tag, xlated, err := load(path, name)
		result, reason := "0", "-"
		if err != nil {
			result, reason, tag = "error", words(err), "-"
			var errno syscall.Errno
			if errors.As(err, &errno) {
				result = fmt.Sprint(-int(errno))
			}
		}
		fmt.Fprintf(out, "program\t%s\t%s\t%s\t%s\t0\t%s\t%d\t0\t%s\n", path, name, section, result, tag, xlated, reason)
	}
	out.Flush()
}

func main() {
	_ = rlimit.RemoveMemlock()
	objects := os.Args[1:]
	skip := map[string]bool{}
	if len(objects) > 1 && objects[0] == "-skip" {
		for _, name := range strings.Split(objects[1], ",") {
			skip[name] = true
		}
		objects = objects[2:]
	}
	for _, path := range objects {
		each(path, skip)
	}
	out.Flush()
}
