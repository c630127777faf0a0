// Damaged variants of valid files: bits, bytes, blocks, and numbers at the edges of their types.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "model/base/files.hpp"
#include "model/base/random.hpp"

namespace weft {

// One to four damages of random kinds at random places. Nearly as long as the original, or shorter; rarely a
// run of some thousand equal characters (deep nesting, in YAML and JSON).
Bytes damage(const Bytes& valid, Random& random);

// A zip archive of raw members, so that a member can be damaged and still carry the right CRC.
using Members = std::vector<std::pair<std::string, Bytes>>;
Members unzip(const Bytes& archive);
Bytes zip(const Members& members);

// Damages an npz archive inside: a member's bytes, its name, its presence, or the length of its array.
Bytes damage_members(const Members& valid, Random& random);

// Feeds a reader with so many variants, each from its own random numbers, under a limit of memory. `read`
// throws InputError, or returns what is invalid in the object that it read. Stops at the first variant that
// is neither.
struct Feeding {
  int refused = 0;      // variants that ended in an InputError
  std::string failure;  // empty, or the variant with what came out
};
Feeding feed(const std::string& name, int variants, const std::function<Bytes(Random&)>& variant,
             const std::function<std::string(const Bytes&)>& read);

}  // namespace weft
