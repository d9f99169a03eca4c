#include "timeloom/generators/import/import_file.hpp"

#include "timeloom/generators/import/declaration/declaration.hpp"
#include "timeloom/generators/import/description/shapes.hpp"
#include "timeloom/generators/import/formats/audio_models.hpp"
#include "timeloom/generators/import/formats/state_dict.hpp"
#include "timeloom/generators/import/keras/keras.hpp"
#include "timeloom/generators/import/onnx/onnx.hpp"
#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/files/atomic_write.hpp"
#include "timeloom/runtime/files/input_file.hpp"
#include "timeloom/runtime/weights/weights_file.hpp"

#include <array>
#include <new>
#include <vector>

namespace timeloom::importing {

namespace {

using Path = std::filesystem::path;

constexpr detail::FileKind model_file{"model file", "give the path of a trained model",
                                      std::uint64_t{1} << 35};

Description read(const std::string& bytes, const Path& file, const ImportOptions& options) {
    if (bytes.starts_with("PK"))
        return read_keras(bytes, options);
    if (bytes.starts_with("\x89HDF\r\n"))
        return read_keras_h5(bytes, options);
    if (file.extension() == ".safetensors")
        return read_state_dict(load_weights(file).tensors, options);
    if (file.extension() == ".onnx")
        return read_onnx(bytes, options);
    if (file.extension() == ".nam" || file.extension() == ".json") {
        const Json json = parse_json(bytes, "it");
        if (has_member(json, "architecture"))
            return read_nam(json, options);
        return has_member(json, "in_shape") || !json.is_object() ? read_rtneural(json, options)
                                                                 : read_state_dict(tensors_of(json), options);
    }
    throw Error("its format is not known from its beginning or its ending '" + file.extension().string() +
                "'" + detail::looks_like(bytes) +
                "; those that can be imported are .keras, .weights.h5, .h5, .safetensors of "
                "PyTorch, .json of RTNeural, .nam and .onnx");
}

void require_replay(const Description& description, const Replay& replay) {
    const double difference = largest_difference(description, replay);
    if (!(difference <= most_difference))
        throw Error("import_model: the replayed output differs by " + std::to_string(difference) +
                    " of its size from what the imported layers compute, where " +
                    std::to_string(most_difference) +
                    " is allowed; the file's layers are not those that computed it");
}

void write_weights(const Path& path, const std::string& name, const DeclaredLayers& declared) {
    const std::vector<NamedWeight> weights = named_weights(declared);
    std::vector<NamedValues> values;
    for (const NamedWeight& w : weights)
        values.push_back({w.name, w.values.shape(), w.values.values()});
    save_weights(path, name, values);
}

/// Inputs in the order of the model's, in the shapes that it takes: input/0, tokens/1, …
void write_replay(const Path& path, const std::string& name, const Description& description,
                  const Replay& replay) {
    std::vector<NamedValues> values;
    for (const Layer& layer : description.layers)
        if (layer.kind == Kind::input) {
            const Tensor& input = replay.inputs.at(layer.name);
            const std::size_t samples = input.shape()[0];
            const bool is_tokens = layer.timesteps != 0 && layer.features == 0;
            const bool has_two_axes = is_tokens || layer.timesteps == 0;
            values.push_back({(is_tokens ? "tokens/" : "input/") + std::to_string(values.size()),
                              has_two_axes ? Shape{samples, input.size() / samples} : input.shape(),
                              input.values()});
        }
    values.push_back({"output", replay.output.shape(), replay.output.values()});
    save_weights(path, name, values);
}

} // namespace

Description import_file(const Path& file, const ImportOptions& options) {
    try {
        Description description = read(detail::read_text(file, model_file), file, options);
        check_shapes(description);
        return description;
    } catch (const Error& error) {
        throw Error("the file " + file.string() + " cannot be imported: " + error.what());
    } catch (const std::bad_alloc&) {
        throw Error("the file " + file.string() + " cannot be imported: there is not enough memory for it");
    }
}

void write_import(const Path& folder, const std::string& name, const Description& description,
                  const Replay& replay, const Path& file) {
    require_model_name(name);
    require_replay(description, replay);
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error)
        throw Error("import_model: the folder " + folder.string() + " cannot be made (" + error.message() +
                    ")");
    const DeclaredLayers declared = declare(description);
    const std::string text = declaration(description, declared, name, file.filename().string());
    write_file_atomically(folder / (name + ".hpp"), std::array{std::string_view(text)});
    write_weights(folder / "weights.safetensors", name, declared);
    write_replay(folder / "replay.safetensors", name, description, replay);
}

} // namespace timeloom::importing
