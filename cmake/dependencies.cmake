# Every external library, found once. Versions are minimums; docs/decisions/dependencies.md says why each.
find_package(Threads REQUIRED)
find_package(Boost 1.81 REQUIRED COMPONENTS json)
find_package(OpenSSL 3.0 REQUIRED)
find_package(CURL 7.87 REQUIRED COMPONENTS SSL)
find_package(fmt 9 REQUIRED)
find_package(mimalloc 2.0 REQUIRED)
find_package(spdlog 1.10 REQUIRED)
find_package(GTest 1.12 REQUIRED)
find_package(rapidcheck REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(libcbor REQUIRED IMPORTED_TARGET libcbor>=0.8)
pkg_check_modules(rocksdb REQUIRED IMPORTED_TARGET rocksdb>=7.8)
pkg_check_modules(isal REQUIRED IMPORTED_TARGET libisal>=2.30)
pkg_check_modules(pugixml REQUIRED IMPORTED_TARGET pugixml>=1.12)
find_path(ipsec_mb_include intel-ipsec-mb.h REQUIRED)
find_library(ipsec_mb_library IPSec_MB REQUIRED)
add_library(ipsec_mb::ipsec_mb SHARED IMPORTED)
set_target_properties(ipsec_mb::ipsec_mb PROPERTIES
  IMPORTED_LOCATION ${ipsec_mb_library}
  INTERFACE_INCLUDE_DIRECTORIES ${ipsec_mb_include})
find_package(tomlplusplus 3.2 REQUIRED)
find_package(CLI11 2.1 REQUIRED)
pkg_check_modules(prometheus REQUIRED IMPORTED_TARGET prometheus-cpp-core>=1.0)

# Asio is used header-only, on epoll, without its own deprecated names.
add_compile_definitions(BOOST_ASIO_NO_DEPRECATED BOOST_ASIO_DISABLE_VISIBILITY)
