# timeloom_embed_model(<target> MODEL <name> WEIGHTS <file> [HEADER <file>] [NAMESPACE <ns>] [TARGETS <t>...])
#
# Links the constexpr model <name> with its weights into <target>, which reads no file and needs no other library for it:
#
#   #include "<name>.h"       /* C or C++ */
#   static <name>_state state;
#   <name>_reset(&state);
#   <name>_step(&state, input, output);
#
# What is linked is one object, <name>.o beside <name>.h in the folder that the property TIMELOOM_FOLDER of the target
# <name>_embedded tells: gcc main.c <name>.o -lm.
#
# WEIGHTS    a file of Model::save_weights(), or a target's file that a custom command makes.
# HEADER     declares the model, as for timeloom_add_model(); may be left out where that was called for it before.
#
# For WebAssembly, where no program can read weights, <name>.h and the C++ behind it are taken from the build folder
# TIMELOOM_GENERATORS_FROM, whose target timeloom_embedded_sources is built. Pages that need no C are served by
# timeloom_add_web_model().
function(timeloom_embed_model target)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "MODEL;WEIGHTS;HEADER;NAMESPACE" "TARGETS")
    foreach(required MODEL WEIGHTS)
        if(NOT arg_${required})
            message(FATAL_ERROR "timeloom_embed_model(${target}): ${required} is missing")
        endif()
    endforeach()
    if(arg_UNPARSED_ARGUMENTS)
        message(FATAL_ERROR "timeloom_embed_model(${target}): unknown arguments ${arg_UNPARSED_ARGUMENTS}")
    endif()
    _timeloom_add_embedded_source("timeloom_embed_model(${target})")
    if(NOT TARGET "${arg_MODEL}_embedded")
        _timeloom_embed("${arg_MODEL}")
    endif()
    target_link_libraries("${target}" PRIVATE "${arg_MODEL}_embedded")
endfunction()

# The target <model>_embedded_source, which is <model>_embedded.cpp, <model>.h and <model>.mjs in embedded/<model> of the
# build folder, and the model's kernels. Reads the arg_ variables.
function(_timeloom_add_embedded_source caller)
    set(model "${arg_MODEL}")
    if(TARGET "${model}_embedded_source")
        return()
    endif()
    if(NOT TARGET "${model}_kernels")
        if(NOT arg_HEADER)
            message(FATAL_ERROR "${caller}: HEADER is missing, which declares ${model}")
        endif()
        cmake_path(ABSOLUTE_PATH arg_HEADER BASE_DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}" NORMALIZE)
        set(arg_BATCH 1) # kernels for single rows only
        _timeloom_add_kernels("${model}_kernels")
        set_target_properties("${model}_kernels" PROPERTIES
            TIMELOOM_ASKED "${arg_HEADER}|${arg_NAMESPACE}|${arg_BATCH}|${arg_TARGETS}")
    endif()

    cmake_path(ABSOLUTE_PATH arg_WEIGHTS BASE_DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}")
    set(folder "${CMAKE_BINARY_DIR}/embedded/${model}")
    set(names "${model}_embedded.cpp" "${model}.h" "${model}.mjs")
    list(TRANSFORM names PREPEND "${folder}/" OUTPUT_VARIABLE files)
    if(CMAKE_SYSTEM_PROCESSOR STREQUAL "wasm32")
        _timeloom_take_embedded_source()
    else()
        _timeloom_write_embedded_source()
    endif()
    add_custom_target("${model}_embedded_source" DEPENDS ${files})
    if(NOT TARGET timeloom_embedded_sources)
        add_custom_target(timeloom_embedded_sources)
    endif()
    get_property(is_excluded DIRECTORY PROPERTY EXCLUDE_FROM_ALL)
    if(NOT is_excluded)
        add_dependencies(timeloom_embedded_sources "${model}_embedded_source")
    endif()
endfunction()

# The files by a program that reads the weights.
function(_timeloom_write_embedded_source)
    set(writer "${model}_embed")
    file(CONFIGURE OUTPUT "${folder}/embed.cpp" @ONLY CONTENT [[
#include "@model@.timeloom.hpp"

#include <timeloom/runtime/export/embed_main.hpp>
#include <timeloom/runtime/embedded/memory_map.hpp>

int main(int argc, char** argv) {
    return timeloom::embed_main(argc, argv, @model@_inference_plan,
                                timeloom::embedded::floats_of<@model@_inference_plan>);
}
]])
    add_executable("${writer}" EXCLUDE_FROM_ALL "${folder}/embed.cpp")
    target_link_libraries("${writer}" PRIVATE timeloom::embedding "${model}_kernels")
    set_target_properties("${writer}" PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${folder}")
    add_custom_command(OUTPUT ${files}
        COMMAND "${writer}" "${arg_WEIGHTS}" --out "${folder}"
        DEPENDS "${writer}" "${arg_WEIGHTS}"
        COMMENT "Embedding ${model} with its weights"
        VERBATIM)
endfunction()

# The files of another build folder, where the model has the same name.
function(_timeloom_take_embedded_source)
    cmake_path(ABSOLUTE_PATH TIMELOOM_GENERATORS_FROM BASE_DIRECTORY "${CMAKE_SOURCE_DIR}" NORMALIZE OUTPUT_VARIABLE other)
    list(TRANSFORM names PREPEND "${other}/embedded/${model}/" OUTPUT_VARIABLE others)
    add_custom_command(OUTPUT ${files}
        COMMAND "${CMAKE_COMMAND}" -E copy ${others} "${folder}"
        DEPENDS ${others}
        VERBATIM)
endfunction()

# The interface library <model>_embedded, which is <model>.o and <model>.h.
function(_timeloom_embed model)
    set(folder "${CMAKE_BINARY_DIR}/embedded/${model}")
    # The executor with the weights, and of the kernels those that it calls, in one object.
    add_library("${model}_embedded_code" OBJECT "${folder}/${model}_embedded.cpp")
    _timeloom_set_embedded_options("${model}_embedded_code")
    target_compile_options("${model}_embedded_code" PRIVATE -fPIC)
    set(object "${folder}/${model}.o")
    set(kernels "$<TARGET_PROPERTY:${model}_kernels,INTERFACE_LINK_LIBRARIES>")
    set(compiler "${CMAKE_CXX_COMPILER}")
    if(CMAKE_CXX_COMPILER_TARGET)
        list(APPEND compiler "--target=${CMAKE_CXX_COMPILER_TARGET}")
    endif()
    add_custom_command(OUTPUT "${object}"
        COMMAND ${compiler} -r -nostdlib -o "${object}" "$<TARGET_OBJECTS:${model}_embedded_code>" "${kernels}"
        DEPENDS "${model}_embedded_code" "$<TARGET_OBJECTS:${model}_embedded_code>"
        COMMENT "Linking ${model} with its kernels into ${model}.o"
        COMMAND_EXPAND_LISTS VERBATIM)
    add_custom_target("${model}_embedded_object" DEPENDS "${object}")

    add_library("${model}_embedded" INTERFACE)
    add_dependencies("${model}_embedded" "${model}_embedded_object")
    target_include_directories("${model}_embedded" INTERFACE "${folder}")
    target_link_libraries("${model}_embedded" INTERFACE "${object}" m)
    if(TIMELOOM_CHECK_KERNEL_ARGUMENTS) # such kernels report what is wrong
        target_link_libraries("${model}_embedded" INTERFACE timeloom::halide_runtime)
    endif()
    set_target_properties("${model}_embedded" PROPERTIES TIMELOOM_FOLDER "${folder}")
endfunction()

# What <model>_embedded.cpp is compiled with.
function(_timeloom_set_embedded_options target)
    add_dependencies("${target}" "${model}_embedded_source")
    target_link_libraries("${target}" PRIVATE timeloom::embedded "${model}_kernels")
    target_compile_options("${target}" PRIVATE
        -O2 -fno-exceptions -fno-rtti -ffunction-sections -fdata-sections -ffp-contract=off)
endfunction()
