// Inside of the waveform writer: which signals are chosen, and the nested scopes that they stand in.
#pragma once

#include <string>
#include <vector>

#include "model/fabric/event.hpp"

namespace weft::traces {

// Whether a scope speaks of potentials: these are chosen by such scopes only, as '*' would mean each
// neuron's.
bool names_potentials(const std::string& scope);

// True for each signal that some scope matches. Throws InputError for the first scope that matches nothing.
std::vector<bool> choose_signals(const std::vector<SignalInfo>& signals,
                                 const std::vector<std::string>& scopes);

// Walks the tree of scopes that the dotted names make, depth first: a scope's own signals, then the scopes in
// it, each once, in the order of their first signals.
class ScopeVisitor {
 public:
  virtual ~ScopeVisitor() = default;
  virtual void open(const std::string& scope) = 0;
  virtual void signal(std::size_t number, const std::string& last_name) = 0;
  virtual void close() = 0;
};
void visit_scopes(const std::vector<SignalInfo>& signals, ScopeVisitor& visitor);

}  // namespace weft::traces
