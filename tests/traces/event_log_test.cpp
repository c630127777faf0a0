// The event log: what was told is what is read; damage is named; a torn file is read up to its last whole
// block.
#include "traces/log/event_log.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "example_run.hpp"
#include "tests/model/expect_error.hpp"
#include "tests/model/temporary_directory.hpp"
#include "tests/traces/small_disk.hpp"
#include "traces/export/exports.hpp"
#include "traces/log/event_block.hpp"

namespace weft::traces {
namespace {

class EventLog : public testing::Test {
 protected:
  Bytes write(const std::vector<Event>& events) const {
    EventLogWriter writer(example_fabric(), {directory_ / "log"});
    for (const Event& event : events) writer.event(event);
    writer.finish();
    return read_file(directory_ / "log");
  }
  TemporaryDirectory directory_;
};

std::vector<Event> read_all(EventLogReader& reader) {
  std::vector<Event> all, block;
  while (reader.next(block)) all.insert(all.end(), block.begin(), block.end());
  return all;
}

std::string refusal(const Bytes& data) {
  return input_error_of([&] {
    EventLogReader reader(data, "log");
    read_all(reader);
  });
}

TEST_F(EventLog, GivesBackWhatWasTold) {
  for (const std::size_t count : {0u, 1u, 1000u, 65536u, 65537u, 150000u}) {
    const std::vector<Event> events = example_events(count, count);
    write(events);
    EventLogReader reader(directory_ / "log");
    EXPECT_TRUE(same(read_all(reader), events)) << count;
    EXPECT_FALSE(reader.truncated());
    EXPECT_EQ(reader.events(), count);
  }
}

TEST_F(EventLog, HoldsTheExtremesOfEachField) {
  std::vector<Event> events;
  for (const std::uint64_t cycle : {std::uint64_t{0}, ~std::uint64_t{0}, std::uint64_t{1} << 63}) {
    for (const std::uint32_t subject : {0u, 0xffffffffu}) {
      for (const std::int32_t value :
           {0, -1, std::numeric_limits<std::int32_t>::min(), std::numeric_limits<std::int32_t>::max()}) {
        events.push_back({cycle, TileId(subject == 0 ? 0 : 5), EventKind::Output, 255,
                          static_cast<std::uint8_t>(value == 0 ? 0 : 1), subject, value});
      }
    }
  }
  std::vector<Event> back;
  EXPECT_EQ(decode_events(encode_events(events, 2), static_cast<std::uint32_t>(events.size()), 6, 2, back),
            "");
  EXPECT_TRUE(same(back, events));
}

TEST_F(EventLog, KnowsTheFabricOfItsRun) {
  EventLogReader reader(write({}), "log");
  const Fabric fabric = example_fabric();
  const EventLogHeader& header = reader.header();
  EXPECT_EQ(header.fabric, digest(fabric));
  EXPECT_EQ(header.width, 3u);
  EXPECT_EQ(header.height, 2u);
  EXPECT_EQ(header.cores, 2u);
  EXPECT_EQ(header.clock_hz, fabric.clock_hz);
  EXPECT_EQ(header.buffer_depth, static_cast<std::uint32_t>(fabric.router.buffer_depth));
  EXPECT_EQ(header.neuron_lanes, static_cast<std::uint32_t>(fabric.core.neuron_lanes));
  EXPECT_EQ(header.port_cycles, static_cast<std::uint32_t>(fabric.ports.cycles_per_flit));
  EXPECT_EQ(header.routing, Routing::Multicast);
  EXPECT_EQ(header.flit_cycles, 1u);
  EXPECT_EQ(header.row_lanes, 1u);
}

TEST_F(EventLog, KnowsTheLinksTheLanesAndTheRoutingOfItsFabric) {
  Fabric fabric = example_fabric();
  fabric.core.row_lanes = 4;
  fabric.router.flit_bits = 40;
  fabric.router.link_bits = 16;
  fabric.router.routing = Routing::Circuit;
  EventLogWriter writer(fabric, {directory_ / "other"});
  writer.finish();
  const EventLogHeader header = EventLogReader(directory_ / "other").header();
  EXPECT_EQ(header.row_lanes, 4u);
  EXPECT_EQ(header.flit_cycles, 3u);
  EXPECT_EQ(header.routing, Routing::Circuit);
  EXPECT_TRUE(header.circuits());
  EXPECT_EQ(header.buffer_depth, 0u);
}

TEST_F(EventLog, KeepsTheWindowOnly) {
  EventLogParams params{directory_ / "log"};
  params.from_cycle = 10;
  params.to_cycle = 20;
  EventLogWriter writer(example_fabric(), params);
  std::vector<Event> inside;
  for (const Event& event : example_events(200, 3)) {
    writer.event(event);
    if (event.cycle >= 10 && event.cycle < 20) inside.push_back(event);
  }
  writer.finish();
  EventLogReader reader(directory_ / "log");
  EXPECT_FALSE(inside.empty());
  EXPECT_TRUE(same(read_all(reader), inside));
}

TEST_F(EventLog, TakesFewBytesForARegularRun) {
  std::vector<Event> events;
  for (std::uint64_t cycle = 0; cycle < 100000; ++cycle) {
    events.push_back({cycle, TileId(static_cast<std::uint32_t>(cycle % 6)), EventKind::Row, 0, 0,
                      static_cast<std::uint32_t>(cycle % 256), 1});
  }
  EXPECT_LT(write(events).size(), events.size() / 8);
}

TEST_F(EventLog, CutAnywhereIsReadUpToItsLastWholeBlock) {
  const std::vector<Event> events = example_events(3 * kBlockEvents / 2, 9);
  const Bytes whole = write(events);
  const std::size_t first_end =
      kLogHeaderBytes + kBlockPrefixBytes + get_u32(whole.data() + kLogHeaderBytes + 12);
  std::vector<std::size_t> cuts = {kLogHeaderBytes, kLogHeaderBytes + 1, first_end - 1,
                                   first_end,       first_end + 1,       whole.size() - kBlockPrefixBytes,
                                   whole.size() - 1};
  for (std::size_t cut = kLogHeaderBytes; cut < whole.size(); cut += 9973) cuts.push_back(cut);
  for (const std::size_t cut : cuts) {
    EventLogReader reader(Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(cut)), "log");
    const std::size_t expected = cut < first_end                          ? 0
                                 : cut < whole.size() - kBlockPrefixBytes ? kBlockEvents
                                                                          : events.size();
    EXPECT_TRUE(
        same(read_all(reader), {events.begin(), events.begin() + static_cast<std::ptrdiff_t>(expected)}))
        << cut;
    EXPECT_TRUE(reader.truncated()) << cut;
  }
}

TEST_F(EventLog, OfARunThatFailedStaysAsAPartialFile) {
  const std::vector<Event> events = example_events(kBlockEvents + 10, 4);
  {
    EventLogWriter writer(example_fabric(), {directory_ / "log"});
    for (const Event& event : events) writer.event(event);
  }
  EXPECT_FALSE(std::filesystem::exists(directory_ / "log"));
  EventLogReader reader(directory_ / "log.partial");
  EXPECT_TRUE(same(read_all(reader), {events.begin(), events.begin() + kBlockEvents}));
  EXPECT_TRUE(reader.truncated());
}

TEST_F(EventLog, RefusesAnotherKindOfFile) {
  EXPECT_EQ(refusal({}), "log: found another kind of file, expected an event log");
  EXPECT_EQ(refusal(Bytes(100, 'x')), "log: found another kind of file, expected an event log");
}

TEST_F(EventLog, RefusesAHeaderThatEndsEarlyOrOfAnotherVersion) {
  Bytes data = write({});
  EXPECT_EQ(refusal(Bytes(data.begin(), data.begin() + 20)), "log: found a header of 20 bytes, expected 96");
  data[8] = 3;
  EXPECT_EQ(refusal(data), "log: found event log version 3, expected version 4; run it again with --events");
  data[8] = 5;
  EXPECT_EQ(refusal(data), "log: found event log version 5, expected version 4");
}

// The header with other content and a checksum that fits.
Bytes forged_header(Bytes data, std::size_t place, std::uint8_t value) {
  data[place] = value;
  Bytes sum;
  put_u64(sum, checksum(Bytes(data.begin(), data.begin() + kLogHeaderBytes - 8)));
  std::copy(sum.begin(), sum.end(), data.begin() + kLogHeaderBytes - 8);
  return data;
}

TEST_F(EventLog, RefusesAHeaderThatMakesNoSense) {
  Bytes data = write({});
  EXPECT_EQ(refusal(forged_header(data, 28, 0)),
            "log: found a fabric of 0 x 2 tiles, expected 1 x 1 to 256 x 256");
  EXPECT_EQ(refusal(forged_header(data, 33, 2)),
            "log: found a fabric of 3 x 514 tiles, expected 1 x 1 to 256 x 256");
  EXPECT_EQ(refusal(forged_header(data, 84, 17)), "log: found tiles of 17 cores, expected 1 to 16");
  EXPECT_THAT(refusal(forged_header(data, 43, 0xff)), testing::HasSubstr("expected a finite clock above 0"));
  EXPECT_EQ(refusal(forged_header(data, 48, 0)),
            "log: found a fabric whose timing has a 0, expected 1 to 16777216");
  EXPECT_EQ(refusal(forged_header(data, 80, 3)), "log: found a routing of number 3, expected 0 to 2");
  EXPECT_EQ(
      refusal(forged_header(data, 80, 2)),
      "log: found buffers of 4 flits with circuit routing, expected none with circuits, and some without");
  EXPECT_EQ(
      refusal(forged_header(data, 44, 0)),
      "log: found buffers of 0 flits with multicast routing, expected none with circuits, and some without");
  EXPECT_EQ(refusal(forged_header(data, 76, 0)),
            "log: found a fabric whose timing has a 0, expected 1 to 16777216");
  data[30] ^= 1;
  EXPECT_EQ(refusal(data),
            "log: found an event log whose header does not match its checksum, expected an undamaged header");
}

TEST_F(EventLog, NamesTheDamagedBlock) {
  Bytes data = write(example_events(1000, 5));
  data[data.size() - kBlockPrefixBytes - 10] ^= 4;
  EXPECT_EQ(
      refusal(data),
      "log: event log, block 0 at byte 96: found content that does not match its checksum, expected a match");
  data = write(example_events(1000, 5));
  data[kLogHeaderBytes] = 'b';
  EXPECT_THAT(refusal(data), testing::HasSubstr("found no block mark, expected a block or the end mark"));
  data = write(example_events(1000, 5));
  data[kLogHeaderBytes + 7] = 1;
  EXPECT_THAT(refusal(data), testing::HasSubstr("events, expected 1 to 65536"));
  data = write(example_events(1000, 5));
  data[kLogHeaderBytes + 15] = 0x7f;
  EXPECT_THAT(refusal(data), testing::HasSubstr("found a size of 21"));
}

TEST_F(EventLog, RefusesAnEndMarkThatDoesNotFit) {
  const Bytes good = write(example_events(1000, 6));
  Bytes data = good;
  data.push_back(0);
  EXPECT_THAT(refusal(data),
              testing::HasSubstr("found data after the end mark, expected the end of the file"));
  data = good;
  data[data.size() - 12] ^= 1;
  EXPECT_THAT(refusal(data), testing::HasSubstr("an end mark that does not match its checksum"));
  data = good;  // without its only block
  data.erase(data.begin() + kLogHeaderBytes, data.end() - kBlockPrefixBytes);
  EXPECT_THAT(refusal(data), testing::HasSubstr("an end mark for 1000 events in 1 blocks, expected 0 in 0"));
}

std::string decode_error(const Bytes& columns, std::uint32_t count, std::uint32_t tiles = 6) {
  std::vector<Event> events;
  return decode_events(columns, count, tiles, 1, events);
}

TEST(EventColumns, AreRefusedWhereTheyBreakTheFormat) {
  EXPECT_EQ(decode_error({0, 0, 0, 0, 0, 0}, 1), "");
  EXPECT_EQ(decode_error({0, 0, 0, 0, 0}, 1), "a column that ends too early");
  EXPECT_EQ(decode_error({0, 0, 0, 0, 0, 0}, 100), "a column that ends too early");
  EXPECT_EQ(decode_error({12, 0, 0, 0, 0, 0}, 1), "an unknown kind of event");
  EXPECT_EQ(decode_error({0, 0, 0, 12, 0, 0}, 1), "a tile outside the fabric");
  EXPECT_EQ(decode_error({0, 0, 0, 1, 0, 0}, 1), "a tile outside the fabric");
  EXPECT_EQ(decode_error({0, 0, 0, 0, 1, 0}, 1), "a subject of more than 32 bits");
  EXPECT_EQ(decode_error({0, 0, 0, 0, 0, 0x80, 0x80, 0x80, 0x80, 0x10}, 1), "a value of more than 32 bits");
  EXPECT_EQ(decode_error({0, 0, 0, 0, 0, 0, 0}, 1), "surplus bytes after the last column");
  EXPECT_EQ(decode_error({0, 0, 0x80, 0, 0, 0, 0}, 1), "a number with surplus digits");
  EXPECT_EQ(decode_error({0, 0, 255, 255, 255, 255, 255, 255, 255, 255, 255, 2, 0, 0, 0}, 1),
            "a number of more than 64 bits");
}

TEST(EventColumns, AreRefusedWhereTheCompressionIsDamaged) {
  const Bytes columns(500, 7);
  Bytes packed = compress_block(columns), out;
  EXPECT_EQ(decompress_block(packed, 500, out), "");
  EXPECT_EQ(out, columns);
  EXPECT_EQ(decompress_block(packed, 501, out), "fewer bytes than announced");
  EXPECT_NE(decompress_block(packed, 499, out), "");
  packed[0] ^= 1;
  EXPECT_NE(decompress_block(packed, 500, out), "");
}

TEST_F(EventLog, RefusesAnEmptyWindowAndAPlaceThatCannotBeWritten) {
  EventLogParams params{directory_ / "log"};
  params.from_cycle = params.to_cycle = 3;
  EXPECT_EQ(input_error_of([&] { EventLogWriter writer(example_fabric(), params); }),
            "event window: found cycles 3 to 3, expected a first cycle below the last");
  EXPECT_THAT(input_error_of([&] { EventLogWriter writer(example_fabric(), {directory_ / "no/log"}); }),
              testing::HasSubstr("cannot write: No such file or directory"));
  EXPECT_THAT(input_error_of([&] { EventLogReader reader(directory_ / "none"); }),
              testing::HasSubstr("none: cannot open the event log"));
}

TEST_F(EventLog, TellsThatTheDiskIsFull) {
  if (!std::filesystem::exists("/dev/full")) GTEST_SKIP() << "no /dev/full on this machine";
  EXPECT_THAT(input_error_of([&] { EventLogWriter writer(example_fabric(), {"/dev/full"}); }),
              testing::HasSubstr("No space left"));
}

TEST_F(EventLog, EndsAtAWholeBlockWhereTheDiskFillsUp) {
  const std::vector<Event> events = example_events(500000, 9);
  const auto whole_size = write(events).size();
  std::filesystem::remove(directory_ / "log");
  const SmallDisk disk(whole_size / 2);
  EventLogWriter writer(example_fabric(), {directory_ / "log"});
  for (const Event& event : events) writer.event(event);  // the run goes on
  EXPECT_THAT(input_error_of([&] { writer.finish(); }), testing::HasSubstr("cannot write: File too large"));

  EventLogReader reader(directory_ / "log.partial");
  const std::vector<Event> read = read_all(reader);
  EXPECT_TRUE(reader.truncated());
  EXPECT_GT(read.size(), events.size() / 3);
  EXPECT_EQ(read.size() % kBlockEvents, 0u);
  EXPECT_TRUE(same(read, {events.begin(), events.begin() + static_cast<std::ptrdiff_t>(read.size())}));
  EXPECT_EQ(directory_.entries(), 1);
}

TEST_F(EventLog, BecomesATable) {
  write({{5, TileId(4), EventKind::Hop, 2, 0, 77, 0}, {6, TileId(0), EventKind::Output, 0, 0, 3, -9}});
  const ExportSummary summary = export_csv(directory_ / "log", directory_ / "log.csv");
  EXPECT_EQ(summary.events, 2u);
  EXPECT_FALSE(summary.truncated);
  EXPECT_EQ(read_text_file(directory_ / "log.csv"),
            std::string("cycle,tile_x,tile_y,core,kind,detail,subject,value\n5,1,1,0,") +
                to_string(EventKind::Hop) + ",east,77,0\n6,0,0,0," + to_string(EventKind::Output) +
                ",0,3,-9\n");
}

TEST_F(EventLog, ThatIsDamagedLeavesTheOldTable) {
  Bytes data = write(example_events(1000, 5));
  data[data.size() - kBlockPrefixBytes - 10] ^= 4;
  write_file(directory_ / "log", data);
  write_file(directory_ / "log.csv", std::string_view("old"));
  EXPECT_THROW(export_csv(directory_ / "log", directory_ / "log.csv"), InputError);
  EXPECT_EQ(read_text_file(directory_ / "log.csv"), "old");
  EXPECT_EQ(directory_.entries(), 2);
}

}  // namespace
}  // namespace weft::traces
