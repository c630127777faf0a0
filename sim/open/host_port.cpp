// The memory map. Invariant: an access that fails changes nothing, and says why in its response status; a
// command that fails also leaves a text behind.
#include "sim/open/host_port.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "model/base/error.hpp"
#include "sim/engine/accept.hpp"
#include "sim/open/host_map.hpp"
#include "sim/open_fabric.hpp"

namespace weft::sim {
namespace {

using tlm::tlm_response_status;

std::uint32_t load32(const std::uint8_t* bytes) {
  return static_cast<std::uint32_t>(bytes[0]) | static_cast<std::uint32_t>(bytes[1]) << 8 |
         static_cast<std::uint32_t>(bytes[2]) << 16 | static_cast<std::uint32_t>(bytes[3]) << 24;
}

void append(std::vector<std::uint8_t>& out, std::uint64_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) out.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
}

std::vector<std::uint8_t> counter_bytes(const TileCounters& counters) {
  std::vector<std::uint8_t> bytes;
  for (const std::uint64_t value :
       {counters.rows, counters.synaptic_ops, counters.neuron_updates, counters.messages, counters.deliveries,
        counters.busy_cycles, counters.stall_cycles})
    append(bytes, value, 8);
  for (const std::uint64_t value : counters.flits) append(bytes, value, 8);
  append(bytes, counters.injected, 8);
  bytes.resize(host::kCounterBytes);
  return bytes;
}

// Items of `width` bytes, item i as value_of(i): copies bytes [offset, offset + size) of them. False if there
// are fewer.
template <class ValueOf>
bool copy_items(std::uint64_t items, int width, ValueOf&& value_of, std::uint64_t offset, std::uint8_t* data,
                std::uint64_t size) {
  const auto wide = static_cast<std::uint64_t>(width);
  if (offset + size > items * wide) return false;
  for (std::uint64_t i = 0; i < size; ++i) {
    const std::uint64_t at = offset + i;
    data[i] = static_cast<std::uint8_t>(value_of(at / wide) >> (8 * (at % wide)));
  }
  return true;
}

}  // namespace

HostPort::HostPort(const sc_core::sc_module_name& name, OpenFabric& fabric)
    : sc_module(name), fabric_(fabric) {
  socket.register_b_transport(this, &HostPort::b_transport);
  socket.register_transport_dbg(this, &HostPort::transport_dbg);
}

void HostPort::b_transport(tlm::tlm_generic_payload& access, sc_core::sc_time& delay) {
  access.set_dmi_allowed(false);
  const std::uint64_t size = access.get_data_length();
  if (access.get_byte_enable_ptr() != nullptr) {
    access.set_response_status(tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE);
  } else if (access.get_streaming_width() < size) {
    access.set_response_status(tlm::TLM_BURST_ERROR_RESPONSE);
  } else if (access.is_read()) {
    access.set_response_status(read(access.get_address(), access.get_data_ptr(), size));
  } else if (access.is_write()) {
    access.set_response_status(write(access.get_address(), access.get_data_ptr(), size, delay));
  } else {
    access.set_response_status(tlm::TLM_OK_RESPONSE);
  }
}

unsigned HostPort::transport_dbg(tlm::tlm_generic_payload& access) {
  const unsigned size = access.get_data_length();
  if (!access.is_read()) return 0;
  return read(access.get_address(), access.get_data_ptr(), size) == tlm::TLM_OK_RESPONSE ? size : 0;
}

tlm_response_status HostPort::read(std::uint64_t address, std::uint8_t* data, std::uint64_t size) {
  if (address >= host::kEnd || size > host::kEnd - address) return tlm::TLM_ADDRESS_ERROR_RESPONSE;
  if (address >= host::kErrorText) return read_window(address, data, size);
  if (address + size > host::kRegistersEnd) return tlm::TLM_ADDRESS_ERROR_RESPONSE;
  if (address % 4 != 0 || size % 4 != 0) return tlm::TLM_BURST_ERROR_RESPONSE;
  std::vector<std::uint8_t> bytes;
  for (std::uint64_t at = address; at < address + size; at += 4) {
    std::uint32_t value = 0;
    if (!read_register(at, value)) return tlm::TLM_COMMAND_ERROR_RESPONSE;
    append(bytes, value, 4);
  }
  std::copy(bytes.begin(), bytes.end(), data);
  return tlm::TLM_OK_RESPONSE;
}

const Image& HostPort::image() const {
  return image_ != nullptr ? *image_ : fabric_.image();
}

const Outcome& HostPort::outcome() {
  const std::uint64_t steps = fabric_.engine().steps_done();
  if (!outcome_known_ || outcome_steps_ != steps) {
    outcome_ = fabric_.outcome();
    outcome_steps_ = steps;
    outcome_known_ = true;
  }
  return outcome_;
}

tlm_response_status HostPort::read_window(std::uint64_t address, std::uint8_t* data, std::uint64_t size) {
  bool there = false;
  if (address >= host::kResults) {
    const std::vector<std::int32_t>& values = outcome().outputs.values;
    there = copy_items(
        values.size(), 4, [&](std::uint64_t i) { return static_cast<std::uint32_t>(values[i]); },
        address - host::kResults, data, size);
  } else if (address >= host::kImage) {
    return tlm::TLM_COMMAND_ERROR_RESPONSE;
  } else if (address >= host::kLatencies) {
    const std::vector<std::uint64_t>& values = outcome().latency_cycles;
    there = copy_items(
        values.size(), 8, [&](std::uint64_t i) { return values[i]; }, address - host::kLatencies, data, size);
  } else if (address >= host::kCounters) {
    const std::uint64_t offset = address - host::kCounters;
    const auto tiles = static_cast<std::uint64_t>(fabric_.fabric().tiles());
    there = offset + size <= tiles * host::kCounterBytes;
    for (std::uint64_t i = 0; there && i < size;) {
      const std::uint64_t at = (offset + i) % host::kCounterBytes;
      const std::uint64_t count = std::min(size - i, host::kCounterBytes - at);
      const TileId tile(static_cast<std::uint32_t>((offset + i) / host::kCounterBytes));
      const auto bytes = counter_bytes(fabric_.tile(tile).counters());
      std::memcpy(data + i, bytes.data() + at, count);
      i += count;
    }
  } else {
    there = copy_items(
        error_.size(), 1, [&](std::uint64_t i) { return static_cast<std::uint8_t>(error_[i]); },
        address - host::kErrorText, data, size);
  }
  return there ? tlm::TLM_OK_RESPONSE : tlm::TLM_ADDRESS_ERROR_RESPONSE;
}

tlm_response_status HostPort::write(std::uint64_t address, const std::uint8_t* data, std::uint64_t size,
                                    sc_core::sc_time& delay) {
  if (address >= host::kEnd || size > host::kEnd - address) return tlm::TLM_ADDRESS_ERROR_RESPONSE;
  if (address >= host::kImage && address < host::kResults) {
    const bool is_image = address < host::kStimulus;
    const std::uint64_t begin = is_image ? host::kImage : host::kStimulus;
    const std::uint64_t end = is_image ? host::kStimulus : host::kResults;
    if (size > end - address) return tlm::TLM_ADDRESS_ERROR_RESPONSE;
    Data& window = is_image ? image_file_ : stimulus_values_;
    if (window.size() < address - begin + size) window.resize(address - begin + size);
    std::copy(data, data + size, window.begin() + static_cast<std::ptrdiff_t>(address - begin));
    return tlm::TLM_OK_RESPONSE;
  }
  if (address >= host::kErrorText) return tlm::TLM_COMMAND_ERROR_RESPONSE;
  if (address >= host::kRegistersEnd || size > host::kRegistersEnd - address)
    return tlm::TLM_ADDRESS_ERROR_RESPONSE;
  if (address % 4 != 0 || size != 4) return tlm::TLM_BURST_ERROR_RESPONSE;
  const std::uint32_t value = load32(data);
  if (std::uint32_t* held = writable_register(address)) {
    *held = value;
    return tlm::TLM_OK_RESPONSE;
  }
  if (address != host::kCommand) return tlm::TLM_COMMAND_ERROR_RESPONSE;
  try {
    command(value, delay);
    error_.clear();
    return tlm::TLM_OK_RESPONSE;
  } catch (const Error& error) {
    error_ = error.what();
    return tlm::TLM_GENERIC_ERROR_RESPONSE;
  }
}

void HostPort::command(std::uint32_t number, sc_core::sc_time& delay) {
  switch (number) {
    case host::kLoad:
      return load();
    case host::kStart:
      return start();
    case host::kStep:
      if (!fabric_.has_run()) throw InputError({name(), 0, 0}, "a step before a start", "a started run");
      delay += fabric_.run_steps(steps_);
      return;
    default:
      throw InputError({name(), 0, 0}, fmt::format("command {}", number), "1 (load), 2 (start) or 3 (step)");
  }
}

void HostPort::load() {
  if (image_bytes_ > image_file_.size()) {
    throw InputError({name(), 0, 0}, fmt::format("an image of {} bytes", image_file_.size()),
                     fmt::format("{} bytes, as the register says", image_bytes_));
  }
  const Bytes file(image_file_.begin(), image_file_.begin() + static_cast<std::ptrdiff_t>(image_bytes_));
  auto image = std::make_unique<Image>(image_from_npz(parse_npz(file, "image"), "image"));
  require_usable(fabric_.fabric(), *image);
  image_ = std::move(image);
}

void HostPort::start() {
  if (image_ == nullptr && !fabric_.has_run())
    throw InputError({name(), 0, 0}, "a start without an image", "a loaded one");
  const std::uint64_t values = std::uint64_t{frames_} * image().input_count;
  if (stimulus_values_.size() < 4 * values) {
    throw InputError({name(), 0, 0}, fmt::format("{} bytes of stimulus", stimulus_values_.size()),
                     fmt::format("{} frames of {} values of 4 bytes", frames_, image().input_count));
  }
  Stimulus stimulus;
  stimulus.frames.rows = frames_;
  stimulus.frames.columns = image().input_count;
  for (std::uint64_t i = 0; i < values; ++i)
    stimulus.frames.values.push_back(static_cast<std::int32_t>(load32(stimulus_values_.data() + 4 * i)));
  stimulus.interval_steps = static_cast<int>(std::min<std::uint32_t>(interval_steps_, 0x7fffffff));
  stimulus.frame_steps = static_cast<int>(std::min<std::uint32_t>(frame_steps_, 0x7fffffff));
  fabric_.load(Image(image()), stimulus);
  outcome_known_ = false;
}

}  // namespace weft::sim
