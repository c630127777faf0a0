# weft_test(NAME SOURCES ... LINK targets...)
# One GoogleTest executable per wing, every test its own process under CTest. A suite whose name ends in
# "Full" is of the full tier, every other one of the quick tier.
include(GoogleTest)
find_package(GTest REQUIRED)
function(weft_test name)
  cmake_parse_arguments(arg "" "" "SOURCES;LINK" ${ARGN})
  add_executable(weft_${name}_tests ${arg_SOURCES})
  target_include_directories(weft_${name}_tests PRIVATE "${PROJECT_SOURCE_DIR}")
  target_link_libraries(weft_${name}_tests PRIVATE weft_build_flags GTest::gtest GTest::gtest_main GTest::gmock ${arg_LINK})
  set(environment "SYSTEMC_DISABLE_COPYRIGHT_MESSAGE=1")
  gtest_discover_tests(weft_${name}_tests TEST_FILTER "-*Full.*:*Full/*" DISCOVERY_MODE PRE_TEST
    WORKING_DIRECTORY "${PROJECT_SOURCE_DIR}"
    PROPERTIES LABELS quick TIMEOUT 170 ENVIRONMENT "${environment}")
  gtest_discover_tests(weft_${name}_tests TEST_FILTER "*Full.*:*Full/*" DISCOVERY_MODE PRE_TEST
    WORKING_DIRECTORY "${PROJECT_SOURCE_DIR}"
    PROPERTIES LABELS full TIMEOUT 1400 ENVIRONMENT "${environment}")
endfunction()
