// The registers of the memory map, read and written as words. Invariant: reading changes nothing.
#include "sim/open/host_map.hpp"
#include "sim/open/host_port.hpp"
#include "sim/open_fabric.hpp"

namespace weft::sim {

bool HostPort::read_register(std::uint64_t address, std::uint32_t& value) const {
  const Engine& engine = fabric_.engine();
  const auto low = [](std::uint64_t wide) { return static_cast<std::uint32_t>(wide); };
  const auto high = [](std::uint64_t wide) { return static_cast<std::uint32_t>(wide >> 32); };
  switch (address) {
    case host::kId:
      value = host::kIdValue;
      return true;
    case host::kVersion:
      value = host::kMapVersion;
      return true;
    case host::kStatus:
      value = (image_ != nullptr || fabric_.has_run() ? host::kLoaded : 0u) |
              (fabric_.has_run() ? host::kStarted : 0u) |
              (fabric_.has_run() && engine.finished() ? host::kFinished : 0u);
      return true;
    case host::kImageBytes:
      value = image_bytes_;
      return true;
    case host::kFrames:
      value = frames_;
      return true;
    case host::kIntervalSteps:
      value = interval_steps_;
      return true;
    case host::kFrameSteps:
      value = frame_steps_;
      return true;
    case host::kSteps:
      value = steps_;
      return true;
    case host::kTiles:
      value = static_cast<std::uint32_t>(fabric_.fabric().tiles());
      return true;
    case host::kInputs:
      value = image().input_count;
      return true;
    case host::kOutputs:
      value = image().output_count;
      return true;
    case host::kDepthSteps:
      value = static_cast<std::uint32_t>(image().depth_steps);
      return true;
    case host::kFramesDone:
      value = low(engine.frames_done());
      return true;
    case host::kStepsDone:
      value = low(engine.steps_done());
      return true;
    case host::kStepsDone + 4:
      value = high(engine.steps_done());
      return true;
    case host::kCycles:
      value = low(engine.cycles_done());
      return true;
    case host::kCycles + 4:
      value = high(engine.cycles_done());
      return true;
    case host::kErrorBytes:
      value = static_cast<std::uint32_t>(error_.size());
      return true;
    default:
      return false;
  }
}

std::uint32_t* HostPort::writable_register(std::uint64_t address) {
  switch (address) {
    case host::kImageBytes:
      return &image_bytes_;
    case host::kFrames:
      return &frames_;
    case host::kIntervalSteps:
      return &interval_steps_;
    case host::kFrameSteps:
      return &frame_steps_;
    case host::kSteps:
      return &steps_;
    default:
      return nullptr;
  }
}

}  // namespace weft::sim
