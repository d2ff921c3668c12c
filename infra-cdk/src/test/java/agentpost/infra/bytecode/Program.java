package agentpost.infra.bytecode;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.MethodModel;
import java.lang.invoke.MethodType;
import java.lang.reflect.AccessFlag;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The classes of functions/ and what they inherit. */
final class Program {
  private static final String OURS = "agentpost/";
  private final Map<String, ClassModel> models = new HashMap<>();

  static boolean isOurs(String internalName) {
    return internalName.startsWith(OURS);
  }

  ClassModel model(String internalName) {
    return models.computeIfAbsent(
        internalName,
        name -> {
          try (InputStream file = Program.class.getResourceAsStream("/" + name + ".class")) {
            if (file == null) {
              throw new IllegalArgumentException("There is no class " + name.replace('/', '.'));
            }
            return ClassFile.of().parse(file.readAllBytes());
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  static Class<?> type(String internalName) {
    try {
      return Class.forName(internalName.replace('/', '.'), false, Program.class.getClassLoader());
    } catch (ClassNotFoundException e) {
      throw new IllegalArgumentException(e);
    }
  }

  static boolean isA(String type, String superType) {
    return type(superType).isAssignableFrom(type(type));
  }

  private Optional<MethodModel> declared(String owner, Method method) {
    return model(owner).methods().stream()
        .filter(one -> one.methodName().equalsString(method.name()) && one.methodTypeSymbol().equals(method.type()))
        .filter(one -> one.code().isPresent())
        .findFirst();
  }

  /** The method that runs when this one is called on an object of a class; nothing if it is not one of ours. */
  Optional<Method> resolved(String onClass, Method method) {
    for (Class<?> type : withSuperTypes(type(onClass))) {
      String name = type.getName().replace('.', '/');
      if (isOurs(name) && declared(name, method).isPresent()) {
        return Optional.of(new Method(name, method.name(), method.type()));
      }
    }
    return Optional.empty();
  }

  Optional<MethodModel> code(Method method) {
    return declared(method.owner(), method);
  }

  /** Superclasses before interfaces, as the JVM looks. */
  private static Set<Class<?>> withSuperTypes(Class<?> type) {
    Set<Class<?>> all = new LinkedHashSet<>();
    for (Class<?> each = type; each != null; each = each.getSuperclass()) {
      all.add(each);
    }
    for (Class<?> each : List.copyOf(all)) {
      for (Class<?> declared : each.getInterfaces()) {
        all.addAll(withSuperTypes(declared));
      }
    }
    return all;
  }

  /** Methods of a class by which libraries and the JDK call it: those that a type of theirs declares. */
  List<Method> calledFromOutside(String internalName) {
    Set<String> theirs = new LinkedHashSet<>();
    List<Class<?>> all = new ArrayList<>(withSuperTypes(type(internalName)));
    for (Class<?> type : all) {
      if (!isOurs(type.getName().replace('.', '/'))) {
        for (java.lang.reflect.Method method : type.getDeclaredMethods()) {
          theirs.add(method.getName() + MethodType.methodType(method.getReturnType(), method.getParameterTypes()).descriptorString());
        }
      }
    }
    List<Method> found = new ArrayList<>();
    for (Class<?> type : all) {
      String name = type.getName().replace('.', '/');
      if (isOurs(name)) {
        for (MethodModel method : model(name).methods()) {
          if (method.code().isPresent()
              && !method.flags().has(AccessFlag.STATIC)
              && theirs.contains(method.methodName().stringValue() + method.methodTypeSymbol().descriptorString())) {
            found.add(new Method(name, method.methodName().stringValue(), method.methodTypeSymbol()));
          }
        }
      }
    }
    return found;
  }
}
