package agentpost.testing;

import java.util.LinkedHashMap;
import java.util.Map;
import software.amazon.awssdk.services.scheduler.SchedulerClient;
import software.amazon.awssdk.services.scheduler.model.ConflictException;
import software.amazon.awssdk.services.scheduler.model.CreateScheduleRequest;
import software.amazon.awssdk.services.scheduler.model.CreateScheduleResponse;
import software.amazon.awssdk.services.scheduler.model.DeleteScheduleRequest;
import software.amazon.awssdk.services.scheduler.model.DeleteScheduleResponse;
import software.amazon.awssdk.services.scheduler.model.ResourceNotFoundException;

/**
 * EventBridge Scheduler as far as planning and calling off goes; names are unique within a group.
 */
public final class FakeScheduler implements SchedulerClient {
  private final Map<String, CreateScheduleRequest> schedules = new LinkedHashMap<>();

  /** By group and name, with a slash between. */
  public Map<String, CreateScheduleRequest> schedules() {
    return Map.copyOf(schedules);
  }

  @Override
  public CreateScheduleResponse createSchedule(CreateScheduleRequest request) {
    if (schedules.putIfAbsent(request.groupName() + "/" + request.name(), request) != null) {
      throw ConflictException.builder()
          .message("Schedule " + request.name() + " already exists.")
          .build();
    }
    return CreateScheduleResponse.builder().build();
  }

  @Override
  public DeleteScheduleResponse deleteSchedule(DeleteScheduleRequest request) {
    if (schedules.remove(request.groupName() + "/" + request.name()) == null) {
      throw ResourceNotFoundException.builder()
          .message("Schedule " + request.name() + " does not exist.")
          .build();
    }
    return DeleteScheduleResponse.builder().build();
  }

  @Override
  public String serviceName() {
    return SERVICE_NAME;
  }

  @Override
  public void close() {}
}
