#!/usr/bin/env bash
# Takes the types out of kernels that packages have: btf/RELEASE.btf, for the comparison with kernels that do not run here.
# needs: zstd, lz4, xz, objcopy
. "$(dirname "$0")/common.sh"
apt_options
mkdir -p "$CORPUS/btf"
case $(uname -m) in x86_64) flavour=cloud-amd64 ;; *) flavour=cloud-arm64 ;; esac

# payload IMAGE TO: the kernel that a compressed image carries
payload() {
    local magic tool at
    while read -r magic tool; do
        for at in $(LC_ALL=C grep -aboP "$magic" "$1" | cut -d: -f1); do
            tail -c +$((at + 1)) "$1" | $tool > "$2" 2> /dev/null || true # bytes follow the payload
            [ "$(head -c 4 "$2" | tail -c 3)" = ELF ] && return
        done
    done << 'MAGIC'
\x28\xb5\x2f\xfd zstd -dc
\x02!L\x18 lz4 -dc
\xfd7zXZ\x00 xz -dc
MAGIC
}

types() {
    local package=$1 image
    rm -rf "$CORPUS/unpacked"
    unpack "$package" "$CORPUS/unpacked"
    image=$(find "$CORPUS/unpacked" -name 'vmlinuz*' | head -1)
    payload "$image" "$CORPUS/unpacked/vmlinux"
    objcopy --dump-section ".BTF=$CORPUS/btf/${package#linux-*-}.btf" "$CORPUS/unpacked/vmlinux" /dev/null
    rm -rf "$CORPUS/unpacked"
}

[ -n "$(ls "$CORPUS"/apt/lists/*Packages* 2> /dev/null)" ] || apt-get "${APT[@]}" update > /dev/null
newest=$(apt-cache "${APT[@]}" pkgnames linux-binary- | grep -E "linux-binary-[0-9].*-$flavour$" | sort -V | tail -1)
download "$newest"
types "$newest"
# And those of this machine's own suite.
for old in $(apt-cache pkgnames linux-image-6 | grep -E "^linux-image-6[.0-9]+-[0-9]+-$flavour$|deb1[0-9]-$flavour$" | sort -V | sed -n '1p;$p'); do
    [ -n "$(ls "$CORPUS"/debs/"${old}"_*.deb 2> /dev/null)" ] || (cd "$CORPUS/debs" && apt-get -q download "$old" > /dev/null)
    types "$old"
done
ls -l "$CORPUS/btf"
