# ONNX Runtime as models/fetch.py put it into the cache: the imported target onnxruntime::onnxruntime.
set(onnxruntime_root ${CMAKE_SOURCE_DIR}/models/cache/onnxruntime)
set(onnxruntime_library ${onnxruntime_root}/lib/libonnxruntime.so.1)
if(NOT EXISTS ${onnxruntime_library} OR NOT EXISTS ${onnxruntime_root}/include/onnxruntime_cxx_api.h)
  message(FATAL_ERROR "ONNX Runtime is not in ${onnxruntime_root}: run `./dev setup`, which gets it "
          "together with the models.")
endif()
add_library(onnxruntime::onnxruntime SHARED IMPORTED)
set_target_properties(onnxruntime::onnxruntime PROPERTIES
  IMPORTED_LOCATION ${onnxruntime_library}
  IMPORTED_SONAME libonnxruntime.so.1
  INTERFACE_INCLUDE_DIRECTORIES ${onnxruntime_root}/include)
