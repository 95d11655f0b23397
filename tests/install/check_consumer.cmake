# SPDX-License-Identifier: MIT OR Apache-2.0
# Configures the project in consumer/ and compiles its source: flnet is usable by add_subdirectory.
# cmake -DROOT=<project> -DWORK=<folder> -P check_consumer.cmake
function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE status OUTPUT_VARIABLE said ERROR_VARIABLE said)
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "${said}")
  endif()
endfunction()

file(REMOVE_RECURSE ${WORK})
run(${CMAKE_COMMAND} -G Ninja -S ${ROOT}/tests/install/consumer -B ${WORK} -DFLNET_FOLDER=${ROOT})
# Its object only: linking would build all of flnet once more.
run(${CMAKE_COMMAND} --build ${WORK} --target CMakeFiles/consumer.dir/consumer.cpp.o)
if(EXISTS ${WORK}/flnet/tests)
  message(FATAL_ERROR "flnet's tests are configured inside another project")
endif()
