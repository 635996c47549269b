package dev.ebpf4j.maptypes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebpf4j.codec.CodecMismatchException;
import dev.ebpf4j.codec.Codecs;
import dev.ebpf4j.kernel.LoadedObject;
import dev.ebpf4j.maps.LpmTrie;
import dev.ebpf4j.maps.Prefix;
import dev.ebpf4j.parity.Sources;
import dev.ebpf4j.test.LeakCheck;
import dev.ebpf4j.test.RequiresBpf;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** T7: the longest prefix that matches, as a program finds it and as we do. */
@RequiresBpf
@ExtendWith(LeakCheck.class)
class LpmTrieTest {
    private static final String PROGRAMS = """
        struct ipv4_key {
        	__u32 prefixlen;
        	__be32 address;
        };

        struct ipv6_key {
        	__u32 prefixlen;
        	__u8 address[16];
        };

        struct tenant_key {
        	__u32 prefixlen;
        	__be16 tenant;
        	__u8 floor;
        	__u8 room;
        	__u32 desk;
        };

        #define TRIE(name, key_type)                                                                               \\
        	struct {                                                                                           \\
        		__uint(type, BPF_MAP_TYPE_LPM_TRIE);                                                       \\
        		__uint(max_entries, 100);                                                                  \\
        		__uint(map_flags, BPF_F_NO_PREALLOC);                                                      \\
        		__type(key, key_type);                                                                     \\
        		__type(value, __u32);                                                                      \\
        	} name SEC(".maps")

        TRIE(routes, struct ipv4_key);
        TRIE(both, struct ipv6_key);
        TRIE(tenants, struct tenant_key);

        __u8 address[16];

        /* the address is the packet's mark */
        SEC("tc")
        int route(struct __sk_buff *skb)
        {
        	struct ipv4_key key = { 32, __builtin_bswap32(skb->mark) };
        	__u32 *found = bpf_map_lookup_elem(&routes, &key);

        	return found ? *found : 0;
        }

        SEC("tc")
        int route6(struct __sk_buff *skb)
        {
        	struct ipv6_key key = { 128 };
        	__u32 *found;

        	__builtin_memcpy(key.address, address, 16);
        	found = bpf_map_lookup_elem(&both, &key);
        	return found ? *found : 0;
        }
        """;

    private static LoadedObject object;

    private record TenantKey(int prefixlen, short tenant, byte floor, byte room, int desk) {}

    @BeforeAll
    static void load() {
        object = Sources.load("lpm", PROGRAMS);
    }

    @AfterAll
    static void close() {
        if (object != null) {
            object.close();
        }
    }

    private static int route(String address) {
        byte[] bytes = InetAddress.ofLiteral(address).getAddress();
        int mark = 0;
        for (byte b : bytes) {
            mark = (mark << 8) | (b & 0xff);
        }
        return object.program("route").testRun(Sources.marked(mark)).returnValue();
    }

    private static int route6(String address) {
        byte[] bytes = InetAddress.ofLiteral(address).getAddress();
        byte[] mapped = new byte[16];
        mapped[10] = -1;
        mapped[11] = -1;
        System.arraycopy(bytes, 0, mapped, 16 - bytes.length, bytes.length);
        object.variable("address", Codecs.bytes(16)).set(mapped);
        return Sources.run(object.program("route6"));
    }

    private static Prefix host(String address) {
        return Prefix.of(InetAddress.ofLiteral(address));
    }

    @Test
    void theLongestPrefixWins() {
        LpmTrie<Prefix, Integer> routes = LpmTrie.of(object.map("routes"), Codecs.INT);
        assertNull(routes.lookup(host("10.1.2.3")));
        assertEquals(0, route("10.1.2.3"));
        routes.update(Prefix.parse("10.0.0.0/8"), 8);
        routes.update(Prefix.parse("10.1.0.0/16"), 16);
        assertFalse(routes.replace(Prefix.parse("10.1.2.0/24"), 0));
        assertTrue(routes.putIfAbsent(Prefix.parse("10.1.2.129/25"), 25));
        assertFalse(routes.putIfAbsent(Prefix.parse("10.1.0.0/16"), 0));
        for (var each : List.of("10.2.3.4", "10.1.3.4", "10.1.2.4", "10.1.2.200", "11.0.0.1")) {
            int expected = List.of(8, 16, 16, 25, 0)
                    .get(List.of("10.2.3.4", "10.1.3.4", "10.1.2.4", "10.1.2.200", "11.0.0.1")
                            .indexOf(each));
            assertEquals(expected, route(each), each);
            Integer found = routes.lookup(host(each));
            assertEquals(expected, found == null ? 0 : found, each);
        }
        List<String> all = new ArrayList<>();
        routes.forEach((prefix, value) -> {
            all.add(prefix + "=" + value);
            if (value == 25) {
                assertTrue(routes.delete(prefix));
            }
        });
        assertEquals(List.of("10.1.2.128/25=25", "10.1.0.0/16=16", "10.0.0.0/8=8"), all);
        assertEquals(16, route("10.1.2.200"));
        assertFalse(routes.delete(Prefix.parse("10.1.2.128/25")));
        routes.update(Prefix.parse("0.0.0.0/0"), 1);
        assertEquals(1, route("192.0.2.1"));
    }

    @Test
    void ipv4StandsAmongIpv6AsMappedAddresses() {
        LpmTrie<Prefix, Integer> both = LpmTrie.of(object.map("both"), Codecs.INT);
        both.update(Prefix.parse("2001:db8::/32"), 32);
        both.update(Prefix.parse("2001:db8:1::/48"), 48);
        both.update(Prefix.parse("192.0.2.0/24"), 24);
        assertEquals(32, route6("2001:db8:2::1"));
        assertEquals(48, route6("2001:db8:1::1"));
        assertEquals(24, route6("192.0.2.7"));
        assertEquals(0, route6("192.0.3.7"));
        assertEquals(24, both.lookup(host("192.0.2.9")));
        List<String> all = new ArrayList<>();
        both.forEach((prefix, value) -> all.add(prefix.toString()));
        assertEquals(List.of("192.0.2.0/24", "2001:db8:1:0:0:0:0:0/48", "2001:db8:0:0:0:0:0:0/32"), all);
    }

    @Test
    void anyStructWithALengthInFrontIsAKey() {
        LpmTrie<TenantKey, Integer> tenants =
                LpmTrie.of(object.map("tenants"), Codecs.record(TenantKey.class), Codecs.INT);
        short seven = Short.reverseBytes((short) 7);
        tenants.update(new TenantKey(16, seven, (byte) 0, (byte) 0, 0), 1);
        tenants.update(new TenantKey(32, seven, (byte) 9, (byte) 9, 5), 2);
        assertEquals(1, tenants.lookup(new TenantKey(64, seven, (byte) 9, (byte) 8, 5)));
        assertEquals(2, tenants.lookup(new TenantKey(64, seven, (byte) 9, (byte) 9, 5)));
        assertNull(tenants.lookup(new TenantKey(64, (short) 7, (byte) 9, (byte) 9, 5)));
        CodecMismatchException e =
                assertThrows(CodecMismatchException.class, () -> LpmTrie.of(object.map("tenants"), Codecs.INT));
        assertTrue(e.toString().contains("has 12 bytes; a prefix is"), e::toString);
    }
}
