/** Figures for CloudWatch, written as log lines. */
@NullMarked
package agentpost.metrics;

import org.jspecify.annotations.NullMarked;
