package dev.ebpf4j.maps;

/**
 * That the values of a map are of one of the kernel's own types, as those of kernel operations (struct_ops) are.
 *
 * @param typeId BTF id of the type
 * @param moduleFd descriptor of the BTF of the module that has the type; 0 for the kernel proper
 * @param objectFd descriptor of the object's BTF, which the kernel wants to see too
 * @param tokenFd what gives the right to create it, or 0 for the rights of the process
 */
public record KernelValue(int typeId, int moduleFd, int objectFd, int tokenFd) {}
