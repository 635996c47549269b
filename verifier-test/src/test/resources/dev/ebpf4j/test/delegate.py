# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""delegate.py DIRECTORY OPTIONS COMMAND...: runs a command as root of a new user namespace, in which DIRECTORY is a file
system of type bpf that was configured by root of the machine, with OPTIONS (name=value, by commas). Exit code 77 and a
line on standard error if the machine does not allow that.

Only a process in the user namespace can open such a file system, and only root of the machine can configure delegation,
so the context goes to the parent and comes back."""
import array, ctypes, os, socket, sys

libc = ctypes.CDLL(None, use_errno=True)
CLONE_NEWNS, CLONE_NEWUSER = 0x20000, 0x10000000
FSOPEN, FSCONFIG, FSMOUNT, MOVE_MOUNT = 430, 431, 432, 429
SET_STRING, CREATE = 1, 6
AT_FDCWD, EMPTY_PATH = -100, 4


def check(result, what):
    if result < 0:
        print(f"{what}: {os.strerror(ctypes.get_errno())}", file=sys.stderr)
        os._exit(77)
    return result


def main():
    directory, options, command = sys.argv[1], sys.argv[2], sys.argv[3:]
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    child = os.fork()
    if child == 0:
        ours.close()
        check(libc.unshare(CLONE_NEWUSER | CLONE_NEWNS), "unshare")
        theirs.send(b"new")
        theirs.recv(1)  # mapped
        context = check(libc.syscall(FSOPEN, b"bpf", 0), "fsopen")
        theirs.sendmsg([b"fd"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [context]))])
        theirs.recv(1)  # configured
        mount = check(libc.syscall(FSMOUNT, context, 0, 0), "fsmount")
        check(libc.syscall(MOVE_MOUNT, mount, b"", AT_FDCWD, directory.encode(), EMPTY_PATH), "move_mount")
        os.close(mount)
        os.close(context)
        theirs.close()
        os.execvp(command[0], command)
    theirs.close()
    if ours.recv(8) != b"new":
        sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
    for kind in ("uid", "gid"):
        with open(f"/proc/{child}/{kind}_map", "w") as file:
            file.write("0 0 1\n")
    ours.send(b"m")
    message, data, _, _ = ours.recvmsg(8, socket.CMSG_SPACE(4))
    if message == b"fd":
        context = array.array("i", data[0][2])[0]
        for option in options.split(",") if options else []:
            key, value = option.split("=")
            check(libc.syscall(FSCONFIG, context, SET_STRING, key.encode(), value.encode(), 0), "fsconfig " + option)
        check(libc.syscall(FSCONFIG, context, CREATE, None, None, 0), "fsconfig create")
        os.close(context)
        ours.send(b"c")
    sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))


main()
