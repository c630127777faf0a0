// Stages from the cache against stages computed: the same figures, bit for bit, and keys that name all that a
// stage reads.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "app/reuse/entries.hpp"
#include "app/reuse/stage_keys.hpp"
#include "mapping/map.hpp"
#include "model/fabric/presets.hpp"
#include "tests/app/sweep_results.hpp"
#include "tests/app/weft_program.hpp"
#include "tests/mapping/nets_for_tests.hpp"

namespace weft::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using namespace app;
namespace fs = std::filesystem;

const char* const kSweep = R"(flow_text: |
  data: {train_samples: 200}
  network: {hidden: [16]}
  train: {epochs: 1}
  compress: {layers: [{projection: fc1, rank: 4}], prune_rounds: 1, final_epochs: 1}
  fabric: {preset: default, width: 3, height: 3}
  map: {pack_rounds: 1, place_moves: 100}
  run: {frames: 4}
axes:
  run.frames: [4, 6]
  fabric.core.neurons: [1, 64]
  fabric.router.link_cycles: [1, 2]
objectives: {minimize: [energy.per_frame_joule]}
)";

class ReusedSweep : public testing::Test {
 protected:
  void SetUp() override {
    if (!has_fashion_mnist()) GTEST_SKIP() << "Fashion-MNIST is not here";
    file_ = scratch_.file("sweep.yaml", kSweep);
  }
  Finished act(const std::string& action, const std::string& output,
               const std::vector<std::string>& more = {}) {
    std::vector<std::string> words = {"--json", "sweep", action, file_, "-o", scratch_ / output};
    words.insert(words.end(), more.begin(), more.end());
    return run_weft(words);
  }
  // Runs and gives the counts.
  json run(const std::string& output, const std::vector<std::string>& more = {}) {
    const Finished finished = act("run", output, more);
    EXPECT_EQ(finished.code, 0) << finished.err;
    return json::parse(finished.out);
  }
  json results(const std::string& output) { return json::parse(timeless(act("export", output).out)); }

  Scratch scratch_;
  std::string file_;
};

TEST_F(ReusedSweep, HasTheFiguresOfOneThatComputesEverything) {
  EXPECT_FALSE(run("computed", {"--cache", "none"}).contains("reuse"));
  EXPECT_FALSE(fs::exists(scratch_ / "computed/cache"));
  const json expected = results("computed");
  ASSERT_EQ(expected.size(), 8u);
  EXPECT_EQ(expected[0]["state"], "infeasible");
  EXPECT_EQ(expected[2]["state"], "done");

  const std::vector<std::string> shared = {"--cache", scratch_ / "cache"};
  const json first = run("first", shared)["reuse"];
  EXPECT_EQ(results("first"), expected);
  for (const char* stage : {"train", "compress", "quantize"}) {
    EXPECT_EQ(first[stage]["misses"], 1) << stage << ": once for all frames, fabrics and processes";
    EXPECT_EQ(first[stage]["hits"], 7) << stage;
  }
  EXPECT_EQ(first["map"]["misses"], 2) << "one for each core, none for the links; also what fits nowhere";

  const json later = run("later", shared)["reuse"];
  EXPECT_EQ(results("later"), expected);
  for (const char* stage : {"train", "compress", "quantize", "map"})
    EXPECT_EQ(later[stage]["misses"], 0) << stage;
  EXPECT_THAT(run_weft({"sweep", "status", file_, "-o", scratch_ / "later"}).out,
              HasSubstr("found in the cache: compress 8 of 8 times, map 8 of 8 times"));
}

TEST_F(ReusedSweep, SharesWithLaterSweepsOfTheUserWithoutBeingAsked) {
  std::string text = kSweep;  // of one point
  for (const char* list : {"[4, 6]", "[1, 64]", "[1, 2]"})
    text.replace(text.find(list), std::string(list).size(), list == std::string("[1, 64]") ? "[64]" : "[4]");
  file_ = scratch_.file("sweep.yaml", text);
  const auto first_run = [&](const std::string& output,
                             const std::map<std::string, std::string>& environment) {
    const Finished run = run_weft({"--json", "sweep", "run", file_, "-o", scratch_ / output}, environment);
    EXPECT_EQ(run.code, 0) << run.err;
    const json counts = json::parse(run.out);
    return counts.contains("reuse") ? counts["reuse"]["train"]["misses"].get<int>() : -1;
  };
  const std::map<std::string, std::string> caches = {{"XDG_CACHE_HOME", scratch_ / "caches"}};
  EXPECT_EQ(first_run("first", caches), 1);
  EXPECT_TRUE(fs::is_directory(scratch_ / "caches/weft"));
  EXPECT_EQ(first_run("later", caches), 0) << "another store, the same stages";
  EXPECT_EQ(first_run("home", {{"XDG_CACHE_HOME", ""}, {"HOME", scratch_ / "home"}}), 1);
  EXPECT_TRUE(fs::is_directory(scratch_ / "home/.cache/weft"));
  EXPECT_EQ(first_run("nobody", {{"XDG_CACHE_HOME", "relative"}, {"HOME", ""}}), 1);
  EXPECT_TRUE(fs::is_directory(scratch_ / "nobody/cache")) << "of a user without a home: beside the store";
  EXPECT_EQ(first_run("readonly", {{"XDG_CACHE_HOME", "/dev/null"}}), -1)
      << "no place is a warning, not an error";
}

TEST_F(ReusedSweep, LoadsTheSamplesThatEachPointAsksFor) {
  std::string text = kSweep;
  text.replace(text.find("axes:"), 5, "axes:\n  data.shift_pixels: [0, 1]\n  data.train_samples: [100, 200]");
  text.replace(text.find("  run.frames: [4, 6]"), 20, "  run.frames: [4]");
  text.replace(text.find("[1, 64]"), 7, "[64]");
  text.replace(text.find("link_cycles: [1, 2]"), 19, "link_cycles: [1]");
  file_ = scratch_.file("sweep.yaml", text);
  run("out");
  std::set<std::string> samples;
  for (const json& row : results("out")) samples.insert(row["provenance.digests.train_data"]);
  EXPECT_EQ(samples.size(), 4u);
}

TEST_F(ReusedSweep, ComputesAgainWhatIsDamagedOrWasDropped) {
  const std::vector<std::string> shared = {"--cache", scratch_ / "cache"};
  run("first", shared);
  const json expected = results("first");
  int number = 0;
  for (const auto& entry : fs::recursive_directory_iterator(scratch_ / "cache")) {
    if (!entry.is_regular_file() || entry.path().filename() == "size") continue;
    if (++number % 3 == 0) fs::remove(entry.path());
    if (number % 3 == 1) std::fstream(entry.path(), std::ios::in | std::ios::out).seekp(40).put('#');
  }
  ASSERT_GT(number, 10);
  run("again", shared);
  EXPECT_EQ(results("again"), expected);
}

TEST_F(ReusedSweep, StaysWithinTheLimitOfItsCache) {
  const std::string text = kSweep;
  file_ = scratch_.file("sweep.yaml", text + "limits: {seconds: 60}\n");
  run("out", {"--cache", scratch_ / "out/cache", "--cache-limit", "1"});
  std::uintmax_t bytes = 0;
  for (const auto& entry : fs::recursive_directory_iterator(scratch_ / "out/cache"))
    if (entry.is_regular_file()) bytes += entry.file_size();
  EXPECT_GT(bytes, 0u);
  EXPECT_LE(bytes, std::uintmax_t{1} << 20);
  EXPECT_EQ(act("run", "other", {"--cache-limit", "0"}).code, 2);
  EXPECT_EQ(act("run", "other", {"--cache", "/dev/null/x"}).code, 3);
}

FlowConfig flow(const std::string& change = "") {
  std::vector<std::string> overrides;
  if (!change.empty()) overrides.push_back(change);
  return parse_flow_config(
      "network: {hidden: [16]}\ntrain: {epochs: 1}\ncompress: {layers: [{projection: fc1, rank: 4}]}\n"
      "fabric: {preset: default}\n",
      "f.yaml", overrides);
}

struct Keys {
  Digest start, train, compress, quantize, map;
};

// With equal inputs from the stage before, so that each key shows its own settings alone.
Keys keys(const FlowConfig& config) {
  DataSplits data;
  data.test.shape = {1, 28, 28};
  data.test.classes = 10;
  const Digest same{1, 2};
  const DataDigests digests{{3, 4}, {5, 6}};
  return {start_key(config, data), train_key(same, config, same, digests),
          compress_key(same, config, same, digests), quantize_key(same, config, same, digests),
          map_key(same, config, same, digests)};
}

TEST(StageKeys, ChangeWithEverySettingOfTheirStageAndWithNoOther) {
  const Keys plain = keys(flow());
  struct Case {
    const char* change;
    bool start, train, compress, quantize, map;
  };
  for (const Case& c : std::vector<Case>{{"seed=2", true, true, true, true, true},
                                         {"network.hidden=[17]", true, false, false, false, false},
                                         {"train.epochs=2", false, true, false, false, false},
                                         {"train.weight_decay=0.5", false, true, false, false, false},
                                         {"compress.layers[0].rank=5", false, false, true, false, false},
                                         {"compress.damping=0.5", false, false, true, false, false},
                                         {"compress.retrain.epochs=9", false, false, true, false, false},
                                         {"quantize.weight_bits=7", false, false, false, true, false},
                                         {"map.pack_rounds=7", false, false, false, false, true},
                                         {"map.traffic=uniform", false, false, false, false, true},
                                         {"fabric.core.axons=100", false, false, false, false, true},
                                         {"fabric.clock_hz=1000", false, false, false, false, false},
                                         {"run.frames=7", false, false, false, false, false}}) {
    const Keys changed = keys(flow(c.change));
    EXPECT_EQ(changed.start != plain.start, c.start) << c.change;
    EXPECT_EQ(changed.train != plain.train, c.train) << c.change;
    EXPECT_EQ(changed.compress != plain.compress, c.compress) << c.change;
    EXPECT_EQ(changed.quantize != plain.quantize, c.quantize) << c.change;
    EXPECT_EQ(changed.map != plain.map, c.map) << c.change;
  }
}

TEST(StageKeys, ChangeWithProgramDataAndWhatCameBefore) {
  const FlowConfig config = flow();
  const Digest a{1, 1}, b{2, 2};
  const DataDigests data{a, a};
  EXPECT_NE(train_key(a, config, a, data), train_key(b, config, a, data));
  EXPECT_NE(train_key(a, config, a, data), train_key(a, config, b, data));
  EXPECT_NE(train_key(a, config, a, data), train_key(a, config, a, {b, a}));
  EXPECT_EQ(train_key(a, config, a, data), train_key(a, config, a, {a, b}))
      << "trained on training samples alone";
  EXPECT_NE(accuracy_key(a, a, {a, a}), accuracy_key(a, a, {a, b}));
  EXPECT_NE(compress_key(a, config, a, data), quantize_key(a, config, a, data));
  EXPECT_NE(map_key(a, config, a, data), map_key(a, config, a, {b, a})) << "its messages are counted";
  const FlowConfig uniform = flow("map.traffic=uniform");
  EXPECT_EQ(map_key(a, uniform, a, data), map_key(a, uniform, a, {b, a}));
}

// What mapped_part() leaves out must not matter: the mapper itself is asked, for each key alone.
TEST(MappedPart, LeavesOutOnlyWhatNoMappingLooksAt) {
  const FixedNetwork network = mapping::layered_network({{20, 30, 10}, 50, 8}, Random(3));
  const char* const base =
      "name: f\nwidth: 4\nheight: 4\ncore: {axons: 24, neurons: 16}\nrouter: {buffer_depth: 4}\n";
  mapping::MapParams params;
  params.pack_rounds = 20;
  params.place_moves = 2000;
  const auto image_of = [&](const Fabric& fabric) {
    Image image = mapping::map_network(network, fabric, params).image;
    image.fabric = Digest();
    return digest(image);
  };
  const Fabric plain = parse_fabric(base, "f.yaml");
  const Digest expected = image_of(plain);
  for (const char* change :
       {"clock_hz=5e6", "router.arbitration=fixed_priority", "router.buffer_depth=9",
        "router.pipeline_cycles=3", "router.link_cycles=4", "router.credit_cycles=3",
        "step.barrier_cycles=99", "step.synchronization=tick", "step.tick_cycles=777", "core.output_queue=3",
        "energy.hop_joule=1", "energy.row_joule=1", "area.core_mm2=9"}) {
    const Fabric changed = parse_fabric(base, "f.yaml", {change});
    EXPECT_NE(digest(changed), digest(plain)) << change;
    EXPECT_EQ(digest(mapped_part(changed)), digest(mapped_part(plain))) << change;
    EXPECT_EQ(image_of(changed), expected) << change;
  }
  for (const char* change : {"core.row_cycles=2", "core.row_lanes=2", "core.neuron_lanes=4",
                             "router.table_entries=9", "width=5", "core.weight_bits=9", "router.link_bits=8",
                             "ports.cycles_per_flit=3", "ports.north=true", "core.max_delay=3"})
    EXPECT_NE(digest(mapped_part(parse_fabric(base, "f.yaml", {change}))), digest(mapped_part(plain)))
        << change;
}

TEST(Entries, RefuseWhatIsNotTheirs) {
  for (const char* text : {"", "r", "r{}x", "x{}", "r{\"accuracy\": 3}"}) {
    const std::string bytes = text;
    EXPECT_FALSE(from_bytes<StageFigures>(Bytes(bytes.begin(), bytes.end()))) << text;
  }
  EXPECT_FALSE(from_bytes<Network>({1, 2, 3}));
  EXPECT_FALSE(from_bytes<Image>({}));
  EXPECT_FALSE(from_bytes<double>({1}));
  EXPECT_EQ(from_bytes<double>(to_bytes(0.1)), 0.1);
  EXPECT_EQ(from_bytes<StageFigures>(to_bytes(StageFigures{{}, "no room"}))->refusal, "no room");
}

}  // namespace
}  // namespace weft::test
