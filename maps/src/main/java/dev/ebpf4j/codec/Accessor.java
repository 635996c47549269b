package dev.ebpf4j.codec;

import java.lang.invoke.MethodHandles.Lookup;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * A method of a flyweight's interface.
 *
 * @param method the method
 * @param field the member that it is for; of one that takes an index, the array
 */
record Accessor(Method method, Field field) {
    /** Whether it writes. */
    boolean writes() {
        return method.getReturnType() == void.class;
    }

    /** Whether it is for one element of an array. */
    boolean indexed() {
        return isIndexed(method);
    }

    /** What it gives or takes. */
    Class<?> type() {
        return valueType(method);
    }

    private static boolean isIndexed(Method method) {
        return method.getParameterCount() == (method.getReturnType() == void.class ? 2 : 1);
    }

    private static Class<?> valueType(Method method) {
        Class<?> returned = method.getReturnType();
        return returned == void.class ? method.getParameterTypes()[method.getParameterCount() - 1] : returned;
    }

    private static Type genericType(Method method) {
        Type returned = method.getGenericReturnType();
        return returned == void.class ? method.getGenericParameterTypes()[method.getParameterCount() - 1] : returned;
    }

    /** The accessors of an interface, each with its member. */
    static List<Accessor> of(JavaType java, Class<?> type, TypeRef struct) {
        List<Member> members = Members.of(struct);
        List<Method> waiting = methods(type);
        List<Accessor> accessors = new ArrayList<>();
        while (!waiting.isEmpty()) { // each round takes at most one method of a name, as a record has one component
            List<Method> round = new ArrayList<>();
            List<Component> components = new ArrayList<>();
            for (Method method : List.copyOf(waiting)) {
                boolean first = components.stream().noneMatch(c -> c.name().equals(method.getName()));
                if (first) {
                    waiting.remove(method);
                    round.add(method);
                    components.add(new Component(method.getName(), component(method, java.lookup(), java.depth() + 1)));
                }
            }
            List<Field> fields = Match.of(struct, members, components, "interface " + type.getSimpleName(), true);
            for (int i = 0; i < round.size(); i++) {
                accessors.add(new Accessor(round.get(i), fields.get(i)));
            }
        }
        return accessors;
    }

    private static JavaType component(Method method, Lookup lookup, int depth) {
        Class<?> raw = valueType(method);
        if (isIndexed(method)) {
            return JavaType.of(raw.arrayType(), raw.arrayType(), null, lookup, depth);
        }
        return JavaType.of(genericType(method), raw, method.getAnnotation(Length.class), lookup, depth);
    }

    /** Those to be implemented; readers first, so that messages show them. */
    private static List<Method> methods(Class<?> type) {
        List<Method> methods = new ArrayList<>();
        for (Method method : type.getMethods()) {
            if (Modifier.isAbstract(method.getModifiers())) {
                check(method);
                methods.add(method);
            }
        }
        methods.sort(Comparator.comparing(Method::getName)
                .thenComparing(m -> m.getReturnType() == void.class)
                .thenComparingInt(Method::getParameterCount));
        return methods;
    }

    private static void check(Method method) {
        boolean writes = method.getReturnType() == void.class;
        int count = method.getParameterCount();
        boolean known = writes ? count == 1 || count == 2 : count <= 1;
        if (!known || (isIndexed(method) && method.getParameterTypes()[0] != int.class)) {
            throw new IllegalArgumentException("method " + method.getName()
                    + Arrays.toString(method.getParameterTypes()) + " of "
                    + method.getDeclaringClass().getName()
                    + " is no accessor: those are x(), x(int index), void x(value), void x(int index, value)");
        }
    }
}
