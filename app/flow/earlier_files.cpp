// Asked before the work begins, so that no hour of it is lost to a name.
#include "app/flow/earlier_files.hpp"

#include "model/base/error.hpp"
#include "model/base/files.hpp"

namespace weft::app {

namespace fs = std::filesystem;

void protect_earlier_checkpoint(const fs::path& file, const fs::path& resume) {
  make_output_directory(fs::absolute(file).parent_path());
  std::error_code none;
  if (fs::exists(file) && !fs::equivalent(file, resume, none))
    throw InputError({file.string()}, "an earlier checkpoint",
                     "a new file, or --resume with this one to go on from it");
}

void protect_earlier_record(const fs::path& file) {
  if (fs::exists(file))
    throw InputError({file.string()}, "a file that may hold the run up to the checkpoint",
                     "a new one for the cycles from there on");
}

}  // namespace weft::app
