#!/usr/bin/env bash
# Builds cilium_oracle by the newest suite's Go and cilium/ebpf, and runs it: cilium.sh [-skip PROGRAM,...] OBJECT...
. "$(dirname "$0")/common.sh"
ROOT=$CORPUS/go
PROGRAM=$CORPUS/cilium_oracle
if [ ! -d "$ROOT/usr" ]; then
    apt_options
    [ -n "$(ls "$CORPUS"/apt/lists/*Packages* 2> /dev/null)" ] || apt-get "${APT[@]}" update > /dev/null
    go=$(apt-cache "${APT[@]}" pkgnames golang-1. | grep -E '^golang-1\.[0-9]+-go$' | sort -V | tail -1)
    packages=("$go" "${go%-go}-src" golang-github-cilium-ebpf-dev golang-golang-x-sys-dev)
    download "${packages[@]}"
    for package in "${packages[@]}"; do unpack "$package" "$ROOT"; done
fi
if [ "$HERE/cilium_oracle.go" -nt "$PROGRAM" ]; then
    GOROOT=$(echo "$ROOT"/usr/lib/go-*) GOPATH=$ROOT/usr/share/gocode GO111MODULE=off GOCACHE=$ROOT/cache GOTOOLCHAIN=local CGO_ENABLED=0 \
        GOFLAGS=-p=1 "$ROOT"/usr/lib/go-*/bin/go build -o "$PROGRAM" "$HERE/cilium_oracle.go" >&2
fi
exec "$PROGRAM" "$@"
