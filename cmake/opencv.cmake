# The three parts of OpenCV that pictures need, as imported targets opencv::core and so on. Debian ships
# OpenCV's own CMake package only with all of OpenCV, so they are found one by one.
find_path(opencv_include opencv2/core.hpp PATH_SUFFIXES opencv4 REQUIRED)
foreach(part core imgproc imgcodecs)
  find_library(opencv_${part}_library opencv_${part} REQUIRED)
  add_library(opencv::${part} SHARED IMPORTED)
  set_target_properties(opencv::${part} PROPERTIES
    IMPORTED_LOCATION ${opencv_${part}_library}
    INTERFACE_INCLUDE_DIRECTORIES ${opencv_include})
endforeach()
