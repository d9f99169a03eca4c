# timeloom_import_model(<target> MODEL <name> FILE <file> [OUT <folder>] [TIMESTEPS <n>] [CONFIG <file>] [LAYERS <text>]
#                       [REPLAY <file>] [BATCH <n>] [TARGETS <t>...])
#
# Imports a trained file when the program is built: import_model writes a declaration, weights and a replay vector, and
# the kernels follow as with timeloom_add_model(). <target> then has
#
#   #include "<name>.timeloom.hpp"
#   #include <timeloom/runtime/imported/imported_weights.hpp>
#   timeloom::Model model(<name>_inference_plan);
#   timeloom::load_imported_weights(model, folder);          // OUT, wherever it was copied to
#
# A PyTorch state_dict does not tell how its modules follow each other:
#
#   timeloom_import_model(app MODEL sentiment FILE sentiment.safetensors TIMESTEPS 80
#                         LAYERS "emb embedding, lstm, last, fc, sigmoid")
#
# FILE       the trained file; relative to the current source folder. docs/import.md tells which formats there are.
# OUT        where declaration, weights and replay vector are written; <name>.imported in the current binary folder.
# TIMESTEPS  where the file leaves open how many time steps the model reads.
# CONFIG     Keras's model.to_json(), for a file that holds weights alone.
# LAYERS     of PyTorch's state_dict: which modules follow each other.
# REPLAY     safetensors with "input" and "output" that the model's framework computed.
# BATCH, TARGETS  as in timeloom_add_model().
function(timeloom_import_model target)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "MODEL;FILE;OUT;TIMESTEPS;CONFIG;LAYERS;REPLAY;BATCH" "TARGETS")
    foreach(required MODEL FILE)
        if(NOT arg_${required})
            message(FATAL_ERROR "timeloom_import_model(${target}): ${required} is missing")
        endif()
    endforeach()
    if(arg_UNPARSED_ARGUMENTS)
        message(FATAL_ERROR "timeloom_import_model(${target}): unknown arguments ${arg_UNPARSED_ARGUMENTS}")
    endif()
    if(NOT TARGET timeloom::import_model)
        message(FATAL_ERROR "timeloom_import_model(${target}): import_model was not built, because HDF5 or libzip was not "
            "found (Debian: libhdf5-dev, libzip-dev)")
    endif()
    if(NOT arg_OUT)
        set(arg_OUT "${CMAKE_CURRENT_BINARY_DIR}/${arg_MODEL}.imported")
    endif()
    cmake_path(ABSOLUTE_PATH arg_OUT BASE_DIRECTORY "${CMAKE_CURRENT_BINARY_DIR}")
    set(header "${arg_OUT}/${arg_MODEL}.hpp")

    # Several programs may use one model.
    if(NOT TARGET "${arg_MODEL}_import")
        set(options --out "${arg_OUT}" --name "${arg_MODEL}")
        set(read "")
        foreach(option FILE CONFIG REPLAY)
            if(arg_${option})
                cmake_path(ABSOLUTE_PATH arg_${option} BASE_DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}")
                if(NOT EXISTS "${arg_${option}}")
                    message(FATAL_ERROR "timeloom_import_model(${target}): there is no file ${arg_${option}}")
                endif()
                list(APPEND read "${arg_${option}}")
            endif()
        endforeach()
        foreach(option TIMESTEPS CONFIG LAYERS REPLAY)
            if(arg_${option})
                string(TOLOWER "--${option}" name)
                list(APPEND options "${name}" "${arg_${option}}")
            endif()
        endforeach()
        add_custom_command(
            OUTPUT "${header}" "${arg_OUT}/weights.safetensors" "${arg_OUT}/replay.safetensors"
            COMMAND timeloom::import_model "${arg_FILE}" ${options}
            DEPENDS timeloom::import_model ${read}
            COMMENT "Importing ${arg_MODEL}"
            VERBATIM)
        add_custom_target("${arg_MODEL}_import" DEPENDS "${header}")
    endif()
    set(options HEADER "${header}" NAMESPACE "${arg_MODEL}_import")
    foreach(option BATCH TARGETS)
        if(arg_${option})
            list(APPEND options ${option} ${arg_${option}})
        endif()
    endforeach()
    timeloom_add_model("${target}" MODEL "${arg_MODEL}" ${options})
    add_dependencies("${target}" "${arg_MODEL}_import")
    if(TARGET "${arg_MODEL}_generator")
        add_dependencies("${arg_MODEL}_generator" "${arg_MODEL}_import")
    endif()
endfunction()
