#!/bin/sh
# Rebuilds the object files that the tests read (src/test/resources/dev/ebpf4j/elf). Needs a clang with the BPF target and
# llvm-objcopy; made with 19.1.7. Run it in this directory, with CLANG and OBJCOPY set if they are not on the PATH.
#
# The .libbpf.txt files beside them are what libbpf 1.7.0 made of the same objects, printed by libbpf-dump.c.
set -eu
CLANG=${CLANG:-clang}
OBJCOPY=${OBJCOPY:-llvm-objcopy}
OUT=../resources/dev/ebpf4j/elf
FLAGS="-O2 -Wall -Wno-unused -fdebug-prefix-map=$PWD=. -mcpu=v3"
for NAME in exec everything ops; do
	$CLANG $FLAGS -g -target bpfel -c $NAME.bpf.c -o $OUT/$NAME.bpf.o
	$CLANG $FLAGS -g -target bpfeb -c $NAME.bpf.c -o $OUT/$NAME.big-endian.bpf.o
done
$CLANG $FLAGS -g -DLIBBPF -target bpfel -c everything.bpf.c -o $OUT/common.bpf.o
$CLANG $FLAGS -target bpfel -c plain.bpf.c -o $OUT/plain.bpf.o
for FILE in $OUT/*.bpf.o; do
	$OBJCOPY --strip-debug $FILE
done
