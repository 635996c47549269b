@NullMarked
package dev.ebpf4j.cli;

import org.jspecify.annotations.NullMarked;
