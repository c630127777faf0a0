// The names of events, as the event log writes them.
#include "model/fabric/event.hpp"

namespace weft {

const char* to_string(EventKind kind) {
  switch (kind) {
    case EventKind::StepBegin:
      return "step_begin";
    case EventKind::StepEnd:
      return "step_end";
    case EventKind::Inject:
      return "inject";
    case EventKind::Hop:
      return "hop";
    case EventKind::Deliver:
      return "deliver";
    case EventKind::Row:
      return "row";
    case EventKind::Update:
      return "update";
    case EventKind::Send:
      return "send";
    case EventKind::Stall:
      return "stall";
    case EventKind::Output:
      return "output";
    case EventKind::Arrive:
      return "arrive";
    case EventKind::Add:
      return "add";
  }
  return "unknown";
}

}  // namespace weft
