# Flags that hold for every target. VITRINE_SANITIZE: empty, "address,undefined" or "thread".
set(VITRINE_SANITIZE "" CACHE STRING "Sanitizers to build with")
option(VITRINE_FUZZ "Build the libFuzzer targets" OFF)

if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang" OR CMAKE_CXX_COMPILER_VERSION VERSION_LESS 19)
  message(FATAL_ERROR "Vitrine is built with clang-19 (found ${CMAKE_CXX_COMPILER_ID} "
          "${CMAKE_CXX_COMPILER_VERSION}); `./dev setup` installs it, `./dev build` selects it.")
endif()

add_compile_options(-Wall -Wextra -Wnon-virtual-dtor -Wimplicit-fallthrough
                    -Wno-missing-designated-field-initializers -Werror
                    -fno-omit-frame-pointer -gline-tables-only)
add_compile_definitions(_GLIBCXX_ASSERTIONS)
add_link_options(-fuse-ld=lld-19)
if(VITRINE_SANITIZE)
  add_compile_options(-fsanitize=${VITRINE_SANITIZE} -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${VITRINE_SANITIZE})
endif()
# ccache can only tell precompiled headers apart when they hold no time stamps.
add_compile_options("$<$<COMPILE_LANGUAGE:CXX>:SHELL:-Xclang -fno-pch-timestamp>")
set(CMAKE_PCH_INSTANTIATE_TEMPLATES ON)

if(VITRINE_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()

find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
  set(CMAKE_C_COMPILER_LAUNCHER ${CCACHE})
endif()
