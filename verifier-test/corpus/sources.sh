#!/usr/bin/env bash
# Fetches the kernel's sources of the newest suite and compiles the BPF programs in them, as their Makefiles do.
# usage: sources.sh [CPU...]        default v3; v2, v3 and v4 are known; PROGS='verifier_*' takes those selftests alone
# needs: CLANG, or clang-19 of this machine's suite is downloaded; python3 for the kernel's script that writes helper prototypes
. "$(dirname "$0")/common.sh"
apt_options
KERNEL=$CORPUS/tree
SYSROOT=$CORPUS/sysroot

if [ ! -d "$KERNEL" ]; then
    apt-get "${APT[@]}" update > /dev/null
    source=$(apt-cache "${APT[@]}" depends linux-source | sed -n 's/.*Depends: //p' | head -1)
    download "$source" linux-bpf-dev linux-libc-dev libc6-dev
    for package in linux-bpf-dev linux-libc-dev libc6-dev; do unpack $package "$SYSROOT"; done
    mkdir "$KERNEL.part"
    dpkg --fsys-tarfile "$CORPUS"/debs/"$source"_*.deb | tar -xO --wildcards '*/linux-source-*.tar.xz' | xz -dc |
        tar -x -C "$KERNEL.part" --strip-components=1 --wildcards '*/tools/testing/selftests/'{bpf,hid,net,sched_ext} \
            '*/tools/'{lib,include,sched_ext,bpf,arch} '*/tools/perf/util/bpf_skel' '*/samples/'{bpf,hid} '*/drivers/hid/bpf' \
            '*/include/uapi' '*/scripts/bpf_doc.py'
    mv "$KERNEL.part" "$KERNEL"
fi

if [ -z "${CLANG:-}" ]; then
    CLANG=$CORPUS/clang/usr/lib/llvm-19/bin/clang
    if [ ! -x "$CLANG" ]; then
        (cd "$CORPUS/debs" && apt-get -q download clang-19 libllvm19 libclang-cpp19 libclang-common-19-dev libclang1-19 > /dev/null)
        for package in clang-19 libllvm19 libclang-cpp19 libclang-common-19-dev libclang1-19; do unpack $package "$CORPUS/clang"; done
    fi
    export LD_LIBRARY_PATH=$CORPUS/clang/usr/lib/llvm-19/lib:$CORPUS/clang/usr/lib/$(uname -m)-linux-gnu
fi

# Headers as "make headers_install" of libbpf leaves them, with vmlinux.h beside them.
INCLUDE=$CORPUS/include
mkdir -p "$INCLUDE/bpf"
python3 "$KERNEL/scripts/bpf_doc.py" --header --file "$KERNEL/tools/include/uapi/linux/bpf.h" > "$INCLUDE/bpf/bpf_helper_defs.h"
cp "$KERNEL"/tools/lib/bpf/{bpf_core_read,bpf_endian,bpf_helpers,bpf_tracing,usdt.bpf,libbpf_common}.h "$INCLUDE/bpf/"
cp "$SYSROOT"/usr/include/*/linux/bpf/vmlinux.h "$INCLUDE/vmlinux.h"

BPF=$KERNEL/tools/testing/selftests/bpf
multiarch=$(uname -m)-linux-gnu
case $(uname -m) in x86_64) arch=x86 ;; aarch64) arch=arm64 ;; *) arch=$(uname -m) ;; esac
SYSTEM=(-idirafter "$("$CLANG" -print-resource-dir)/include" -idirafter "$SYSROOT/usr/include/$multiarch" -idirafter "$SYSROOT/usr/include"
    -idirafter "$SYSROOT/usr/lib/linux/uapi/$arch")
COMMON=(-g -O2 --target=bpfel -D__TARGET_ARCH_$arch -mlittle-endian -nostdinc -I"$INCLUDE" -fno-strict-aliasing -fms-extensions
    -ferror-limit=3 -Wno-everything)
SELFTESTS=(-I"$BPF" -I"$KERNEL/tools/include/uapi" -I"$KERNEL/tools/include" -I"$BPF/libarena/include" -std=gnu11 -DENABLE_ATOMICS_TESTS)

# compile CORPUS CPU OPTION... -- FILE...: one after the other, none that is there already
compile() {
    local corpus=$1-$2 cpu=$2 options=() file object
    shift 2
    while [ "$1" != -- ]; do options+=("$1"); shift; done
    shift
    mkdir -p "$CORPUS/objects/$corpus"
    for file; do
        object=$(basename "$file" .c)
        object=$CORPUS/objects/$corpus/${object%.bpf}.bpf.o
        [ -s "$object" ] || [ -s "$CORPUS/log/$corpus-${object##*/}" ] && continue
        "$CLANG" "${COMMON[@]}" "${options[@]}" "${SYSTEM[@]}" -mcpu="$cpu" -c "$file" -o "$object.part" \
            2> "$CORPUS/log/$corpus-${object##*/}" && mv "$object.part" "$object" && rm "$CORPUS/log/$corpus-${object##*/}" || rm -f "$object.part"
    done
    echo "$corpus: $(ls "$CORPUS/objects/$corpus" | wc -l) of $# compiled"
}

for cpu in "${@:-v3}"; do
    inline=("$BPF"/progs/test_{l4lb,xdp}_noinline.c)
    compile selftests "$cpu" "${SELFTESTS[@]}" -fno-inline -- "${inline[@]}"
    compile selftests "$cpu" "${SELFTESTS[@]}" -- "$BPF"/progs/${PROGS:-*}.c
    [ -z "${PROGS:-}" ] || continue
    compile libarena "$cpu" "${SELFTESTS[@]}" -- "$BPF"/libarena/{src,selftests}/*.bpf.c
    compile sched_ext "$cpu" -I"$KERNEL"/tools/sched_ext/include -I"$KERNEL"/tools/sched_ext/include/bpf-compat \
        -I"$KERNEL/tools/include/uapi" -- "$KERNEL"/tools/sched_ext/*.bpf.c "$KERNEL"/tools/testing/selftests/sched_ext/*.bpf.c
    compile hid-bpf "$cpu" -- "$KERNEL"/drivers/hid/bpf/progs/*.bpf.c "$KERNEL"/tools/testing/selftests/hid/progs/hid.c
    compile perf "$cpu" -I"$KERNEL"/tools/perf/util -- "$KERNEL"/tools/perf/util/bpf_skel/*.bpf.c
    compile bpftool "$cpu" -- "$KERNEL"/tools/bpf/bpftool/skeleton/*.bpf.c
    compile samples "$cpu" -I"$KERNEL/include" -I"$KERNEL/samples/bpf" -I"$BPF" -- "$KERNEL"/samples/bpf/*{_kern,.bpf}.c
    compile net "$cpu" -I"$KERNEL/tools/testing/selftests/net" -- "$KERNEL"/tools/testing/selftests/net/{,lib/}*.bpf.c
done
