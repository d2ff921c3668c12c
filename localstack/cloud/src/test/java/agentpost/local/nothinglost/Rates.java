package agentpost.local.nothinglost;

/**
 * How often what goes wrong, of all the times when it could.
 *
 * @param crash a process dies at a step
 * @param store a store does not answer, or its answer is lost
 * @param wire a request or its answer is lost, or late
 * @param copies a request arrives twice
 */
record Rates(double crash, double store, double wire, double copies) {
  static final Rates CALM = new Rates(0, 0, 0, 0);
}
