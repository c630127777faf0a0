// The TLM-2.0 socket as software sees it: load, start, step, read, and what comes back where something is
// wrong.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <tlm_utils/simple_initiator_socket.h>

#include "model/base/files.hpp"
#include "sim/open/host_map.hpp"
#include "sim/open_fabric.hpp"
#include "tests/sim/random_case.hpp"

namespace weft::sim {
namespace {

using testing::Each;
using testing::HasSubstr;
using tlm::tlm_response_status;

class Software : public sc_core::sc_module {
 public:
  explicit Software(const sc_core::sc_module_name& name) : sc_module(name) {}
  tlm_utils::simple_initiator_socket<Software> socket{"socket"};
  sc_core::sc_time spent = sc_core::SC_ZERO_TIME;

  tlm_response_status access(tlm::tlm_command command, std::uint64_t address, void* data, std::size_t size,
                             unsigned streaming = 0, std::uint8_t* enables = nullptr) {
    tlm::tlm_generic_payload payload;
    payload.set_command(command);
    payload.set_address(address);
    payload.set_data_ptr(static_cast<unsigned char*>(data));
    payload.set_data_length(static_cast<unsigned>(size));
    payload.set_streaming_width(streaming == 0 ? static_cast<unsigned>(size) : streaming);
    payload.set_byte_enable_ptr(enables);
    payload.set_byte_enable_length(enables == nullptr ? 0 : 1);
    payload.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
    socket->b_transport(payload, spent);
    return payload.get_response_status();
  }
  tlm_response_status set(std::uint64_t address, std::uint32_t value) {
    return access(tlm::TLM_WRITE_COMMAND, address, &value, 4);
  }
  std::uint32_t get(std::uint64_t address) {
    std::uint32_t value = 0;
    EXPECT_EQ(access(tlm::TLM_READ_COMMAND, address, &value, 4), tlm::TLM_OK_RESPONSE);
    return value;
  }
  std::string error() {
    std::string text(get(host::kErrorBytes), ' ');
    EXPECT_EQ(access(tlm::TLM_READ_COMMAND, host::kErrorText, text.data(), text.size()),
              tlm::TLM_OK_RESPONSE);
    return text;
  }
  template <class T>
  std::vector<T> get_all(std::uint64_t address, std::size_t count) {
    std::vector<T> values(count);
    EXPECT_EQ(access(tlm::TLM_READ_COMMAND, address, values.data(), count * sizeof(T)), tlm::TLM_OK_RESPONSE);
    return values;
  }
  void send_image(const Image& image) {
    Bytes file = format_npz(to_npz(image));
    EXPECT_EQ(access(tlm::TLM_WRITE_COMMAND, host::kImage, file.data(), file.size()), tlm::TLM_OK_RESPONSE);
    EXPECT_EQ(set(host::kImageBytes, static_cast<std::uint32_t>(file.size())), tlm::TLM_OK_RESPONSE);
  }
  void send_stimulus(Stimulus stimulus) {
    std::vector<std::int32_t>& values = stimulus.frames.values;
    EXPECT_EQ(access(tlm::TLM_WRITE_COMMAND, host::kStimulus, values.data(), 4 * values.size()),
              tlm::TLM_OK_RESPONSE);
    set(host::kFrames, static_cast<std::uint32_t>(stimulus.frames.rows));
    set(host::kIntervalSteps, static_cast<std::uint32_t>(stimulus.interval_steps));
    set(host::kFrameSteps, static_cast<std::uint32_t>(stimulus.frame_steps));
  }
};

struct Board {
  explicit Board(const HandMade& made) : fabric("fabric", made.fabric), software("software") {
    software.socket.bind(fabric.host.socket);
  }
  Session session;
  OpenFabric fabric;
  Software software;
};

RandomCase host_case(std::uint64_t seed) {
  RandomCase one = random_case(seed);
  one.made.fabric.step.barrier_cycles += 1;
  one.made.image.fabric = digest(one.made.fabric);
  return one;
}

void expect_results(Software& software, const Outcome& plain) {
  EXPECT_EQ(software.get(host::kStatus), host::kLoaded | host::kStarted | host::kFinished);
  EXPECT_EQ(software.get(host::kStepsDone), plain.steps);
  EXPECT_EQ(software.get(host::kCycles), plain.cycles);
  const auto frames = static_cast<std::size_t>(plain.outputs.rows);
  EXPECT_EQ(software.get(host::kFramesDone), frames);
  EXPECT_EQ(software.get_all<std::int32_t>(host::kResults, plain.outputs.values.size()),
            plain.outputs.values);
  EXPECT_EQ(software.get_all<std::uint64_t>(host::kLatencies, frames), plain.latency_cycles);
  const std::size_t last = plain.tiles.size() - 1;
  const auto counters = software.get_all<std::uint64_t>(host::kCounters + last * host::kCounterBytes, 16);
  const TileCounters& tile = plain.tiles[TileId(static_cast<std::uint32_t>(last))];
  EXPECT_EQ(counters[0], tile.rows);
  EXPECT_EQ(counters[6], tile.stall_cycles);
  EXPECT_EQ(counters[8], tile.flits[1]);
  EXPECT_EQ(counters[13], tile.injected);
  EXPECT_EQ(counters[15], 0u);
}

TEST(HostPort, LoadsRunsAndReadsWhatRunImageGives) {
  RandomCase one = host_case(2);
  const Outcome plain = one.made.run(one.stimulus);
  Board board(one.made);
  sc_core::sc_start(sc_core::SC_ZERO_TIME);
  Software& software = board.software;
  EXPECT_EQ(software.get(host::kId), host::kIdValue);
  EXPECT_EQ(software.get(host::kVersion), host::kMapVersion);
  EXPECT_EQ(software.get(host::kStatus), 0u);
  EXPECT_EQ(software.get(host::kTiles), plain.tiles.size());
  software.send_image(one.made.image);
  ASSERT_EQ(software.set(host::kCommand, host::kLoad), tlm::TLM_OK_RESPONSE) << software.error();
  EXPECT_EQ(software.get(host::kInputs), 6u);
  EXPECT_EQ(software.get(host::kOutputs), 3u);
  EXPECT_EQ(software.get(host::kDepthSteps), 1u);
  software.send_stimulus(one.stimulus);
  ASSERT_EQ(software.set(host::kCommand, host::kStart), tlm::TLM_OK_RESPONSE) << software.error();
  EXPECT_EQ(software.get(host::kStatus), host::kLoaded | host::kStarted);
  software.set(host::kSteps, 2);
  ASSERT_EQ(software.set(host::kCommand, host::kStep), tlm::TLM_OK_RESPONSE) << software.error();
  EXPECT_EQ(software.get(host::kStepsDone), 2u);
  const std::uint64_t two = plain.step_cycles[0] + plain.step_cycles[1];
  EXPECT_EQ(software.spent, static_cast<double>(two) * sc_core::sc_time(10, sc_core::SC_NS));
  software.set(host::kSteps, 0);
  ASSERT_EQ(software.set(host::kCommand, host::kStep), tlm::TLM_OK_RESPONSE);
  EXPECT_EQ(software.spent, static_cast<double>(plain.cycles) * sc_core::sc_time(10, sc_core::SC_NS));
  expect_results(software, plain);
}

TEST(HostPort, StartsAgainWithAnotherStimulus) {
  RandomCase one = host_case(5);
  Board board(one.made);
  sc_core::sc_start(sc_core::SC_ZERO_TIME);
  board.software.send_image(one.made.image);
  board.software.set(host::kCommand, host::kLoad);
  for (int i = 0; i < 3; ++i) {
    for (std::int32_t& value : one.stimulus.frames.values) value = (value + 1) % 3;
    board.software.send_stimulus(one.stimulus);
    board.software.set(host::kCommand, host::kStart);
    board.software.set(host::kCommand, host::kStep);
    const Outcome plain = run_image(one.made.fabric, one.made.image, one.stimulus);
    expect_results(board.software, plain);
  }
}

// With a clock the run goes on by its edges after the start, as any other.
TEST(HostPort, AClockRunsWhatWasStarted) {
  RandomCase one = host_case(3);
  const Outcome plain = one.made.run(one.stimulus);
  Board board(one.made);
  sc_core::sc_clock clock("clock", 10, sc_core::SC_NS);
  board.fabric.clk(clock);
  sc_core::sc_start(100, sc_core::SC_NS);
  Software& software = board.software;
  software.send_image(one.made.image);
  software.set(host::kCommand, host::kLoad);
  software.send_stimulus(one.stimulus);
  ASSERT_EQ(software.set(host::kCommand, host::kStart), tlm::TLM_OK_RESPONSE) << software.error();
  EXPECT_EQ(software.set(host::kCommand, host::kStep), tlm::TLM_GENERIC_ERROR_RESPONSE);
  EXPECT_THAT(software.error(), HasSubstr("expected edges of clk, which run this fabric"));
  sc_core::sc_start(static_cast<double>(plain.cycles + 1) * sc_core::sc_time(10, sc_core::SC_NS));
  expect_results(software, plain);
}

TEST(HostPort, AnswersWhatItCannotDoWithAStatus) {
  RandomCase one = host_case(2);
  Board board(one.made);
  sc_core::sc_start(sc_core::SC_ZERO_TIME);
  Software& software = board.software;
  std::array<std::uint8_t, 8> data{};
  const auto read = [&](std::uint64_t address, std::size_t size) {
    return software.access(tlm::TLM_READ_COMMAND, address, data.data(), size);
  };
  const auto write = [&](std::uint64_t address, std::size_t size) {
    return software.access(tlm::TLM_WRITE_COMMAND, address, data.data(), size);
  };
  EXPECT_EQ(read(host::kRegistersEnd, 4), tlm::TLM_ADDRESS_ERROR_RESPONSE);
  EXPECT_EQ(write(host::kRegistersEnd, 4), tlm::TLM_ADDRESS_ERROR_RESPONSE);
  EXPECT_EQ(read(host::kEnd, 4), tlm::TLM_ADDRESS_ERROR_RESPONSE);
  EXPECT_EQ(read(~std::uint64_t{0}, 4), tlm::TLM_ADDRESS_ERROR_RESPONSE);
  EXPECT_EQ(read(host::kResults, 4), tlm::TLM_ADDRESS_ERROR_RESPONSE);
  EXPECT_EQ(read(host::kCounters + 128 * static_cast<std::uint64_t>(one.made.fabric.tiles()), 8),
            tlm::TLM_ADDRESS_ERROR_RESPONSE);
  EXPECT_EQ(write(host::kStimulus - 4, 8), tlm::TLM_ADDRESS_ERROR_RESPONSE);
  EXPECT_EQ(read(host::kId + 2, 4), tlm::TLM_BURST_ERROR_RESPONSE);
  EXPECT_EQ(read(host::kId, 3), tlm::TLM_BURST_ERROR_RESPONSE);
  EXPECT_EQ(write(host::kFrames, 8), tlm::TLM_BURST_ERROR_RESPONSE);
  EXPECT_EQ(software.access(tlm::TLM_READ_COMMAND, host::kId, data.data(), 8, 4),
            tlm::TLM_BURST_ERROR_RESPONSE);
  EXPECT_EQ(write(host::kId, 4), tlm::TLM_COMMAND_ERROR_RESPONSE);
  EXPECT_EQ(read(host::kCommand, 4), tlm::TLM_COMMAND_ERROR_RESPONSE);
  EXPECT_EQ(read(host::kImage, 4), tlm::TLM_COMMAND_ERROR_RESPONSE);
  EXPECT_EQ(write(host::kErrorText, 4), tlm::TLM_COMMAND_ERROR_RESPONSE);
  EXPECT_EQ(software.access(tlm::TLM_READ_COMMAND, host::kId, data.data(), 4, 0, data.data()),
            tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE);
  EXPECT_EQ(software.access(tlm::TLM_IGNORE_COMMAND, host::kId, data.data(), 4), tlm::TLM_OK_RESPONSE);
  EXPECT_THAT(data, Each(0));
}

TEST(HostPort, SaysWhyACommandFailed) {
  RandomCase one = host_case(2);
  Board board(one.made);
  sc_core::sc_start(sc_core::SC_ZERO_TIME);
  Software& software = board.software;
  const auto refused = [&](std::uint32_t command) {
    EXPECT_EQ(software.set(host::kCommand, command), tlm::TLM_GENERIC_ERROR_RESPONSE);
    return software.error();
  };
  EXPECT_EQ(refused(9), "fabric.host: found command 9, expected 1 (load), 2 (start) or 3 (step)");
  EXPECT_EQ(refused(host::kStart), "fabric.host: found a start without an image, expected a loaded one");
  EXPECT_EQ(refused(host::kStep), "fabric.host: found a step before a start, expected a started run");
  software.set(host::kImageBytes, 8);
  EXPECT_EQ(refused(host::kLoad),
            "fabric.host: found an image of 0 bytes, expected 8 bytes, as the register says");
  std::uint64_t zeros = 0;
  software.access(tlm::TLM_WRITE_COMMAND, host::kImage, &zeros, 8);
  EXPECT_THAT(refused(host::kLoad), HasSubstr("image: "));
  Image other = one.made.image;
  other.fabric = Digest{};
  software.send_image(other);
  EXPECT_THAT(refused(host::kLoad), HasSubstr("image: found made for a fabric with digest"));
  software.send_image(one.made.image);
  software.set(host::kCommand, host::kLoad);
  EXPECT_EQ(software.get(host::kErrorBytes), 0u);
  software.set(host::kFrames, 4);
  EXPECT_EQ(refused(host::kStart),
            "fabric.host: found 0 bytes of stimulus, expected 4 frames of 6 values of 4 bytes");
  one.stimulus.frames.values[0] = 1 << 20;
  software.send_stimulus(one.stimulus);
  EXPECT_THAT(refused(host::kStart), HasSubstr("1048576"));
  EXPECT_EQ(software.get(host::kStatus), host::kLoaded);
}

TEST(HostPort, DebugReadsWithoutTime) {
  RandomCase one = host_case(2);
  Board board(one.made);
  sc_core::sc_start(sc_core::SC_ZERO_TIME);
  std::uint32_t value = 0;
  tlm::tlm_generic_payload payload;
  payload.set_command(tlm::TLM_READ_COMMAND);
  payload.set_address(host::kId);
  payload.set_data_ptr(reinterpret_cast<unsigned char*>(&value));
  payload.set_data_length(4);
  EXPECT_EQ(board.software.socket->transport_dbg(payload), 4u);
  EXPECT_EQ(value, host::kIdValue);
  payload.set_address(host::kRegistersEnd);
  EXPECT_EQ(board.software.socket->transport_dbg(payload), 0u);
}

}  // namespace
}  // namespace weft::sim
