// The sections of the page, each from its part of the report.
#pragma once

#include <optional>
#include <string>

#include "app/report/replay/replay.hpp"
#include "model/report/report.hpp"

namespace weft::app::sections {

std::string headline(const Report& report);
std::string accuracy(const AccuracyReport& accuracy);
std::string compression(const CompressionReport& compression);
// Accuracy over the logarithm of the cost: a line per series, the budget, the chosen point; below it the
// points as a table.
std::string tradeoff(const TradeoffReport& tradeoff);
std::string utilization(const UtilizationReport& use);
std::string mapping(const MappingReport& mapping);
// Every figure that has a lower bound, with its gap; empty where none has.
std::string bounds(const Report& report);
std::string fabric(const FabricReport& fabric, const std::optional<SimulationReport>& simulation);
// The replay and the raster; the page's script draws them.
std::string replay(const Replay& replay);
std::string latency(const LatencyReport& latency);
// Empty where the log had no frame's steps.
std::string critical_paths(const LogView& log, const CloserLookReport& look);
std::string tick(const TickReport& tick);
std::string energy(const EnergyReport& energy);
std::string simulation(const Report& report);
std::string provenance(const ProvenanceReport& provenance);

}  // namespace weft::app::sections
