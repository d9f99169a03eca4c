# cmake -DSOURCE=... -DINCLUDES=... -DCOMPILERS=... -DBINARY_DIR=... -P evaluation_order.cmake
# Builds the program with each of the compilers. Each must succeed, and all must print the same.
file(MAKE_DIRECTORY "${BINARY_DIR}")
list(TRANSFORM INCLUDES PREPEND "-I")
set(number 0)
foreach(compiler IN LISTS COMPILERS)
    set(program "${BINARY_DIR}/evaluation_order_${number}")
    execute_process(COMMAND "${compiler}" -std=c++20 -O0 ${INCLUDES} "${SOURCE}" -o "${program}"
        COMMAND_ERROR_IS_FATAL ANY)
    execute_process(COMMAND "${program}" RESULT_VARIABLE status OUTPUT_VARIABLE output)
    if(NOT status EQUAL 0)
        message(FATAL_ERROR "built with ${compiler} it fails:\n${output}")
    elseif(number GREATER 0 AND NOT output STREQUAL first_output)
        message(FATAL_ERROR "built with ${compiler} it prints something else than with the first compiler")
    endif()
    set(first_output "${output}")
    math(EXPR number "${number} + 1")
endforeach()
