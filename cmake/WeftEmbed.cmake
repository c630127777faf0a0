# weft_embed(TARGET FUNCTION files...)
# Puts text files into a library, so that the program finds them wherever it is installed. TARGET gains a source,
# written into the build folder, that defines
#   const std::vector<weft::EmbeddedFile>& weft::FUNCTION();      (model/base/embedded.hpp)
# with one entry per file: its name without folder and the whole text.
function(weft_embed target function)
  set(entries "")
  foreach(path ${ARGN})
    get_filename_component(path "${path}" ABSOLUTE)
    get_filename_component(name "${path}" NAME)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${path}")
    file(READ "${path}" text)
    string(APPEND entries "      {\"${name}\", R\"weft(${text})weft\"},\n")
  endforeach()
  set(source "${CMAKE_CURRENT_BINARY_DIR}/${function}.cpp")
  file(CONFIGURE OUTPUT "${source}" @ONLY CONTENT "// Written by WeftEmbed.cmake.
#include \"model/base/embedded.hpp\"

namespace weft {

const std::vector<EmbeddedFile>& @function@();
const std::vector<EmbeddedFile>& @function@() {
  static const std::vector<EmbeddedFile> files = {
@entries@  };
  return files;
}

}  // namespace weft
")
  target_sources(${target} PRIVATE "${source}")
endfunction()
