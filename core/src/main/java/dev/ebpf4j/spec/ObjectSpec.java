package dev.ebpf4j.spec;

import dev.ebpf4j.btf.Btf;
import dev.ebpf4j.btf.BtfType;
import dev.ebpf4j.error.MissingObjectException;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Everything that one object file asks of the kernel: programs, maps, variables. Immutable and independent of any
 * machine; every {@code with…} returns a changed copy.
 */
public final class ObjectSpec {
    private final Builder state;

    private ObjectSpec(Builder state) {
        this.state = state;
    }

    /**
     * Starts an empty object with this name, in native byte order.
     *
     * @param name the name
     * @return the builder
     */
    public static Builder builder(String name) {
        return new Builder(name);
    }

    /** {@return a builder that holds this object's values} */
    public Builder toBuilder() {
        return new Builder(state);
    }

    /** {@return the object's name, which the names of its data maps begin with} */
    public String name() {
        return state.name;
    }

    /** {@return the byte order of code, data and BTF} */
    public ByteOrder byteOrder() {
        return state.byteOrder;
    }

    /** {@return the licence, which decides about GPL-only helpers; empty if the object has none} */
    public String license() {
        return state.license;
    }

    /** {@return the kernel version that the object claims to be for, 0 if it claims none} */
    public int kernelVersion() {
        return state.kernelVersion;
    }

    /** {@return all programs in the order of the file} */
    public List<ProgramSpec> programs() {
        return state.programs;
    }

    /** {@return the functions that are not themselves programs} */
    public List<FunctionSpec> subprograms() {
        return state.subprograms;
    }

    /** {@return all maps, those of data sections included} */
    public List<MapSpec> maps() {
        return state.maps;
    }

    /** {@return all global variables} */
    public List<VariableSpec> variables() {
        return state.variables;
    }

    /** {@return what the kernel has to provide} */
    public List<ExternSpec> externs() {
        return state.externs;
    }

    /** {@return the object's type information, null if it has none} */
    public @Nullable Btf btf() {
        return state.btf;
    }

    /** {@return what the file holds that could not be used, each in a sentence; no program needs it to be right} */
    public List<String> warnings() {
        return state.warnings;
    }

    /**
     * {@return a program}
     *
     * @param name the name
     * @throws MissingObjectException if the object has no program of this name
     */
    public ProgramSpec program(String name) {
        return find("program", name, programs(), ProgramSpec::name);
    }

    /**
     * {@return a map}
     *
     * @param name the name
     * @throws MissingObjectException if the object has no map of this name
     */
    public MapSpec map(String name) {
        return find("map", name, maps(), MapSpec::name);
    }

    /**
     * {@return a global variable}
     *
     * @param name the name
     * @throws MissingObjectException if the object has no variable of this name
     */
    public VariableSpec variable(String name) {
        return find("variable", name, variables(), VariableSpec::name);
    }

    /**
     * {@return the initial value of a global variable}
     *
     * @param name the name
     * @throws MissingObjectException if the object has no variable of this name
     */
    public Bytes initialValue(String name) {
        VariableSpec variable = variable(name);
        return contents(variable).slice(variable.offset(), variable.size());
    }

    /**
     * {@return a copy in which one program is changed}
     *
     * @param name the name
     * @param change makes the new one from the old one
     */
    public ObjectSpec withProgram(String name, UnaryOperator<ProgramSpec> change) {
        ProgramSpec old = program(name);
        return toBuilder().programs(replace(programs(), old, change.apply(old))).build();
    }

    /**
     * {@return a copy in which one map is changed}
     *
     * @param name the name
     * @param change makes the new one from the old one
     */
    public ObjectSpec withMap(String name, UnaryOperator<MapSpec> change) {
        MapSpec old = map(name);
        return toBuilder().maps(replace(maps(), old, change.apply(old))).build();
    }

    /**
     * {@return a copy in which a global variable starts with another value}
     *
     * @param value a number, boolean or character for variables of 1, 2, 4 or 8 bytes; a string (UTF-8, padded with
     *     zeros, always terminated) for any that is no number; {@link Bytes} of the exact size for any
     * @param name the name
     * @throws MissingObjectException if the object has no variable of this name
     * @throws IllegalArgumentException if the value does not fit the variable
     */
    public ObjectSpec withVariable(String name, Object value) {
        VariableSpec variable = variable(name);
        if (value instanceof String && isNumber(variable)) {
            throw new IllegalArgumentException("variable '" + name + "' is a number; \"" + value + "\" is a string");
        }
        Bytes encoded = VariableValue.encode(variable, value, byteOrder());
        Bytes contents = contents(variable).with(variable.offset(), encoded);
        return withMap(variable.map(), map -> map.withContents(contents));
    }

    /**
     * {@return a copy in which a member of kernel operations (struct_ops) has another value}
     *
     * @param map name of the map that holds the operations
     * @param member name of the member, as the source's struct spells it
     * @param value for a function, the name of a program of this object, or null for none; else what
     *     {@link #withVariable} takes
     * @throws MissingObjectException if there is no such map, member or program
     * @throws IllegalArgumentException if the value does not fit the member, or the map holds something else
     */
    public ObjectSpec withStructOps(String map, String member, @Nullable Object value) {
        return new StructOpsEdit(this, map(map)).set(member, value);
    }

    /**
     * {@return a copy with these programs alone, all of them loaded, and with the maps that they need: those that their
     * functions refer to, the maps inside those, and the kernel operations that the programs are part of} Elements that
     * would hold another program are left out.
     *
     * @param names names of programs
     * @throws MissingObjectException if the object has no program of one of these names
     */
    public ObjectSpec only(String... names) {
        return Only.of(this, List.of(names));
    }

    /**
     * {@return the function that runs when a program throws, which a declaration tag on its entry function names; empty if
     * none does}
     *
     * @param entry the program's entry function
     */
    public Optional<FunctionSpec> exceptionCallback(FunctionSpec entry) {
        return ExceptionCallback.of(this, entry);
    }

    /**
     * {@return a copy in which a global array has another length; new elements are zero}
     *
     * @param name name of an array that is the last variable of its section
     * @param size its size in bytes, a multiple of an element's
     * @throws MissingObjectException if the object has no variable of this name
     * @throws IllegalArgumentException if the variable is no array, is not the last one, or the size does not fit
     */
    public ObjectSpec withVariableSize(String name, int size) {
        VariableSpec variable = variable(name);
        if (size <= 0) {
            throw new IllegalArgumentException("variable '" + name + "' of " + size + " bytes");
        }
        return VariableSize.change(this, variable, size);
    }

    /** Whether the BTF says so; a single byte may be a character. */
    private boolean isNumber(VariableSpec variable) {
        Btf types = btf();
        if (types == null || variable.typeId() == 0 || variable.size() == 1) {
            return false;
        }
        return switch (types.type(types.resolve(variable.typeId()))) {
            case BtfType.Int number -> true;
            case BtfType.Float number -> true;
            case BtfType.Enumeration number -> true;
            default -> false;
        };
    }

    private Bytes contents(VariableSpec variable) {
        return Objects.requireNonNull(map(variable.map()).contents(), "a variable's map always has contents");
    }

    private <T> T find(String kind, String name, List<T> all, Function<T, String> nameOf) {
        for (T candidate : all) {
            if (nameOf.apply(candidate).equals(name)) {
                return candidate;
            }
        }
        throw new MissingObjectException(
                "object '" + name() + "'", kind, name, all.stream().map(nameOf).toList());
    }

    private static <T> List<T> replace(List<T> all, T old, T replacement) {
        return all.stream().map(item -> item.equals(old) ? replacement : item).toList();
    }

    @Override
    public String toString() {
        return "object '" + name() + "' (" + programs().size() + " programs, " + maps().size() + " maps)";
    }

    /** Collects the values of an {@link ObjectSpec}. Not for use by several threads at once. */
    public static final class Builder {
        private final String name;
        private ByteOrder byteOrder = ByteOrder.nativeOrder();
        private String license = "";
        private int kernelVersion;
        private List<ProgramSpec> programs = List.of();
        private List<FunctionSpec> subprograms = List.of();
        private List<MapSpec> maps = List.of();
        private List<VariableSpec> variables = List.of();
        private List<ExternSpec> externs = List.of();
        private @Nullable Btf btf;
        private List<String> warnings = List.of();

        private Builder(String name) {
            this.name = Objects.requireNonNull(name);
        }

        private Builder(Builder that) {
            name = that.name;
            byteOrder = that.byteOrder;
            license = that.license;
            kernelVersion = that.kernelVersion;
            programs = that.programs;
            subprograms = that.subprograms;
            maps = that.maps;
            variables = that.variables;
            externs = that.externs;
            btf = that.btf;
            warnings = that.warnings;
        }

        /**
         * Sets the byte order.
         *
         * @param value the new value
         * @return this builder
         */
        public Builder byteOrder(ByteOrder value) {
            byteOrder = value;
            return this;
        }

        /**
         * Sets the licence.
         *
         * @param value the new value
         * @return this builder
         */
        public Builder license(String value) {
            license = value;
            return this;
        }

        /**
         * Sets the claimed kernel version.
         *
         * @param value the new value
         * @return this builder
         */
        public Builder kernelVersion(int value) {
            kernelVersion = value;
            return this;
        }

        /**
         * Sets the programs.
         *
         * @param value the new value
         * @return this builder
         */
        public Builder programs(List<ProgramSpec> value) {
            programs = List.copyOf(value);
            return this;
        }

        /**
         * Sets the functions that are not themselves programs.
         *
         * @param value the new value
         * @return this builder
         */
        public Builder subprograms(List<FunctionSpec> value) {
            subprograms = List.copyOf(value);
            return this;
        }

        /**
         * Sets the maps.
         *
         * @param value the new value
         * @return this builder
         */
        public Builder maps(List<MapSpec> value) {
            maps = List.copyOf(value);
            return this;
        }

        /**
         * Sets the global variables.
         *
         * @param value the new value
         * @return this builder
         */
        public Builder variables(List<VariableSpec> value) {
            variables = List.copyOf(value);
            return this;
        }

        /**
         * Sets what the kernel has to provide.
         *
         * @param value the new value
         * @return this builder
         */
        public Builder externs(List<ExternSpec> value) {
            externs = List.copyOf(value);
            return this;
        }

        /**
         * Sets the type information.
         *
         * @param value the new value
         * @return this builder
         */
        public Builder btf(@Nullable Btf value) {
            btf = value;
            return this;
        }

        /**
         * Sets what could not be used of the file.
         *
         * @param value the new value
         * @return this builder
         */
        public Builder warnings(List<String> value) {
            warnings = List.copyOf(value);
            return this;
        }

        /** {@return the object. The builder may be used on} */
        public ObjectSpec build() {
            return new ObjectSpec(new Builder(this));
        }
    }
}
