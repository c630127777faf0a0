// Rows of a store for people, for scripts and for spreadsheets.
#pragma once

#include <string>

#include "sweep/store.hpp"

namespace weft::app {

std::string format_table(const sweep::Table& table);       // aligned columns
std::string format_table_json(const sweep::Table& table);  // a list of objects; an empty value is null
std::string format_csv(const sweep::Table& table);         // RFC 4180, with a line of names

// What `counts` says in one line.
std::string format_counts(const sweep::StateCounts& counts);
// How often each stage was found in the cache; a line, or nothing without a cache.
std::string format_reuse(const sweep::ReuseByStage& reuse);

}  // namespace weft::app
