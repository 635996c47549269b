package dev.ebpf4j.maps;

import dev.ebpf4j.error.BpfException;
import dev.ebpf4j.sys.Fd;
import dev.ebpf4j.sys.Sys;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.NetworkChannel;
import java.nio.file.Path;

/**
 * A descriptor that stands for a process, a file, a cgroup or a socket where maps want one: as key of a local storage, as
 * element of an array of cgroups, as socket in a socket map. Whoever opens it closes it; the map does not need it any more
 * once it was told. Safe for many threads, but close it when no other thread uses it.
 */
public final class KernelFd implements AutoCloseable {
    /** O_PATH on all processors: a name for the file, without the right to read it. */
    private static final int PATH_ONLY = 0x200000;

    /** PIDFD_THREAD. */
    private static final int THREAD = 0x80;

    private final Fd fd;
    private final String what;

    private KernelFd(Fd fd, String what) {
        this.fd = fd;
        this.what = what;
    }

    /**
     * A process, by a pidfd.
     *
     * @param process a process that runs, or ended and was not waited for
     * @return its descriptor, to be closed by the caller
     * @throws BpfException if there is no such process, or the kernel refuses
     * @kernel 5.3
     */
    public static KernelFd process(ProcessHandle process) {
        return opened(Sys.host().pidfdOpen(Math.toIntExact(process.pid()), 0), "process " + process.pid());
    }

    /**
     * A thread, by a pidfd. The storage of a task is one thread's; that of a process is its first thread's.
     *
     * @param tid the kernel's number of the thread
     * @return its descriptor, to be closed by the caller
     * @throws BpfException if there is no such thread, or the kernel refuses
     * @kernel 6.9
     */
    public static KernelFd thread(long tid) {
        return opened(Sys.host().pidfdOpen(Math.toIntExact(tid), THREAD), "thread " + tid);
    }

    /**
     * A file, a directory, or a cgroup by its directory.
     *
     * @param path where it is; a symbolic link stands for what it leads to
     * @return its descriptor, which gives no right to read it; to be closed by the caller
     * @throws BpfException if it is not there, or the kernel refuses
     */
    public static KernelFd path(Path path) {
        return opened(Sys.host().openat(Sys.AT_FDCWD, path.toString(), PATH_ONLY, 0), path.toString());
    }

    /**
     * A second descriptor of the socket of a channel, which stays the channel's. It is found among the descriptors of this
     * process by the addresses of the socket; where several have the same addresses, by switching its option SO_REUSEADDR
     * to and fro.
     *
     * @param channel a channel that is open, and bound or connected; a SocketChannel, ServerSocketChannel or DatagramChannel
     * @return the descriptor, to be closed by the caller
     * @throws IllegalArgumentException if the channel is closed or has no address yet
     * @throws IllegalStateException if it is not found
     */
    public static KernelFd socket(NetworkChannel channel) {
        return found(JavaSocket.of(channel));
    }

    /**
     * A second descriptor of a socket, found like that of a channel.
     *
     * @param socket a socket that is open, and bound or connected
     * @return the descriptor, to be closed by the caller
     * @throws IllegalArgumentException if the socket is closed or has no address yet
     * @throws IllegalStateException if it is not found
     */
    public static KernelFd socket(Socket socket) {
        return found(JavaSocket.of(socket));
    }

    /**
     * A second descriptor of a socket that listens, found like that of a channel.
     *
     * @param socket a socket that is open and bound
     * @return the descriptor, to be closed by the caller
     * @throws IllegalArgumentException if the socket is closed or has no address yet
     * @throws IllegalStateException if it is not found
     */
    public static KernelFd socket(ServerSocket socket) {
        return found(JavaSocket.of(socket));
    }

    private static KernelFd found(JavaSocket socket) {
        return new KernelFd(new SocketSearch(Sys.host()).find(socket), socket.toString());
    }

    private static KernelFd opened(long result, String what) {
        return new KernelFd(new Fd(Sys.host(), BpfException.checked(result, "open " + what)), what);
    }

    /**
     * {@return the descriptor, which stays this object's}
     *
     * @throws IllegalStateException after {@link #close}
     */
    public int fd() {
        return fd.fd();
    }

    /** Closes the descriptor; what it stands for stays as it is. Further calls do nothing. */
    @Override
    public void close() {
        fd.close();
    }

    @Override
    public String toString() {
        return what + " (" + fd + ")";
    }
}
