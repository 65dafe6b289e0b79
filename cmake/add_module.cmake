# add_module(<folder> DEPS <module>… USES <external target>…)
#
# The one statement of an edge between modules. The folder's sources become the static library
# `vitrine_<folder>`, its *_test.cc one test program, each *_fuzz.cc a fuzz target (with
# VITRINE_FUZZ), each *_bench.cc a program that is built only when asked for by name. DEPS are
# transitive; `./dev check` compares them with the includes.
include(GoogleTest)

# add_prelude(<name>): a target whose precompiled header others reuse.
function(add_prelude name)
  add_library(${name} STATIC ${CMAKE_SOURCE_DIR}/cmake/prelude.cc)
  target_link_libraries(${name} PUBLIC fmt::fmt Boost::headers Threads::Threads)
  target_precompile_headers(${name} PRIVATE ${CMAKE_SOURCE_DIR}/cmake/prelude.h)
endfunction()

# The preludes, compiled once per build folder: one for every target, one for their tests. With sanitizers
# it costs more to optimise a test than to run it, and it is the libraries' coverage that leads a fuzzer.
add_prelude(vitrine_prelude)
add_prelude(vitrine_test_prelude)
if(VITRINE_SANITIZE)
  target_compile_options(vitrine_test_prelude PUBLIC -O0 -fno-sanitize=fuzzer-no-link)
endif()

function(add_module folder)
  cmake_parse_arguments(MODULE "" "" "DEPS;USES" ${ARGN})
  string(REPLACE "/" "_" name ${folder})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cc)
  file(GLOB tests CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*_test.cc)
  file(GLOB fuzzers CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*_fuzz.cc)
  file(GLOB benches CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*_bench.cc)
  set(mains ${CMAKE_CURRENT_SOURCE_DIR}/main.cc)
  list(REMOVE_ITEM sources ${mains} ${tests} ${fuzzers} ${benches})

  set(dep_targets)
  foreach(dep ${MODULE_DEPS})
    string(REPLACE "/" "_" dep_name ${dep})
    list(APPEND dep_targets vitrine_${dep_name})
  endforeach()

  if(sources)
    add_library(vitrine_${name} STATIC ${sources})
    set(scope PUBLIC)
  else()
    add_library(vitrine_${name} INTERFACE)
    set(scope INTERFACE)
  endif()
  if(sources)
    target_precompile_headers(vitrine_${name} REUSE_FROM vitrine_prelude)
  endif()
  target_include_directories(vitrine_${name} ${scope} ${CMAKE_SOURCE_DIR}/src ${CMAKE_SOURCE_DIR})
  target_link_libraries(vitrine_${name} ${scope} ${dep_targets} ${MODULE_USES})

  if(tests)
    add_executable(${name}_test ${tests})
    target_link_libraries(${name}_test PRIVATE vitrine_${name} vitrine_test_prelude GTest::gtest_main)
    target_precompile_headers(${name}_test REUSE_FROM vitrine_test_prelude)
    gtest_discover_tests(${name}_test DISCOVERY_MODE PRE_TEST TEST_PREFIX "${folder}: "
                         WORKING_DIRECTORY ${CMAKE_SOURCE_DIR} PROPERTIES TIMEOUT 120)
  endif()
  foreach(bench ${benches})
    get_filename_component(target ${bench} NAME_WE)
    add_executable(${target} EXCLUDE_FROM_ALL ${bench})
    target_link_libraries(${target} PRIVATE vitrine_${name})
  endforeach()
  if(VITRINE_FUZZ)
    foreach(fuzzer ${fuzzers})
      get_filename_component(target ${fuzzer} NAME_WE)
      add_executable(${target} ${fuzzer})
      target_link_libraries(${target} PRIVATE vitrine_${name} -fsanitize=fuzzer)
      # Each target has a corpus; its inputs are regression tests too: none may fail again.
      add_test(NAME "${folder}: ${target} over its corpus"
               COMMAND ${target} -runs=0 ${CMAKE_SOURCE_DIR}/fuzz/corpus/${target})
    endforeach()
  endif()
endfunction()
