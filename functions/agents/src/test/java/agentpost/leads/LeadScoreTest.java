package agentpost.leads;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LeadScoreTest {
  @ParameterizedTest
  @CsvSource({
    "'','','',0,10",
    "demo_request,'','',0,40",
    "demo_request,'','Acme',0,50",
    "webinar_spring,Head of Operations,'',0,45",
    "'',Directory Editor,'',0,10",
    "partner_acme,'','',19,25",
    "partner_acme,'','',20,40",
    "partner_acme,'','',199,40",
    "partner_acme,'','',200,50",
    "careers_page,CEO,'',0,15",
  })
  void pointsAddUp(String source, String title, String company, int employees, int points) {
    LeadScore score =
        LeadScore.of(
            new Lead("lead-1", "a@example.com", "", company, title, employees, source, "", ""));
    assertEquals(points, score.points());
    assertEquals(points >= 50, score.isEnough());
  }
}
