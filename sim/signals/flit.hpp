// What a link carries in a cycle: a message of a network, or a flit of a packet of synthetic traffic.
#pragma once

#include <cstdint>
#include <ostream>
#include <string>
#include <systemc>
#include <vector>

namespace weft::sim::signals {

struct Flit {
  std::uint32_t key = 0;     // a message's key; of a packet, the tile that it goes to
  std::int32_t value = 0;    // a message's value; of a packet, the flit's number
  std::uint32_t packet = 0;  // which one; messages have none
  bool head = true;          // a message is a packet of one flit, its first and its last
  bool tail = true;

  friend bool operator==(const Flit& a, const Flit& b) {
    return a.key == b.key && a.value == b.value && a.packet == b.packet && a.head == b.head &&
           a.tail == b.tail;
  }
};

// What sc_signal<Flit> asks for.
inline std::ostream& operator<<(std::ostream& out, const Flit& flit) {
  return out << flit.key << ':' << flit.value;
}
inline void sc_trace(sc_core::sc_trace_file* file, const Flit& flit, const std::string& name) {
  sc_core::sc_trace(file, flit.key, name + ".key");
  sc_core::sc_trace(file, flit.value, name + ".value");
}

// What is on the tracks of a link in a cycle, where each sender has a track of its own (circuits).
struct Tracks {
  std::vector<Flit> values;

  friend bool operator==(const Tracks& a, const Tracks& b) { return a.values == b.values; }
};
inline std::ostream& operator<<(std::ostream& out, const Tracks& tracks) {
  return out << tracks.values.size() << " values";
}
inline void sc_trace(sc_core::sc_trace_file*, const Tracks&, const std::string&) {}

}  // namespace weft::sim::signals
