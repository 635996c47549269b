#!/usr/bin/env bash
# Builds libbpf_oracle against libbpf of the newest suite and runs it: oracle.sh [-t SECONDS] [-b BTF] [-c] load|prepare OBJECT...
. "$(dirname "$0")/common.sh"
. "$HERE/libbpf.sh"
PROGRAM=$CORPUS/libbpf_oracle
fetch_libbpf
[ "$HERE/libbpf_oracle.c" -ot "$PROGRAM.bin" ] || link_libbpf libbpf_oracle "$HERE/libbpf_oracle.c"
exec "$PROGRAM" "$@"
