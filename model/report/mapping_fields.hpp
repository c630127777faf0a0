// The fields of report.json's section mapping, for report_json.cpp alone: each visit() calls field(),
// section() or list() of the visitor for every field, whether it writes or reads.
#pragma once

#include "model/report/report.hpp"

namespace weft {

template <class V>
void visit(V& v, HistogramReport& r) {
  v.field("first", r.first);
  v.field("width", r.width);
  v.field("counts", r.counts);
}

template <class V>
void visit(V& v, RouterIterationReport& r) {
  v.field("iteration", r.iteration);
  v.field("overused", r.overused);
  v.field("ripped", r.ripped);
  v.field("wirelength", r.wirelength);
}

template <class V>
void visit(V& v, CircuitReport& r) {
  v.field("tracks", r.tracks);
  v.field("channel_width", r.channel_width);
  v.field("lower_bound_any_mapping", r.bound_any);
  v.field("lower_bound_given_clusters", r.bound_clusters);
  v.field("lower_bound_given_placement", r.bound_placement);
  v.list("iterations", r.iterations);
  v.section("occupancy", r.occupancy);
}

template <class V>
void visit(V& v, PlacerRoundReport& r) {
  v.field("round", r.round);
  v.field("start", r.start);
  v.field("moves", r.moves);
  v.field("accepted", r.accepted);
  v.field("cost", r.cost);
  v.field("max_link_load", r.max_link_load);
}

template <class V>
void visit(V& v, TrafficReport& r) {
  v.field("frames", r.frames);
  v.field("messages", r.messages);
  v.field("flit_hops", r.flit_hops);
  v.field("max_link_load", r.max_link_load);
  v.field("max_port_load", r.max_port_load);
  v.field("used", r.used);
}

template <class V>
void visit(V& v, CriticalPathReport& r) {
  v.field("kind", r.kind);
  v.field("from", r.from);
  v.field("to", r.to);
  v.field("cycles", r.cycles);
  v.field("rows", r.rows);
  v.field("updates", r.updates);
  v.field("messages", r.messages);
  v.field("links", r.links);
}

template <class V>
void visit(V& v, CoreBoundReport& r) {
  v.field("counts", r.counts);
  v.field("cores", r.cores);
  v.field("holds", r.holds);
}

template <class V>
void visit(V& v, MappingReport& r) {
  v.field("hops", r.hops);
  v.field("multicast_hops", r.multicast_hops);
  v.field("unicast_hops", r.unicast_hops);
  v.field("lower_bound", r.hops_lower_bound);
  v.field("max_link_load", r.max_link_load);
  v.field("route_entries", r.route_entries);
  v.field("max_table_entries", r.max_table_entries);
  v.field("partial_sums", r.partial_sums);
  v.field("added_steps", r.added_steps);
  v.section("circuits", r.circuits);
  v.field("unshared_entries", r.unshared_entries);
  v.field("max_unshared_entries", r.max_unshared_entries);
  v.list_if_any("placer", r.placer);
  v.section("traffic", r.traffic);
  v.section("link_loads", r.link_loads);
  v.section("critical_path", r.critical_path);
  v.list_if_any("core_bounds", r.core_bounds);
  v.field("packing_optimal", r.packing_optimal);
}

}  // namespace weft
