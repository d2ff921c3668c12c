package agentpost.infra;

import agentpost.infra.catalog.Catalog;
import java.util.Optional;

/** What an agent's stack uses of the stack around it. */
record Shared(
    Names names, Bus bus, Tables tables, Reminders reminders, Api api, Relay relay, Optional<Catalog.Email> email, String zip) {}
