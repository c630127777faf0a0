// The spike and message raster of a log.
#include "model/base/npz.hpp"
#include "traces/export/exports.hpp"
#include "traces/question/step_events.hpp"

namespace weft::traces {
namespace {

struct Columns {
  std::vector<std::uint32_t> step, tile, subject;
  std::vector<std::uint8_t> core;
  std::vector<std::uint64_t> cycle;
  std::vector<std::int32_t> value;

  void add(std::uint32_t in_step, const Event& event) {
    step.push_back(in_step);
    cycle.push_back(event.cycle);
    tile.push_back(event.tile.value());
    core.push_back(event.core);
    subject.push_back(event.subject);
    value.push_back(event.value);
  }
  void store(NpzArchive& archive, const std::string& prefix, const char* subject_name) const {
    archive.arrays[prefix + "step"] = NpyArray::from(step);
    archive.arrays[prefix + "cycle"] = NpyArray::from(cycle);
    archive.arrays[prefix + "tile"] = NpyArray::from(tile);
    archive.arrays[prefix + "core"] = NpyArray::from(core);
    archive.arrays[prefix + subject_name] = NpyArray::from(subject);
    archive.arrays[prefix + "value"] = NpyArray::from(value);
  }
};

}  // namespace

ExportSummary export_raster(const std::filesystem::path& log, const std::filesystem::path& npz) {
  StepReader reader(log);
  Columns spikes, messages;
  StepEvents step;
  while (reader.next(step)) {
    for (const Event& event : step.events) {
      if (event.kind == EventKind::Update) spikes.add(step.step, event);
      if (event.kind == EventKind::Send || event.kind == EventKind::Inject) messages.add(step.step, event);
    }
  }
  const EventLogHeader& header = reader.header();
  NpzArchive archive;
  archive.header = "{\"kind\": \"weft raster\", \"fabric\": \"" + header.fabric.hex() +
                   "\", \"width\": " + std::to_string(header.width) +
                   ", \"height\": " + std::to_string(header.height) + "}\n";
  spikes.store(archive, "", "neuron");
  messages.store(archive, "message_", "key");
  write_npz(npz, archive);
  return {reader.events(), spikes.step.size() + messages.step.size(), reader.truncated()};
}

}  // namespace weft::traces
