/**
 * Tests over all modules at once: the module graph, package cycles, licence lines, the list of modules.
 *
 * <p>Start reading at {@link dev.ebpf4j.build.ModuleGraphTest}.
 *
 * <p>Not here: anything about one module only.
 */
@NullMarked
package dev.ebpf4j.build;

import org.jspecify.annotations.NullMarked;
