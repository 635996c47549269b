#!/usr/bin/env bash
# Compiles BPF programs of the kernel's sources, which sources.sh fetched, by the newest suite's GCC: objects/selftests-gcc.
# usage: gcc.sh [FILE PATTERN]      default: all of the selftests; many do not compile with it
. "$(dirname "$0")/common.sh"
apt_options
ROOT=$CORPUS/gcc
LIB=$ROOT/usr/lib/$(uname -m)-linux-gnu
if [ ! -d "$ROOT" ]; then
    packages=(gcc-bpf binutils-bpf libmpc3 libmpfr6 libgmp10 libisl23 libsframe3 libjansson4 libzstd1 libc6 zlib1g)
    download "${packages[@]}"
    for package in "${packages[@]}"; do unpack "$package" "$ROOT"; done
fi
run() { "$(echo "$LIB"/ld-linux-*.so.*)" --library-path "$LIB" "$@"; }

KERNEL=$CORPUS/tree
BPF=$KERNEL/tools/testing/selftests/bpf
cc1=$(echo "$ROOT"/usr/lib/gcc/bpf/*/cc1)
include=$(dirname "$cc1")/include
case $(uname -m) in x86_64) arch=x86 ;; aarch64) arch=arm64 ;; *) arch=$(uname -m) ;; esac
mkdir -p "$CORPUS/objects/selftests-gcc"
# A source that does not compile is left out, as many do: its log stays, and tells the next run not to try again.
for file in "$BPF"/progs/${1:-*}.c; do
    object=$CORPUS/objects/selftests-gcc/$(basename "$file" .c).bpf.o
    log=$CORPUS/log/selftests-gcc-$(basename "$file")
    [ -s "$object" ] || [ -s "$log" ] && continue
    run "$cc1" -quiet -O2 -g -gbtf -mco-re -mcpu=v4 -masm=pseudoc -D__TARGET_ARCH_$arch -DBPF_NO_PRESERVE_ACCESS_INDEX -DENABLE_ATOMICS_TESTS \
        -D__BPF_FEATURE_ADDR_SPACE_CAST=0 -fno-strict-aliasing -fms-extensions -std=gnu17 -w -nostdinc \
        -I"$CORPUS/include" -I"$BPF" -I"$KERNEL/tools/include/uapi" -I"$KERNEL/tools/include" -I"$BPF/libarena/include" -idirafter "$include" \
        -idirafter "$CORPUS/sysroot/usr/include/$(uname -m)-linux-gnu" -idirafter "$CORPUS/sysroot/usr/include" \
        "$file" -o "$object.s" 2> "$log" &&
        run "$ROOT/usr/bin/bpf-as" -EL -mdialect=pseudoc "$object.s" -o "$object.part" 2>> "$log" && mv "$object.part" "$object" && rm -f "$log" || true
    rm -f "$object.s" "$object.part"
done
echo "selftests-gcc: $(ls "$CORPUS/objects/selftests-gcc" | wc -l)"
