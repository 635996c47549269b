package dev.ebpf4j.maps;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PrefixTest {
    @Test
    void bitsBehindThePrefixAreCleared() {
        Map<String, String> examples = Map.of(
                "10.1.2.3/8", "10.0.0.0/8",
                "10.1.2.3/15", "10.0.0.0/15",
                "10.1.2.3/32", "10.1.2.3/32",
                "10.1.2.3", "10.1.2.3/32",
                "255.255.255.255/0", "0.0.0.0/0",
                "255.255.255.255/17", "255.255.128.0/17",
                "2001:db8:ffff::1/33", "2001:db8:8000:0:0:0:0:0/33",
                "::1", "0:0:0:0:0:0:0:1/128");
        examples.forEach(
                (text, expected) -> assertEquals(expected, Prefix.parse(text).toString()));
        assertEquals(Prefix.parse("10.0.0.0/8"), Prefix.parse("10.255.0.0/8"));
    }

    @Test
    void anAddressIsInItOrNot() {
        Prefix prefix = Prefix.parse("192.0.2.128/25");
        assertTrue(prefix.contains(InetAddress.ofLiteral("192.0.2.200")));
        assertFalse(prefix.contains(InetAddress.ofLiteral("192.0.2.100")));
        assertFalse(prefix.contains(InetAddress.ofLiteral("::c000:2c8")));
        assertTrue(Prefix.parse("::/0").contains(InetAddress.ofLiteral("::1")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/",
                "10.0.0.0/",
                "10.0.0.0/33",
                "10.0.0.0/-1",
                "10.0.0.0/+8",
                "::/129",
                "localhost/8",
                "10.0.0.0/8/9",
                "10.0.0.0/99999999999"
            })
    void whatIsNoPrefixIsRefused(String text) {
        assertThrows(IllegalArgumentException.class, () -> Prefix.parse(text));
    }
}
