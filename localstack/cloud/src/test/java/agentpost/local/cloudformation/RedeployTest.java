package agentpost.local.cloudformation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A template deployed again: what is done to each resource, in order, and nothing to the others.
 */
class RedeployTest {
  @TempDir private Path cdkOut;
  private final List<String> done = new ArrayList<>();
  private final AtomicBoolean broken = new AtomicBoolean();
  private final Map<String, Provider> providers = new HashMap<>();
  private final Deployer deployer = new Deployer(providers(), (_, _) -> "");

  private Map<String, Provider> providers() {
    providers.put(
        "Test::Thing",
        new Provider.Changeable() {
          @Override
          public Made make(String logicalId, ObjectNode properties) {
            if (broken.get() && logicalId.equals("Fragile")) {
              throw new IllegalArgumentException("it fell");
            }
            done.add("make " + logicalId + properties.path("p").asText());
            return new Made("ref-" + logicalId, Map.of());
          }

          @Override
          public Made update(String logicalId, Made before, ObjectNode properties) {
            if (broken.get()
                && logicalId.equals("Fragile")
                && properties.path("p").asText().equals("2")) {
              throw new IllegalArgumentException("it fell");
            }
            done.add("update " + logicalId + properties.path("p").asText());
            return new Made(before.ref() + "*", Map.of());
          }

          @Override
          public void remove(String logicalId, Made made) {
            done.add("remove " + logicalId);
          }
        });
    providers.put(
        "Test::Other",
        Provider.recreateOnChange(
            (id, properties) -> {
              done.add("make other " + id + properties.path("p").asText());
              return new Provider.Made(id, Map.of());
            },
            (id, _) -> done.add("remove other " + id)));
    providers.put("Test::Fixed", (id, _) -> new Provider.Made(id, Map.of()));
    return providers;
  }

  @BeforeEach
  void assets() throws IOException {
    write(
        "manifest.json",
        "{'artifacts':{'one':{'type':'aws:cloudformation:stack','properties':{'templateFile':'one.template.json','stackName':'shown'}}}}");
    write(
        "one.assets.json",
        "{'files':{'first':{'source':{'path':'first.json'}},'second':{'source':{'path':'second.json'}}}}");
  }

  private void write(String name, String json) throws IOException {
    Files.writeString(cdkOut.resolve(name), json.replace('\'', '"'));
  }

  /** Deploys resources; what was done for it. */
  private List<String> deploy(String resources) throws IOException {
    done.clear();
    write("one.template.json", "{'Resources':{" + resources + "}}");
    deployer.deploy(cdkOut);
    return List.copyOf(done);
  }

  private static String thing(String id, String p) {
    return "'" + id + "':{'Type':'Test::Thing','Properties':{'p':'" + p + "'}}";
  }

  @Test
  void whatIsAsItWasIsLeftAlone() throws IOException {
    deploy(thing("A", "1") + "," + thing("B", "1"));
    assertThat(deploy(thing("A", "1") + "," + thing("B", "1"))).isEmpty();
  }

  @Test
  void whatIsNewIsMadeWhatIsChangedIsUpdatedAndThenWhatIsGoneIsTakenAwayLastFirst()
      throws IOException {
    deploy(thing("A", "1") + "," + thing("B", "1") + "," + thing("C", "1") + "," + thing("D", "1"));
    assertThat(deploy(thing("A", "1") + "," + thing("B", "2") + "," + thing("E", "1")))
        .containsExactly("update B2", "make E1", "remove D", "remove C");
  }

  @Test
  void whoDependsOnWhatChangedSeesTheChange() throws IOException {
    String needsA = ",'B':{'Type':'Test::Thing','Properties':{'p':{'Ref':'A'}}}";
    deploy(thing("A", "1") + needsA);
    assertThat(deploy(thing("A", "2") + needsA)).containsExactly("update A2", "update Bref-A*");
  }

  @Test
  void aResourceCannotBecomeAnotherType() throws IOException {
    deploy(thing("A", "1"));
    assertThatThrownBy(() -> deploy("'A':{'Type':'Test::Other'}"))
        .isInstanceOf(UnsupportedTemplateException.class)
        .hasMessageContaining("A cannot become another type");
  }

  @Test
  void whatWasDoneIsTold() throws IOException {
    deploy(thing("A", "1") + "," + thing("B", "1"));
    write("one.template.json", "{'Resources':{" + thing("A", "2") + "," + thing("C", "1") + "}}");
    assertThat(deployer.deploy(cdkOut))
        .extracting(Change::toString)
        .containsExactly(
            "changed Test::Thing ref-A*", "made Test::Thing ref-C", "removed Test::Thing ref-B");
    assertThat(deployer.deploy(cdkOut)).isEmpty();
  }

  @Test
  void makingAgainIsHowSomeTypesChange() throws IOException {
    deploy("'A':{'Type':'Test::Other','Properties':{'p':'1'}}");
    assertThat(deploy("'A':{'Type':'Test::Other','Properties':{'p':'2'}}"))
        .containsExactly("make other A2");
    assertThat(deploy(thing("Z", ""))).containsExactly("make Z", "remove other A");
  }

  @Test
  void whatIsRetainedStays() throws IOException {
    deploy("'A':{'Type':'Test::Thing','DeletionPolicy':'Retain'}," + thing("B", ""));
    assertThat(deploy(thing("B", ""))).isEmpty();
  }

  @Test
  void whatCannotChangeSaysSoBeforeAnythingIsDone() throws IOException {
    String fixed = "'F':{'Type':'Test::Fixed','Properties':{'p':'1'}}";
    deploy(thing("A", "1") + "," + fixed);
    assertThatThrownBy(() -> deploy(thing("A", "2") + "," + fixed.replace("'1'", "'2'")))
        .isInstanceOf(UnsupportedTemplateException.class)
        .hasMessageContainingAll("F cannot be changed", "start it again");
    assertThatThrownBy(() -> deploy(thing("A", "2") + "," + thing("New", "1")))
        .hasMessageContainingAll("F cannot be taken away", "start it again");
    assertThat(done).as("what those two would have done beside it").isEmpty();
    assertThat(deploy(thing("A", "1") + "," + fixed)).isEmpty();
    assertThat(deploy(thing("A", "2") + "," + fixed + "," + fixed.replace("'F'", "'G'")))
        .containsExactly("update A2");
  }

  @Test
  void whatCannotBeTakenAwayHoldsItsNestedStack() throws IOException {
    write("first.json", "{'Resources':{'F':{'Type':'Test::Fixed','Properties':{'p':'1'}}}}");
    write("second.json", "{'Resources':{'F':{'Type':'Test::Fixed','Properties':{'p':'2'}}}}");
    String nested =
        "'N':{'Type':'AWS::CloudFormation::Stack','Properties':{'TemplateURL':'https://s3/%s.json'}}";
    deploy(nested.formatted("first") + "," + thing("A", "1"));
    assertThatThrownBy(() -> deploy(nested.formatted("second") + "," + thing("A", "2")))
        .hasMessageContaining("F cannot be changed");
    assertThatThrownBy(() -> deploy(thing("A", "2")))
        .hasMessageContaining("F cannot be taken away");
    assertThat(done).isEmpty();
  }

  @Test
  void whatCannotBeTakenAwayAndIsRetainedStays() throws IOException {
    String fixed = "'F':{'Type':'Test::Fixed','DeletionPolicy':'Retain'}";
    deploy(thing("A", "1") + "," + fixed);
    assertThat(deploy(thing("A", "1"))).isEmpty();
  }

  @Test
  void afterAFailureHalfwayWhatWasDoneIsUndone() throws IOException {
    deploy(thing("A", "1") + "," + thing("B", "1"));
    broken.set(true);
    assertThatThrownBy(
            () ->
                deploy(
                    thing("A", "2")
                        + ","
                        + thing("New", "1")
                        + ","
                        + thing("Newer", "1")
                        + ","
                        + thing("Fragile", "1")))
        .isInstanceOf(UnsupportedTemplateException.class)
        .hasMessage("Fragile cannot be made: it fell; what was done before that is undone");
    assertThat(done)
        .containsExactly(
            "update A2", "make New1", "make Newer1", "remove Newer", "remove New", "update A1");
    assertThat(deploy(thing("A", "1") + "," + thing("B", "1")))
        .as("nothing is different from before")
        .isEmpty();
    broken.set(false);
    assertThat(deploy(thing("A", "2") + "," + thing("Fragile", "1")))
        .containsExactly("update A2", "make Fragile1", "remove B");
  }

  @Test
  void aFirstDeploymentThatFailsLeavesNothing() throws IOException {
    write(
        "first.json", "{'Resources':{" + thing("Inner", "1") + "," + thing("Fragile", "1") + "}}");
    String nested =
        "'N':{'Type':'AWS::CloudFormation::Stack','Properties':{'TemplateURL':'https://s3/first.json'}}";
    broken.set(true);
    assertThatThrownBy(() -> deploy(thing("A", "1") + "," + nested))
        .hasMessage("Fragile cannot be made: it fell");
    assertThat(done).containsExactly("make A1", "make Inner1", "remove Inner", "remove A");
    broken.set(false);
    assertThat(deploy(thing("A", "1") + "," + nested))
        .containsExactly("make A1", "make Inner1", "make Fragile1");
  }

  @Test
  void whatIsRetainedOutlastsAFailedCreationUnlessItSaysOtherwise() throws IOException {
    String kept = "'%s':{'Type':'Test::Thing','DeletionPolicy':'%s'}";
    broken.set(true);
    assertThatThrownBy(
            () ->
                deploy(
                    kept.formatted("Kept", "Retain")
                        + ","
                        + kept.formatted("Gone", "RetainExceptOnCreate")
                        + ","
                        + thing("Fragile", "1")))
        .hasMessage("Fragile cannot be made: it fell");
    assertThat(done).containsExactly("make Kept", "make Gone", "remove Gone");
  }

  @Test
  void whatCannotBeTakenAwayIsTold() {
    broken.set(true);
    assertThatThrownBy(
            () ->
                deploy(
                    "'F':{'Type':'Test::Fixed'}," + thing("A", "1") + "," + thing("Fragile", "")))
        .hasMessageContainingAll(
            "it fell; and what was done before that could not be undone",
            "F cannot be taken away: it stays as it is while the local cloud runs");
    assertThat(done).containsExactly("make A1", "remove A");
  }

  @Test
  void aStackGoesButWhatItRetains() throws IOException {
    deploy(
        "'K':{'Type':'Test::Thing','DeletionPolicy':'RetainExceptOnCreate'},"
            + thing("A", "1")
            + ","
            + thing("B", "1"));
    done.clear();
    deployer.delete("shown");
    assertThat(done).containsExactly("remove B", "remove A");
    assertThat(deployer.find("shown")).isEmpty();
    assertThat(deployer.stacks()).isEmpty();
    assertThat(deploy(thing("A", "1"))).containsExactly("make A1");
  }

  @Test
  void whatFailsWhileItChangesIsChangedBack() throws IOException {
    deploy(thing("Fragile", "1") + "," + thing("B", "1"));
    broken.set(true);
    assertThatThrownBy(() -> deploy(thing("B", "2") + "," + thing("Fragile", "2")))
        .hasMessageContaining("Fragile cannot be changed: it fell");
    assertThat(done).containsExactly("update B2", "update Fragile1", "update B1");
  }

  @Test
  void aTypeThatChangesLeavesTheRestAsItWas() throws IOException {
    deploy(thing("A", "1") + "," + thing("B", "1"));
    assertThatThrownBy(() -> deploy(thing("A", "2") + ",'B':{'Type':'Test::Other'}"))
        .hasMessageContainingAll("B cannot become another type", "undone");
    assertThat(done).containsExactly("update A2", "update A1", "update B1");
    assertThat(deploy(thing("A", "1") + "," + thing("B", "1"))).isEmpty();
  }

  @Test
  void aFixedResourceWhoseReferenceChangesLeavesTheRestAsItWas() throws IOException {
    String fixed = ",'F':{'Type':'Test::Fixed','Properties':{'p':{'Ref':'A'}}}";
    deploy(thing("A", "1") + fixed);
    assertThatThrownBy(() -> deploy(thing("A", "2") + fixed))
        .hasMessageContainingAll("F cannot be changed", "start it again", "undone");
    assertThat(done).containsExactly("update A2", "update A1");
  }

  @Test
  void nestedStacksAreUndoneToo() throws IOException {
    write("first.json", "{'Resources':{" + thing("Inner", "1") + "," + thing("Gone", "1") + "}}");
    write("second.json", "{'Resources':{" + thing("Inner", "2") + "}}");
    String nested =
        "'%s':{'Type':'AWS::CloudFormation::Stack','Properties':{'TemplateURL':'https://s3/%s.json'}}";
    deploy(nested.formatted("N", "first"));
    broken.set(true);
    assertThatThrownBy(
            () ->
                deploy(
                    nested.formatted("N", "second")
                        + ","
                        + nested.formatted("M", "second")
                        + ","
                        + thing("Fragile", "1")))
        .hasMessageContaining("undone");
    assertThat(done)
        .containsExactly(
            "update Inner2",
            "remove Gone",
            "make Inner2",
            "remove Inner",
            "update Inner1",
            "make Gone1");
    assertThat(deploy(nested.formatted("N", "first"))).isEmpty();
  }

  @Test
  void whatGetsAnotherNameIsAnotherResource() throws IOException {
    String named = "'A':{'Type':'Test::Thing','Properties':{'Name':'%s'}}";
    deploy(named.formatted("one"));
    assertThat(deploy(named.formatted("two"))).containsExactly("make A", "remove A");
    String kept = named.replace("'Properties'", "'UpdateReplacePolicy':'Retain','Properties'");
    deploy(kept.formatted("two"));
    assertThat(deploy(kept.formatted("three")))
        .as("the one before outlives it")
        .containsExactly("make A");
  }

  @Test
  void nestedStacksAreChangedAndTakenAwayResourceByResource() throws IOException {
    write("first.json", "{'Resources':{" + thing("Inner", "1") + "," + thing("Same", "1") + "}}");
    write("second.json", "{'Resources':{" + thing("Inner", "2") + "," + thing("Same", "1") + "}}");
    String nested =
        "'N':{'Type':'AWS::CloudFormation::Stack','Properties':{'TemplateURL':'https://s3/%s.json'}}";
    assertThat(deploy(nested.formatted("first"))).containsExactly("make Inner1", "make Same1");
    assertThat(deploy(nested.formatted("second"))).containsExactly("update Inner2");
    write("one.template.json", "{'Resources':{" + thing("Z", "") + "}}");
    done.clear();
    assertThat(deployer.deploy(cdkOut))
        .extracting(change -> change.kind() + " " + change.type())
        .containsExactly(
            "MADE Test::Thing",
            "REMOVED Test::Thing",
            "REMOVED Test::Thing",
            "REMOVED AWS::CloudFormation::Stack");
    assertThat(done).containsExactly("make Z", "remove Same", "remove Inner");
    assertThat(deploy(nested.formatted("first")))
        .containsExactly("make Inner1", "make Same1", "remove Z");
  }
}
