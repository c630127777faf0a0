# weft_library(NAME SOURCES ... [PUBLIC targets...] [PRIVATE targets...])
# One library per wing: target weft_NAME with the alias weft::NAME. Packages belong under PRIVATE, so that
# no header of another wing can reach them.
function(weft_library name)
  cmake_parse_arguments(arg "" "" "SOURCES;PUBLIC;PRIVATE" ${ARGN})
  add_library(weft_${name} STATIC ${arg_SOURCES})
  add_library(weft::${name} ALIAS weft_${name})
  set_target_properties(weft_${name} PROPERTIES EXPORT_NAME ${name} POSITION_INDEPENDENT_CODE ON)
  target_include_directories(weft_${name} PUBLIC
    "$<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>" "$<INSTALL_INTERFACE:include/weft>")
  target_compile_features(weft_${name} PUBLIC cxx_std_17)
  target_link_libraries(weft_${name} PUBLIC ${arg_PUBLIC}
    PRIVATE "$<BUILD_INTERFACE:weft_build_flags>" ${arg_PRIVATE})
endfunction()
