#!/usr/bin/env bash
# Builds libbpf_oracle against libbpf of the newest suite and runs it: oracle.sh [-t SECONDS] [-b BTF] [-c] load|prepare OBJECT...
. "$(dirname "$0")/common.sh"
ROOT=$CORPUS/libbpf
LIB=$ROOT/usr/lib/$(uname -m)-linux-gnu
if [ ! -x "$LIB/libbpf.so.1" ] && [ ! -e "$LIB/libbpf.so.1" ]; then
    apt_options
    [ -n "$(ls "$CORPUS"/apt/lists/*Packages* 2> /dev/null)" ] || apt-get "${APT[@]}" update > /dev/null
    # With the C library that it was built against.
    download libbpf1 libbpf-dev libelf1t64 zlib1g libzstd1 libc6
    for package in libbpf1 libbpf-dev libelf1t64 zlib1g libzstd1 libc6; do unpack $package "$ROOT"; done
fi
PROGRAM=$CORPUS/libbpf_oracle
if [ "$HERE/libbpf_oracle.c" -nt "$PROGRAM" ]; then
    cc -O2 -g -D_GNU_SOURCE -Wall -I"$ROOT/usr/include" -o "$PROGRAM" "$HERE/libbpf_oracle.c" "$LIB/libbpf.so.1" -Wl,--allow-shlib-undefined
fi
exec "$(echo "$LIB"/ld-linux-*.so.*)" --library-path "$LIB" "$PROGRAM" "$@"
