package agentpost.infra.bytecode;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.MethodModel;
import java.lang.constant.ClassDesc;
import java.lang.invoke.MethodType;
import java.lang.reflect.AccessFlag;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The classes of functions/ and what they inherit, each read once. */
public final class Program {
  private static final String OURS = "agentpost/";

  /** Of the JDK and of libraries, what is made of texts and has no code in it. */
  private static final Pattern TEXTS =
      Pattern.compile(
          "java/lang/(String|CharSequence|StringBuilder)|java/net/URI|com/fasterxml/.*|software/amazon/awssdk/services/.*/model/.*");

  private static final Pattern OTHERS =
      Pattern.compile(
          "java/(time|math)/.*|java/lang/(Boolean|Byte|Character|Double|Float|Integer|Long|Short|Number|Throwable|\\w*Exception)");
  private final Map<String, ClassModel> models = new HashMap<>();
  private final Map<String, Map<String, MethodModel>> methods = new HashMap<>();
  private final Map<ClassDesc, Value.Holds> holds = new HashMap<>();
  private final Map<String, Map<Method, Optional<Method>>> resolved = new HashMap<>();

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

  /** What a variable of a type can hold. */
  Value.Holds holds(ClassDesc type) {
    return holds.computeIfAbsent(type, Program::found);
  }

  private static Value.Holds found(ClassDesc type) {
    if (type.isPrimitive()) {
      return Value.Holds.NOTHING;
    }
    if (type.isArray()) {
      return found(type.componentType());
    }
    String descriptor = type.descriptorString();
    String name = descriptor.substring(1, descriptor.length() - 1);
    if (isOurs(name)) {
      return isFunctional(type(name)) ? Value.Holds.ALL : Value.Holds.NOTHING;
    }
    if (TEXTS.matcher(name).matches()) {
      return Value.Holds.TEXTS;
    }
    return OTHERS.matcher(name).matches() ? Value.Holds.NOTHING : Value.Holds.ALL;
  }

  /** Whether a lambda can be one. */
  private static boolean isFunctional(Class<?> type) {
    return type.isInterface()
        && !type.isSealed()
        && Stream.of(type.getMethods())
                .filter(method -> Modifier.isAbstract(method.getModifiers()))
                .count()
            == 1;
  }

  static boolean isA(String type, String superType) {
    return type(superType).isAssignableFrom(type(type));
  }

  private Optional<MethodModel> declared(String owner, Method method) {
    Map<String, MethodModel> all = methods.get(owner);
    if (all == null) {
      all = new HashMap<>();
      for (MethodModel one : model(owner).methods()) {
        if (one.code().isPresent()) {
          all.put(one.methodName().stringValue() + one.methodType().stringValue(), one);
        }
      }
      methods.put(owner, all);
    }
    return Optional.ofNullable(all.get(method.name() + method.type().descriptorString()));
  }

  /**
   * The method that runs when this one is called on an object of a class; nothing if it is not one
   * of ours.
   */
  Optional<Method> resolved(String onClass, Method method) {
    return resolved
        .computeIfAbsent(onClass, _ -> new HashMap<>())
        .computeIfAbsent(method, asked -> search(onClass, asked));
  }

  private Optional<Method> search(String onClass, Method method) {
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

  /**
   * Methods of a class by which libraries and the JDK call it: those that a type of theirs
   * declares.
   */
  List<Method> calledFromOutside(String internalName) {
    Set<String> theirs = new LinkedHashSet<>();
    List<Class<?>> all = new ArrayList<>(withSuperTypes(type(internalName)));
    for (Class<?> type : all) {
      if (!isOurs(type.getName().replace('.', '/'))) {
        for (java.lang.reflect.Method method : type.getDeclaredMethods()) {
          theirs.add(
              method.getName()
                  + MethodType.methodType(method.getReturnType(), method.getParameterTypes())
                      .descriptorString());
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
              && theirs.contains(
                  method.methodName().stringValue()
                      + method.methodTypeSymbol().descriptorString())) {
            found.add(
                new Method(name, method.methodName().stringValue(), method.methodTypeSymbol()));
          }
        }
      }
    }
    return found;
  }
}
