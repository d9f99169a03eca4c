// What import_model reads, but safetensors: zip archives with HDF5 in them, HDF5, JSON and ONNX.
#include "fuzz_target.hpp"

#include "timeloom/generators/import/declaration/declaration.hpp"
#include "timeloom/generators/import/description/shapes.hpp"
#include "timeloom/generators/import/formats/audio_models.hpp"
#include "timeloom/generators/import/formats/state_dict.hpp"
#include "timeloom/generators/import/keras/keras.hpp"
#include "timeloom/generators/import/onnx/onnx.hpp"
#include "timeloom/runtime/files/input_file.hpp"

namespace timeloom::fuzz {

namespace {

using namespace importing;

Description read(const std::string& bytes) {
    const ImportOptions options{.timesteps = 6, .layers = "rnn"};
    if (bytes.starts_with("PK"))
        return read_keras(bytes, options);
    if (bytes.starts_with("\x89HDF"))
        return read_keras_h5(bytes, options);
    if (!bytes.starts_with("{"))
        return read_onnx(bytes, options);
    const Json json = parse_json(bytes, "it");
    if (has_member(json, "architecture"))
        return read_nam(json, options);
    return has_member(json, "in_shape") ? read_rtneural(json, options)
                                        : read_state_dict(tensors_of(json), options);
}

std::string load(const std::filesystem::path& path) {
    const Description description = read(detail::read_text(path, {"model file", "", std::uint64_t{1} << 30}));
    check_shapes(description);
    const DeclaredLayers declared = declare(description);
    std::string text = declaration(description, declared, "model", "file");
    for (const NamedWeight& weight : named_weights(declared))
        text += weight.name + to_string(weight.values.shape()) + '\n';
    return text;
}

} // namespace

/// A damaged HDF5 file takes what its reader allows of a processor.
const Target target{.load = load, .bytes_of_memory_per_byte = 512, .seconds = 10};

} // namespace timeloom::fuzz
