#!/usr/bin/env bash
# Fetches packages with BPF objects in them, and takes the objects out: objects/debian-PACKAGE.
# usage: packages.sh [PACKAGE...]
. "$(dirname "$0")/common.sh"
apt_options
PACKAGES=(bpfilter bpftop ir-keytable libbpf-tools libbpfilter0 libbpftune0 libknot16 libsystemd-shared libxdp-dev libxdp1 mimic
    network-manager nsd opensnitch-ebpf-modules pwru qemu-system-x86 rsched rtc-testbench suricata systemd systemd-resolved
    udev-hid-bpf xdp-tests xdp-tools)
[ $# -gt 0 ] || set -- "${PACKAGES[@]}"
[ -n "$(ls "$CORPUS"/apt/lists/*Packages* 2> /dev/null)" ] || apt-get "${APT[@]}" update > /dev/null
download "$@"
java=$("$HERE/../../bin/find-jdk25")/bin/java
for package; do
    compgen -G "$CORPUS/debs/${package}_*.deb" > /dev/null || continue
    rm -rf "$CORPUS/unpacked"
    unpack "$package" "$CORPUS/unpacked"
    "$java" -XX:TieredStopAtLevel=1 "$HERE/../src/test/java/dev/ebpf4j/oracle/Carve.java" "$CORPUS/unpacked" "$CORPUS/objects/debian-$package"
    echo "debian-$package: $(ls "$CORPUS/objects/debian-$package" | wc -l)"
done
rm -rf "$CORPUS/unpacked"
