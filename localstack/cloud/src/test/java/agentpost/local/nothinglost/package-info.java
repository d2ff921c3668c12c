/**
 * Nothing is lost and nothing is acted on twice, whatever fails when: random schedules in virtual
 * time, by a seed. Relay, inbox, claims, redrive, recovery, looks and the local cloud's EventBridge
 * are the real ones; around them are stores in memory that keep DynamoDB's and SQS's promises and
 * no others.
 */
@NullMarked
package agentpost.local.nothinglost;

import org.jspecify.annotations.NullMarked;
