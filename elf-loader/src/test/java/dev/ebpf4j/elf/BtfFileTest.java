package dev.ebpf4j.elf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.ebpf4j.btf.Btf;
import dev.ebpf4j.btf.BtfBuilder;
import dev.ebpf4j.btf.BtfFormatException;
import dev.ebpf4j.btf.BtfType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Row 28 of the parity table: types of another kernel, plain or in an ELF file. */
class BtfFileTest {
    private static Btf types(ByteOrder order) {
        BtfBuilder builder = new BtfBuilder(order);
        builder.add(new BtfType.Int("int", 4, BtfType.Int.SIGNED, 0, 32));
        return builder.build();
    }

    @Test
    void plainAndInAnElfFileOfAnyMachineAndByteOrder() {
        for (ByteOrder order : List.of(ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN)) {
            Btf types = types(order);
            TestElf elf = new TestElf(order);
            elf.section(".BTF", "", types.toBytes());
            byte[] image = elf.bytes();
            ByteBuffer.wrap(image).order(order).putShort(16, (short) 2).putShort(18, (short) 62); // an x86-64 vmlinux
            assertEquals(types, BtfFile.read(types.toBytes()));
            assertEquals(types, BtfFile.read(elf.bytes()));
            assertEquals(types, BtfFile.read(image));
        }
    }

    @Test
    void whatHasNoTypesIsNamed(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("no.types");
        Files.write(file, new TestElf().bytes());
        ElfFormatException none = assertThrows(ElfFormatException.class, () -> BtfFile.read(file));
        assertEquals(
                file + ": ELF file: found no section .BTF, expected a file with type information", none.getMessage());
        assertThrows(ElfFormatException.class, () -> BtfFile.read(new byte[] {1}));
        assertThrows(BtfFormatException.class, () -> BtfFile.read(new byte[] {(byte) 0x9f, (byte) 0xeb}));
    }
}
