// Damaged event logs: only clean errors or valid events come out. Half of the variants are files with random
// damage, which checksums catch; the other half damaged columns in files whose checksums fit.
#include <gtest/gtest.h>

#include "example_run.hpp"
#include "tests/model/temporary_directory.hpp"
#include "traces/log/event_block.hpp"
#include "traces/log/event_log.hpp"

namespace weft::traces {
namespace {

void damage(Bytes& data, Random& random) {
  for (std::uint64_t count = 1 + random.below(3); count > 0 && !data.empty(); --count) {
    const std::size_t place = random.below(data.size());
    const auto at = data.begin() + static_cast<std::ptrdiff_t>(place);
    switch (random.below(6)) {
      case 0:
        data[place] ^= static_cast<std::uint8_t>(1u << random.below(8));
        break;
      case 1:
        data[place] = static_cast<std::uint8_t>(random.bits());
        break;
      case 2:
        data[place] = random.below(2) == 0 ? 0xff : 0x80;
        break;
      case 3:
        data.erase(at, at + static_cast<std::ptrdiff_t>(
                                std::min<std::size_t>(data.size() - place, 1 + random.below(8))));
        break;
      case 4:
        data.insert(at, 1 + random.below(8), static_cast<std::uint8_t>(random.bits()));
        break;
      default:
        data.resize(place);
        break;
    }
  }
}

Bytes header_of(const Bytes& file) {
  return Bytes(file.begin(), file.begin() + kLogHeaderBytes);
}

// A file of one block with these columns, complete and with checksums that fit.
Bytes forged(const Bytes& header, const Bytes& columns, std::uint32_t count) {
  const Bytes packed = compress_block(columns);
  Bytes block(kBlockMark.begin(), kBlockMark.end());
  put_u32(block, count);
  put_u32(block, static_cast<std::uint32_t>(columns.size()));
  put_u32(block, static_cast<std::uint32_t>(packed.size()));
  put_u64(block, checksum(block, packed));
  Bytes end(kEndMark.begin(), kEndMark.end());
  put_u32(end, 1);
  put_u64(end, count);
  put_u64(end, checksum(end));
  Bytes file = header;
  file.insert(file.end(), block.begin(), block.end());
  file.insert(file.end(), packed.begin(), packed.end());
  file.insert(file.end(), end.begin(), end.end());
  return file;
}

struct Tally {
  int refused = 0, valid = 0;
};

void read_variant(const Bytes& data, Tally& tally) {
  try {
    EventLogReader reader(data, "variant");
    std::vector<Event> events;
    std::uint64_t count = 0;
    while (reader.next(events)) {
      count += events.size();
      for (const Event& event : events) {
        ASSERT_LT(event.tile.value(), reader.header().width * reader.header().height);
        ASSERT_LT(static_cast<int>(event.kind), kEventKinds);
      }
    }
    ASSERT_EQ(count, reader.events());
    ++tally.valid;
  } catch (const InputError&) {
    ++tally.refused;
  }
}

void mutate(int variants) {
  TemporaryDirectory directory;
  const std::vector<Event> events = example_events(120, 1);
  EventLogWriter writer(example_fabric(), {directory / "log"});
  for (const Event& event : events) writer.event(event);
  writer.finish();
  const Bytes file = read_file(directory / "log"), columns = encode_events(events, 2);
  Tally whole_files, forged_files;
  read_variant(file, whole_files);
  read_variant(forged(header_of(file), columns, 120), forged_files);
  ASSERT_EQ(whole_files.valid + forged_files.valid, 2) << "the undamaged files are valid";
  Random random(1);
  for (int i = 0; i < variants / 2; ++i) {
    Bytes data = file;
    damage(data, random);
    read_variant(data, whole_files);
    Bytes damaged_columns = columns;
    damage(damaged_columns, random);
    const auto count = static_cast<std::uint32_t>(random.below(10) == 0 ? 1 + random.below(200) : 120);
    read_variant(forged(header_of(file), damaged_columns, count), forged_files);
  }
  EXPECT_GT(whole_files.refused, variants / 10);
  EXPECT_GT(whole_files.valid, 0) << "files cut short are valid";
  EXPECT_GT(forged_files.refused, variants / 10);
  EXPECT_GT(forged_files.valid, variants / 100) << "columns that say something else";
}

TEST(EventLogMutation, EndsInCleanErrorsOrValidEvents) {
  mutate(5000);
}
TEST(EventLogMutationFull, EndsInCleanErrorsOrValidEvents) {
  mutate(100000);
}

}  // namespace
}  // namespace weft::traces
