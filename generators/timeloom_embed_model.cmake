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
    cmake_path(ABSOLUTE_PATH arg_WEIGHTS BASE_DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}")

    if(NOT TARGET "${arg_MODEL}_kernels")
        if(NOT arg_HEADER)
            message(FATAL_ERROR "timeloom_embed_model(${target}): HEADER is missing, which declares ${arg_MODEL}")
        endif()
        cmake_path(ABSOLUTE_PATH arg_HEADER BASE_DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}" NORMALIZE)
        set(arg_BATCH 1) # kernels for single rows only
        _timeloom_add_kernels("${arg_MODEL}_kernels")
        set_target_properties("${arg_MODEL}_kernels" PROPERTIES
            TIMELOOM_ASKED "${arg_HEADER}|${arg_NAMESPACE}|${arg_BATCH}|${arg_TARGETS}")
    endif()
    if(NOT TARGET "${arg_MODEL}_embedded")
        _timeloom_embed("${arg_MODEL}" "${arg_WEIGHTS}")
    endif()
    target_link_libraries("${target}" PRIVATE "${arg_MODEL}_embedded")
endfunction()

# The interface library <model>_embedded, which is <model>.o and <model>.h.
function(_timeloom_embed model weights)
    set(folder "${CMAKE_CURRENT_BINARY_DIR}/${model}_embedded.dir")
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
    add_executable("${writer}" "${folder}/embed.cpp")
    target_link_libraries("${writer}" PRIVATE timeloom::embedding "${model}_kernels")
    set_target_properties("${writer}" PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${folder}")
    set(source "${folder}/${model}_embedded.cpp")
    add_custom_command(OUTPUT "${source}" "${folder}/${model}.h"
        COMMAND "${writer}" "${weights}" --out "${folder}"
        DEPENDS "${writer}" "${weights}"
        COMMENT "Embedding ${model} with its weights"
        VERBATIM)

    # The executor with the weights, and of the kernels those that it calls, in one object.
    add_library("${model}_embedded_code" OBJECT "${source}")
    target_link_libraries("${model}_embedded_code" PRIVATE timeloom::embedded "${model}_kernels")
    target_compile_options("${model}_embedded_code" PRIVATE
        -O2 -fno-exceptions -fno-rtti -fPIC -ffunction-sections -fdata-sections -ffp-contract=off)
    set(object "${folder}/${model}.o")
    set(kernels "$<TARGET_PROPERTY:${model}_kernels,INTERFACE_LINK_LIBRARIES>")
    add_custom_command(OUTPUT "${object}"
        COMMAND "${CMAKE_CXX_COMPILER}" -r -nostdlib -o "${object}" "$<TARGET_OBJECTS:${model}_embedded_code>" "${kernels}"
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
