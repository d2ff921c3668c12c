package agentpost.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import agentpost.local.testing.HookHandler;
import agentpost.local.testing.Templates;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.eventbridge.model.PutEventsRequestEntry;

/** {@code AWS::Lambda::Url} of a template. */
class FunctionUrlIT {
  private static final byte[] ANY_BYTES = {0, (byte) 0xff, '{', (byte) 0xc3, 0x28, '\n'};

  private static final String BY_URL =
      "'ByUrl':{'Type':'AWS::Lambda::Permission','Properties':{'Action':'lambda:InvokeFunctionUrl','FunctionName':{'Ref':'Live'},'Principal':'*','FunctionUrlAuthType':'NONE'}},";
  private static final String THROUGH_IT =
      "'Through':{'Type':'AWS::Lambda::Permission','Properties':{'Action':'lambda:InvokeFunction','FunctionName':{'Ref':'Live'},'Principal':'*','InvokedViaFunctionUrl':true}},";
  private static final String HOOK = "'agentpost.local.testing.HookHandler'";
  private static final String OPEN = "'AuthType':'NONE'";

  private final List<String> log = new CopyOnWriteArrayList<>();
  @TempDir private Path cdkOut;
  private LocalCloud cloud;

  @BeforeEach
  void start() throws Exception {
    HookHandler.DELIVERED.clear();
    cloud = LocalCloud.start(new LocalCloudOptions(0, 1, 1));
    cloud.listenToLogs((_, line) -> log.add(line));
  }

  @AfterEach
  void stop() {
    cloud.close();
  }

  private void deploy(String permissions, String function, String url) throws Exception {
    String template =
        """
        {'Resources':{
         'Role':{'Type':'AWS::IAM::Role','Properties':{'AssumeRolePolicyDocument':{'Statement':[
          {'Effect':'Allow','Action':'sts:AssumeRole','Principal':{'Service':['lambda.amazonaws.com','events.amazonaws.com']}}]}}},
         'Calls':{'Type':'AWS::IAM::Policy','Properties':{'PolicyName':'calls','Roles':[{'Ref':'Role'}],
          'PolicyDocument':{'Statement':[{'Effect':'Allow','Action':'events:InvokeApiDestination','Resource':'*'}]}}},
         'F':{'Type':'AWS::Lambda::Function','Properties':{'FunctionName':'f','Timeout':5,'Role':{'Fn::GetAtt':['Role','Arn']},'Handler':%s}},
         'Live':{'Type':'AWS::Lambda::Alias','Properties':{'FunctionName':{'Ref':'F'},'Name':'live','FunctionVersion':'1'}},
         %s
         'Url':{'Type':'AWS::Lambda::Url','DependsOn':'Live','Properties':{'TargetFunctionArn':{'Fn::GetAtt':['F','Arn']},'Qualifier':'live',%s}},
         'Connection':{'Type':'AWS::Events::Connection','Properties':{'Name':'c','AuthorizationType':'API_KEY',
          'AuthParameters':{'ApiKeyAuthParameters':{'ApiKeyName':'X-Key','ApiKeyValue':'k'}}}},
         'Destination':{'Type':'AWS::Events::ApiDestination','Properties':{'Name':'d','HttpMethod':'POST',
          'ConnectionArn':{'Fn::GetAtt':['Connection','Arn']},
          'InvocationEndpoint':{'Fn::Join':['',[{'Fn::GetAtt':['Url','FunctionUrl']},'deliveries/crm']]}}},
         'Rule':{'Type':'AWS::Events::Rule','Properties':{'Name':'r','EventPattern':{'source':['test']},
          'Targets':[{'Id':'t','Arn':{'Fn::GetAtt':['Destination','Arn']},'RoleArn':{'Fn::GetAtt':['Role','Arn']},'InputPath':'$.detail'}]}}},
         'Outputs':{'Url':{'Value':{'Fn::GetAtt':['Url','FunctionUrl']}}}}
        """
            .formatted(function, permissions, url);
    Templates.write(cdkOut, "urls", template.replace('\'', '"'));
    cloud.deploy(cdkOut);
  }

  private HttpResponse<String> post() throws Exception {
    String url = cloud.outputs().getOrDefault("urls", Map.of()).getOrDefault("Url", "");
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(
          HttpRequest.newBuilder(URI.create(url + "deliveries/crm"))
              .header("X-Key", "k")
              .POST(HttpRequest.BodyPublishers.ofByteArray(ANY_BYTES))
              .build(),
          HttpResponse.BodyHandlers.ofString());
    }
  }

  @Test
  void itsRequestIsTheFunctionsEventByteForByte() throws Exception {
    deploy(BY_URL + THROUGH_IT, HOOK, OPEN);
    HttpResponse<String> answer = post();
    assertEquals("200 taken", answer.statusCode() + " " + answer.body());
    assertArrayEquals(ANY_BYTES, HookHandler.DELIVERED.getFirst().body());
    assertEquals("k", HookHandler.DELIVERED.getFirst().headers().get("x-key"));
  }

  @Test
  void anApiDestinationLeadsThere() throws Exception {
    deploy(BY_URL + THROUGH_IT, HOOK, OPEN);
    try (EventBridgeClient events = cloud.clients("test").create(EventBridgeClient.builder())) {
      events.putEvents(
          put ->
              put.entries(
                  PutEventsRequestEntry.builder()
                      .source("test")
                      .detailType("t")
                      .detail("{\"n\":1}")
                      .build()));
    }
    await().until(() -> !HookHandler.DELIVERED.isEmpty());
    assertThat(HookHandler.DELIVERED.getFirst().body()).asString().isEqualTo("{\"n\":1}");
  }

  /** Lambda asks for both since October 2025. */
  @Test
  void eitherRightAloneIsNotEnough() throws Exception {
    for (String one : List.of(BY_URL, THROUGH_IT)) {
      deploy(one, HOOK, OPEN);
      HttpResponse<String> answer = post();
      assertEquals("403 {\"Message\":\"Forbidden\"}", answer.statusCode() + " " + answer.body());
    }
    assertThat(log).anyMatch(line -> line.contains("lambda:InvokeFunctionUrl"));
    assertThat(log).anyMatch(line -> line.contains("perform: lambda:InvokeFunction on"));
    assertThat(HookHandler.DELIVERED).isEmpty();
  }

  @Test
  void aFunctionThatFailsIsA502AndOneWithoutRoomA429() throws Exception {
    deploy(BY_URL + THROUGH_IT, "'agentpost.local.testing.OddHandler'", OPEN);
    assertEquals(502, post().statusCode());
    deploy(BY_URL + THROUGH_IT, HOOK + ",'ReservedConcurrentExecutions':0", OPEN);
    assertEquals(429, post().statusCode());
  }

  @Test
  void whatIsNotServedIsRefusedByName() {
    assertThatThrownBy(() -> deploy("", HOOK, "'AuthType':'AWS_IAM'"))
        .hasMessageContaining("AuthType AWS_IAM");
    assertThatThrownBy(() -> deploy("", HOOK, OPEN + ",'InvokeMode':'RESPONSE_STREAM'"))
        .hasMessageContaining("InvokeMode RESPONSE_STREAM");
    assertThatThrownBy(() -> deploy("", HOOK, OPEN + ",'Cors':{'AllowOrigins':['*']}"))
        .hasMessageContaining("Cors");
  }
}
