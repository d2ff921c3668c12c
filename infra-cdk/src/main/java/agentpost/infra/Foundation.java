package agentpost.infra;

/** What the nested stacks stand on, agents' and operations' alike. */
record Foundation(Names names, Bus bus, Tables tables, Api api, String zip, Outward outward) {}
