# Sourced after common.sh: libbpf of the newest suite, with the C library that it was built against, and programs for it.
ROOT=$CORPUS/libbpf
LIB=$ROOT/usr/lib/$(uname -m)-linux-gnu
LIBBPF_PACKAGES=(libbpf1 libbpf-dev libelf1t64 zlib1g libzstd1 libc6)

fetch_libbpf() {
    [ ! -e "$LIB/libbpf.so.1" ] || return 0
    apt_options
    [ -n "$(ls "$CORPUS"/apt/lists/*Packages* 2> /dev/null)" ] || apt-get "${APT[@]}" update > /dev/null
    download "${LIBBPF_PACKAGES[@]}"
    local package
    for package in "${LIBBPF_PACKAGES[@]}"; do unpack "$package" "$ROOT"; done
}

# link_libbpf NAME SOURCE...: $CORPUS/NAME, a script that runs the program with those libraries
link_libbpf() {
    local program=$CORPUS/$1
    shift
    cc -O2 -g -D_GNU_SOURCE -Wall -I"$ROOT/usr/include" -o "$program.bin" "$@" "$LIB/libbpf.so.1" -Wl,--allow-shlib-undefined
    printf '#!/bin/sh\nexec %s --library-path %s %s.bin "$@"\n' "$(echo "$LIB"/ld-linux-*.so.*)" "$LIB" "$program" > "$program"
    chmod +x "$program"
}
