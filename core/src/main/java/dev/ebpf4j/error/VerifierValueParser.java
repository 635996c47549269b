package dev.ebpf4j.error;

import dev.ebpf4j.error.VerifierValue.Bits;
import dev.ebpf4j.error.VerifierValue.Other;
import dev.ebpf4j.error.VerifierValue.Pointer;
import dev.ebpf4j.error.VerifierValue.Range;
import dev.ebpf4j.error.VerifierValue.Scalar;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Takes one value of a register state apart: {@code 7}, {@code P0xff}, {@code inv(id=0,umax_value=9,…)}, {@code
 * scalar(smin=0,smax=umax=255,var_off=(0x0; 0xff))}, {@code fp-8}, {@code map_value(map=m,ks=4,vs=8,off=4)}. Several names
 * before a number share it.
 */
final class VerifierValueParser {
    private static final String OR_NULL = "or_null";

    private final String text;
    private final Map<String, String> attributes = new HashMap<>();

    VerifierValueParser(String text) {
        this.text = text;
    }

    VerifierValue parse() {
        int open = text.indexOf('(');
        String head = open < 0 ? text : text.substring(0, open);
        if (open >= 0) {
            attributes(text.substring(open + 1, text.endsWith(")") ? text.length() - 1 : text.length()));
        }
        boolean old = head.startsWith("inv");
        String name = old ? head.substring(3) : head;
        boolean precise = name.startsWith("P");
        String number = precise ? name.substring(1) : name;
        if (number.equals("scalar") || (old && number.isEmpty())) {
            return scalar(precise);
        }
        Long constant = number(number);
        if (constant != null && open < 0) {
            Range one = new Range(constant, constant);
            return new Scalar(text, 0, one, one, new Bits(constant, 0), precise);
        }
        return isPointer(head, open >= 0) ? pointer(head) : new Other(text);
    }

    private Scalar scalar(boolean precise) {
        Bits bits = bits();
        return new Scalar(
                text,
                (int) number("id", 0),
                new Range(number("smin", Long.MIN_VALUE), number("smax", Long.MAX_VALUE)),
                new Range(number("umin", 0), number("umax", -1)),
                bits,
                precise);
    }

    private static boolean isPointer(String head, boolean hasAttributes) {
        return hasAttributes ? !head.isEmpty() && Character.isLetter(head.charAt(0)) : head.startsWith("fp");
    }

    private VerifierValue pointer(String head) {
        if (head.startsWith("iter_") || head.startsWith("dynptr") || head.startsWith("irq_flag")) {
            return new Other(text);
        }
        String type = head;
        long offset = number("off", 0) + number("imm", 0);
        if (head.startsWith("fp") && head.length() > 2) {
            Long fixed = number(head.substring(2));
            if (fixed == null) {
                return new Other(text);
            }
            type = "fp";
            offset += fixed;
        }
        boolean nullable = type.contains(OR_NULL);
        String bare = nullable
                ? type.replace("_" + OR_NULL, "").replace(OR_NULL + "_", "").replace(OR_NULL, "")
                : type;
        return new Pointer(
                text,
                bare,
                nullable,
                (int) number("id", 0),
                (int) number("ref_obj_id", 0),
                offset,
                attributes.containsKey("var_off")
                        ? new Range(number("smin", Long.MIN_VALUE), number("smax", Long.MAX_VALUE))
                        : Range.ZERO);
    }

    /** {@code (0x0; 0xff)}: value and mask. */
    private Bits bits() {
        String given = attributes.getOrDefault("var_off", "");
        int semicolon = given.indexOf(';');
        if (!given.startsWith("(") || semicolon < 0 || !given.endsWith(")")) {
            return new Bits(0, -1);
        }
        Long value = number(given.substring(1, semicolon).strip());
        Long mask = number(given.substring(semicolon + 1, given.length() - 1).strip());
        return value == null || mask == null ? new Bits(0, -1) : new Bits(value, mask);
    }

    private long number(String attribute, long absent) {
        Long value = number(attributes.getOrDefault(attribute, ""));
        return value == null ? absent : value;
    }

    /** {@code a=b=5,c=(0x0; 0xff),flag}: names lose the {@code _value} that old kernels write. */
    private void attributes(String list) {
        int depth = 0;
        int start = 0;
        for (int i = 0; i <= list.length(); i++) {
            char c = i < list.length() ? list.charAt(i) : ',';
            if (c == '(') {
                depth++;
            } else if (c == ')') {
                depth--;
            } else if (c == ',' && (depth <= 0 || i == list.length())) {
                attribute(list.substring(start, i));
                start = i + 1;
            }
        }
    }

    private void attribute(String item) {
        int last = item.lastIndexOf('=');
        if (last < 0) {
            return;
        }
        String value = item.substring(last + 1);
        int start = 0;
        while (start <= last) {
            int end = item.indexOf('=', start);
            String name = item.substring(start, end).strip();
            attributes.put(name.endsWith("_value") ? name.substring(0, name.length() - 6) : name, value);
            start = end + 1;
        }
    }

    /** Decimal or {@code 0x}, up to 64 bits; null for anything else. */
    private static @Nullable Long number(String digits) {
        try {
            boolean negative = digits.startsWith("-");
            String bare = negative ? digits.substring(1) : digits;
            if (bare.isEmpty() || !Character.isDigit(bare.charAt(0))) {
                return null;
            }
            long value = bare.startsWith("0x")
                    ? Long.parseUnsignedLong(bare, 2, bare.length(), 16)
                    : Long.parseUnsignedLong(bare);
            return negative ? -value : value;
        } catch (NumberFormatException e) {
            return null;
        }
    }
}
