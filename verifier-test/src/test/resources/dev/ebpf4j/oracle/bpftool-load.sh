# Loads an object by bpftool into a BPF file system of its own and prints what stands in the kernel, each thing as JSON.
# Run by: unshare --mount sh bpftool-load.sh BPFTOOL OBJECT FOLDER. The mount ends with the process that unshared it.
set -eu
mount -t bpf bpf "$3"
"$1" prog loadall "$2" "$3/programs" pinmaps "$3/maps"
for program in "$3"/programs/*; do
	echo "program $("$1" --json prog show pinned "$program")"
done
for map in "$3"/maps/*; do
	echo "map $("$1" --json map show pinned "$map")"
done
