// report.json. One description of the fields, visit(), serves both directions: a Writer puts each field under
// its key, a Reader takes it from there, so that what is written can always be read and no key is spelled
// twice.
#include <cmath>
#include <nlohmann/json.hpp>

#include "model/base/error.hpp"
#include "model/report/mapping_fields.hpp"
#include "model/report/report.hpp"

namespace weft {
namespace {

using Json = nlohmann::ordered_json;

struct Writer {
  Json& json;

  template <class T>
  void field(const char* key, T& value) {
    json[key] = value;
  }
  template <class T>
  void field(const char* key, std::optional<T>& value) {
    if (value) json[key] = *value;
  }
  template <class T>
  void section(const char* key, T& value);
  template <class T>
  void section(const char* key, std::optional<T>& value) {
    if (value) section(key, *value);
  }
  template <class T>
  void list(const char* key, std::vector<T>& items);
  template <class T>
  void list_if_any(const char* key, std::vector<T>& items) {
    if (!items.empty()) list(key, items);
  }
};

struct Reader {
  const Json& json;
  const std::string& file;
  std::string path;

  [[noreturn]] void fail(const std::string& key, const std::string& problem) const {
    throw InputError({file, 0, 0}, "key \"" + path + key + "\": " + problem);
  }
  const Json& at(const char* key) const {
    if (!json.is_object() || !json.contains(key)) fail(key, "is missing");
    return json[key];
  }
  bool has(const char* key) const { return json.is_object() && json.contains(key); }

  void take(const Json& from, const char* key, double& value) const {
    if (!from.is_number()) fail(key, "expected a number");
    value = from.get<double>();
  }
  void take(const Json& from, const char* key, std::int64_t& value) const {
    if (!from.is_number_integer()) fail(key, "expected an integer");
    value = from.get<std::int64_t>();
  }
  void take(const Json& from, const char* key, std::uint64_t& value) const {
    if (!from.is_number_unsigned()) fail(key, "expected an integer that is not negative");
    value = from.get<std::uint64_t>();
  }
  void take(const Json& from, const char* key, int& value) const {
    std::int64_t wide = 0;
    take(from, key, wide);
    if (wide < 0 || wide > 1000000) fail(key, "expected an integer from 0 to 1000000");
    value = static_cast<int>(wide);
  }
  void take(const Json& from, const char* key, bool& value) const {
    if (!from.is_boolean()) fail(key, "expected true or false");
    value = from.get<bool>();
  }
  void take(const Json& from, const char* key, std::string& value) const {
    if (!from.is_string()) fail(key, "expected a text");
    value = from.get<std::string>();
  }
  template <class T>
  void take(const Json& from, const char* key, std::map<std::string, T>& value) const {
    if (!from.is_object()) fail(key, "expected an object");
    for (const auto& item : from.items()) take(item.value(), key, value[item.key()]);
  }
  void take(const Json& from, const char* key, std::vector<std::int64_t>& value) const {
    if (!from.is_array()) fail(key, "expected a list");
    for (const Json& item : from) take(item, key, value.emplace_back());
  }

  void take(const Json& from, const char* key, std::vector<std::string>& value) const {
    if (!from.is_array()) fail(key, "expected a list");
    for (const Json& item : from) take(item, key, value.emplace_back());
  }

  template <class T>
  void field(const char* key, T& value) const {
    take(at(key), key, value);
  }
  template <class T>
  void field(const char* key, std::optional<T>& value) const {
    if (has(key)) take(at(key), key, value.emplace());
  }
  template <class T>
  void section(const char* key, T& value) const;
  template <class T>
  void section(const char* key, std::optional<T>& value) const {
    if (has(key)) section(key, value.emplace());
  }
  template <class T>
  void list(const char* key, std::vector<T>& items) const;
  template <class T>
  void list_if_any(const char* key, std::vector<T>& items) const {
    if (has(key)) list(key, items);
  }
};

template <class V>
void visit(V& v, WrongFrameReport& r) {
  v.field("frame", r.frame);
  v.field("label", r.label);
  v.field("answer", r.answer);
  v.field("pixels", r.pixels);
}

template <class V>
void visit(V& v, AnswersReport& r) {
  v.field("classes", r.classes);
  v.field("confusion", r.confusion);
  v.field("wrong_frames", r.wrong_frames);
  v.field("width", r.width);
  v.field("height", r.height);
  v.list("wrong", r.wrong);
}

template <class V>
void visit(V& v, AccuracyReport& r) {
  v.field("float", r.dense);
  v.field("compressed", r.compressed);
  v.field("fixed", r.fixed);
  v.field("fabric", r.fabric);
  v.field("samples", r.samples);
  v.field("mismatches", r.mismatches);
  v.section("answers", r.answers);
}

template <class V>
void visit(V& v, LayerReport& r) {
  v.field("name", r.name);
  v.field("method", r.method);
  v.field("rank", r.rank);
  v.field("synapses_before", r.synapses_before);
  v.field("synapses_after", r.synapses_after);
  v.field("density", r.density);
  v.field("output_error", r.output_error);
  v.field("algebra", r.algebra);
  v.field("damping", r.damping);
}

template <class V>
void visit(V& v, TradeoffPointReport& r) {
  v.field("series", r.series);
  v.field("accuracy", r.accuracy);
  v.field("cost", r.cost);
  v.field("synapses", r.synapses);
  v.field("neurons", r.neurons);
  v.field("plan", r.plan);
  v.field("chosen", r.chosen);
}

template <class V>
void visit(V& v, TradeoffReport& r) {
  v.field("cost", r.cost);
  v.field("dense_accuracy", r.dense_accuracy);
  v.field("dense_cost", r.dense_cost);
  v.field("validation_samples", r.validation_samples);
  v.field("least_accuracy", r.least_accuracy);
  v.field("most_cost", r.most_cost);
  v.field("met", r.met);
  v.list("points", r.points);
}

template <class V>
void visit(V& v, CompressionReport& r) {
  v.field("synapses_before", r.synapses_before);
  v.field("synapses_after", r.synapses_after);
  v.field("ratio", r.ratio);
  v.field("neurons_before", r.neurons_before);
  v.field("neurons_after", r.neurons_after);
  v.list("layers", r.layers);
}

template <class V>
void visit(V& v, UseReport& r) {
  v.field("used", r.used);
  v.field("available", r.available);
  v.field("lower_bound", r.lower_bound);
}

template <class V>
void visit(V& v, UtilizationReport& r) {
  v.section("cores", r.cores);
  v.section("axons", r.axons);
  v.section("neurons", r.neurons);
  v.section("synapses", r.synapses);
  v.section("links", r.links);
}

struct LatencyCycles {
  LatencyReport& latency;
};

template <class V>
void visit(V& v, LatencyCycles& r) {
  v.field("mean", r.latency.cycles_mean);
  v.field("p50", r.latency.cycles_p50);
  v.field("p99", r.latency.cycles_p99);
  v.field("max", r.latency.cycles_max);
}

template <class V>
void visit(V& v, LatencyReport& r) {
  LatencyCycles cycles{r};
  v.section("cycles", cycles);
  v.field("steps", r.steps);
  v.field("seconds", r.seconds);
  v.section("histogram", r.histogram);
}

struct Throughput {
  double& frames_per_second;
};

template <class V>
void visit(V& v, Throughput& r) {
  v.field("frames_per_second", r.frames_per_second);
}

template <class V>
void visit(V& v, EnergyReport& r) {
  v.field("total_joule", r.total_joule);
  v.field("per_frame_joule", r.per_frame_joule);
  v.field("parts", r.parts);
}

template <class V>
void visit(V& v, SimulationReport& r) {
  v.field("cycles", r.cycles);
  v.field("wall_seconds", r.wall_seconds);
  v.field("cpu_seconds", r.cpu_seconds);
  v.field("flit_hops", r.flit_hops);
  v.field("synaptic_ops", r.synaptic_ops);
  v.field("peak_rss_bytes", r.peak_rss_bytes);
}

template <class V>
void visit(V& v, LateTileReport& r) {
  v.field("step", r.step);
  v.field("x", r.x);
  v.field("y", r.y);
  v.field("messages", r.messages);
  v.field("core", r.core);
}

template <class V>
void visit(V& v, TickReport& r) {
  v.field("cycles", r.cycles);
  v.field("late_messages", r.late_messages);
  v.field("late_steps", r.late_steps);
  v.field("sufficient_cycles", r.sufficient_cycles);
  v.list("first", r.first);
}

template <class V>
void visit(V& v, CoreReport& r) {
  v.field("population", r.population);
  v.field("axons", r.axons);
  v.field("neurons", r.neurons);
  v.field("synapses", r.synapses);
}

template <class V>
void visit(V& v, TileReport& r) {
  v.field("x", r.x);
  v.field("y", r.y);
  v.field("population", r.population);
  v.field("axons", r.axons);
  v.field("neurons", r.neurons);
  v.field("synapses", r.synapses);
  v.list_if_any("cores", r.cores);
  v.field("busy_cycles", r.busy_cycles);
  v.field("stall_cycles", r.stall_cycles);
  v.field("flits_north", r.flits_north);
  v.field("flits_east", r.flits_east);
  v.field("flits_south", r.flits_south);
  v.field("flits_west", r.flits_west);
  v.field("flits_edge", r.flits_edge);
  v.field("routes", r.routes);
}

template <class V>
void visit(V& v, FlowReport& r) {
  v.field("from", r.from);
  v.field("to", r.to);
  v.field("senders", r.senders);
}

template <class V>
void visit(V& v, FabricReport& r) {
  v.field("name", r.name);
  v.field("width", r.width);
  v.field("height", r.height);
  v.list("tiles", r.tiles);
  v.list_if_any("flows", r.flows);
}

template <class V>
void visit(V& v, WatchedFrameReport& r) {
  v.field("name", r.name);
  v.field("frame", r.frame);
  v.field("cycles", r.cycles);
  v.field("first_step", r.first_step);
  v.field("steps", r.steps);
}

template <class V>
void visit(V& v, CloserLookReport& r) {
  v.field("events", r.events);
  v.field("of_frames", r.of_frames);
  v.list("frames", r.frames);
}

template <class V>
void visit(V& v, InterruptedReport& r) {
  v.field("stage", r.stage);
  v.field("frames_done", r.frames_done);
  v.field("frames", r.frames);
  v.field("steps_done", r.steps_done);
  v.field("steps", r.steps);
}

template <class V>
void visit(V& v, ProvenanceReport& r) {
  v.field("version", r.version);
  v.field("seed", r.seed);
  v.field("digests", r.digests);
  v.field("effective_config", r.effective_config);
}

template <class V>
void visit(V& v, Report& r) {
  v.field("title", r.title);
  v.section("accuracy", r.accuracy);
  v.section("compression", r.compression);
  v.section("tradeoff", r.tradeoff);
  v.section("utilization", r.utilization);
  v.section("latency", r.latency);
  v.section("energy", r.energy);
  v.section("mapping", r.mapping);
  v.section("simulation", r.simulation);
  v.section("tick", r.tick);
  v.section("fabric", r.fabric);
  v.section("closer_look", r.closer_look);
  v.section("interrupted", r.interrupted);
  v.section("provenance", r.provenance);
  v.field("stage_seconds", r.stage_seconds);
}

template <class T>
void Writer::section(const char* key, T& value) {
  Json inner = Json::object();
  Writer writer{inner};
  visit(writer, value);
  json[key] = std::move(inner);
}

template <class T>
void Writer::list(const char* key, std::vector<T>& items) {
  Json array = Json::array();
  for (T& item : items) {
    Json inner = Json::object();
    Writer writer{inner};
    visit(writer, item);
    array.push_back(std::move(inner));
  }
  json[key] = std::move(array);
}

template <class T>
void Reader::section(const char* key, T& value) const {
  const Json& inner = at(key);
  if (!inner.is_object()) fail(key, "expected an object");
  Reader reader{inner, file, path + key + "."};
  visit(reader, value);
}

template <class T>
void Reader::list(const char* key, std::vector<T>& items) const {
  const Json& array = at(key);
  if (!array.is_array()) fail(key, "expected a list");
  for (const Json& item : array) {
    Reader reader{item, file, path + key + "[" + std::to_string(items.size()) + "]."};
    visit(reader, items.emplace_back());
  }
}

// What the pictures of the answers rely on.
void check(const AnswersReport& answers, const std::string& file) {
  const auto refuse = [&](const std::string& key, const std::string& problem) {
    throw InputError({file, 0, 0}, "key \"accuracy.answers." + key + "\": " + problem);
  };
  const std::size_t classes = answers.classes.size();
  if (answers.confusion.size() != classes * classes)
    refuse("confusion",
           "expected " + std::to_string(classes * classes) + " counts, one for each two classes");
  for (const WrongFrameReport& frame : answers.wrong)
    for (const std::int64_t number : {frame.label, frame.answer})
      if (number < 0 || static_cast<std::size_t>(number) >= classes)
        refuse("wrong", "a class " + std::to_string(number) + " of " + std::to_string(classes));
}

}  // namespace

std::string format_report_json(const Report& report) {
  Report copy = report;  // visit() is written once for both directions and wants to assign
  Json json = Json::object();
  Writer writer{json};
  visit(writer, copy);
  if (copy.frames_per_second) {
    Throughput throughput{*copy.frames_per_second};
    writer.section("throughput", throughput);
  }
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Report parse_report_json(const std::string& text, const std::string& file) {
  Json json;
  try {
    json = Json::parse(text);
  } catch (const Json::exception& error) {
    throw InputError({file, 0, 0}, "not JSON: " + std::string(error.what()));
  }
  if (!json.is_object()) throw InputError({file, 0, 0}, "a JSON value that is no object", "a Weft report");
  Report report;
  Reader reader{json, file, ""};
  visit(reader, report);
  if (report.accuracy && report.accuracy->answers) check(*report.accuracy->answers, file);
  if (reader.has("throughput")) {
    Throughput throughput{report.frames_per_second.emplace()};
    reader.section("throughput", throughput);
  }
  return report;
}

}  // namespace weft
