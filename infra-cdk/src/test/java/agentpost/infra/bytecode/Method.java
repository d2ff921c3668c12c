package agentpost.infra.bytecode;

import java.lang.constant.MethodTypeDesc;

/**
 * A method by its class, name and type.
 *
 * @param owner internal name, with slashes
 */
record Method(String owner, String name, MethodTypeDesc type) {
  boolean isOurs() {
    return Program.isOurs(owner);
  }

  /** As people write it. */
  String shown() {
    String method =
        name.startsWith("lambda$")
            ? name.substring("lambda$".length(), name.lastIndexOf('$'))
            : name;
    return owner.replace('/', '.')
        + (method.equals("<init>") || method.equals("new") ? "" : "." + method);
  }
}
