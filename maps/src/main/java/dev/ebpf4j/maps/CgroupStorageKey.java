package dev.ebpf4j.maps;

import dev.ebpf4j.codec.Codecs;
import dev.ebpf4j.spec.AttachType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A key of CGROUP_STORAGE and PERCPU_CGROUP_STORAGE ({@code struct bpf_cgroup_storage_key}): the cgroup and the hook that
 * programs are attached to. Use it through {@link Codecs#record}. Maps whose keys are the cgroup alone have
 * {@link Codecs#LONG}.
 *
 * @param cgroupInodeId id of the cgroup: the inode number of its directory
 * @param attachType number of the attach type
 * @kernel 4.19
 */
public record CgroupStorageKey(long cgroupInodeId, int attachType) {
    /**
     * {@return the key of a cgroup and a hook}
     *
     * @param cgroup directory of the cgroup
     * @param attachType how the program is attached
     */
    public static CgroupStorageKey of(Path cgroup, AttachType attachType) {
        try {
            Long inode = (Long) Files.getAttribute(cgroup, "unix:ino");
            return new CgroupStorageKey(inode, attachType.number());
        } catch (IOException e) {
            throw new UncheckedIOException("no inode number of " + cgroup, e);
        }
    }
}
