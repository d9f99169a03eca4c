#include "timeloom/generators/import/keras/keras.hpp"

#include "timeloom/generators/import/containers/hdf5_content.hpp"
#include "timeloom/generators/import/containers/zip_archive.hpp"
#include "timeloom/generators/import/keras/keras_graph.hpp"
#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/files/input_file.hpp"

#include <map>

namespace timeloom::importing {

namespace {

constexpr detail::FileKind config_file{"Keras configuration", "give a file that model.to_json() wrote",
                                       1u << 28};

std::string joined(const std::string& folder, const std::string& name) {
    return folder.empty() ? name : name.empty() ? folder : folder + "/" + name;
}

/// Keras 3 names the folders of layers by their classes, numbered in the order of the layers.
void set_weights(KerasModel& model, const Hdf5Content& file, bool names_must_fit) {
    std::map<std::string, int> seen;
    for (KerasLayer& k : model.layers) {
        if (k.class_name.empty()) // a state that is a layer here
            continue;
        const std::string base = snake_case(k.class_name);
        const int repeats = seen[base]++;
        const std::string folder = "layers/" + base + (repeats == 0 ? "" : "_" + std::to_string(repeats));
        const auto name = file.texts.find(folder + "/vars@name");
        if (names_must_fit && name != file.texts.end() && name->second != std::vector{k.layer.name})
            throw Error("the weights in '" + folder + "' are those of layer '" + name->second.at(0) +
                        "', but by its place it should be '" + k.layer.name + "'; save the model again");
        const std::vector<Layer*> leaves = leaves_of(k.layer);
        for (std::size_t i = 0; i < k.leaves.size(); ++i) {
            std::vector<Tensor> weights;
            const std::string place = joined(folder, k.leaves[i]) + "/vars/";
            for (auto found = file.tensors.find(place + "0"); found != file.tensors.end();
                 found = file.tensors.find(place + std::to_string(weights.size())))
                weights.push_back(found->second);
            set_keras_weights(*leaves.at(i), weights);
        }
    }
}

/// The texts of an attribute, which Keras splits where it is long: layer_names0, layer_names1, …
std::vector<std::string> texts(const Hdf5Content& file, const std::string& path, const std::string& name) {
    if (const auto whole = file.texts.find(path + "@" + name); whole != file.texts.end())
        return whole->second;
    std::vector<std::string> all;
    for (int part = 0;; ++part) {
        const auto found = file.texts.find(path + "@" + name + std::to_string(part));
        if (found == file.texts.end())
            return all;
        all.insert(all.end(), found->second.begin(), found->second.end());
    }
}

/// Keras 2 lists the names of each layer's weights, in Keras's order.
void set_legacy_weights(KerasModel& model, const Hdf5Content& file, const std::string& root) {
    for (KerasLayer& k : model.layers) {
        const std::string group = joined(root, k.layer.name);
        const std::vector<std::string> names = texts(file, group, "weight_names");
        const std::vector<Layer*> leaves = leaves_of(k.layer);
        const std::size_t parts = k.leaves.size();
        if (parts == 0 || names.size() % parts != 0) {
            if (!names.empty())
                throw Error(label(k.layer) + ": the file has " + std::to_string(names.size()) +
                            " weights for it, which cannot be imported");
            continue;
        }
        for (std::size_t i = 0; i < parts; ++i) {
            std::vector<Tensor> weights;
            for (std::size_t w = i * names.size() / parts; w < (i + 1) * names.size() / parts; ++w) {
                const auto found = file.tensors.find(joined(group, names[w]));
                if (found == file.tensors.end())
                    throw Error(label(k.layer) + ": the file names a weight '" + names[w] +
                                "', but does not hold it");
                weights.push_back(found->second);
            }
            set_keras_weights(*leaves.at(i), weights);
        }
    }
}

std::string version_of(const Hdf5Content& file) {
    const auto found = file.texts.find("@keras_version");
    return found == file.texts.end() || found->second.empty() ? "" : found->second[0];
}

} // namespace

Description read_keras(std::string_view bytes, const ImportOptions& options) {
    const ZipArchive archive(bytes);
    const Json metadata = parse_json(archive.read("metadata.json"), "its metadata.json");
    const std::string version = text_or(metadata, "keras_version", "3", "its metadata.json");
    KerasModel model = keras_model(parse_json(archive.read("config.json"), "its config.json"), true, options);
    const std::string weights = archive.read("model.weights.h5");
    set_weights(model, read_hdf5(weights), true);
    return description_of(model, "Keras " + version);
}

Description read_keras_h5(std::string_view bytes, const ImportOptions& options) {
    const Hdf5Content file = read_hdf5(bytes);
    const std::string version = version_of(file);
    const auto own_config = file.texts.find("@model_config");
    if (own_config == file.texts.end() && options.config.empty())
        throw Error("it holds weights alone; give the model's layers with --config, a file that "
                    "model.to_json() wrote");
    const bool has_folders = file.texts.contains("layers/input_layer/vars@name") || version.empty();
    const Json config =
        own_config != file.texts.end() && !own_config->second.empty()
            ? parse_json(own_config->second[0], "its model_config")
            : parse_json(detail::read_text(options.config, config_file), options.config.string());
    const std::string written_by =
        text_or(config, "keras_version", version.empty() ? "3" : version, "the model");
    KerasModel model = keras_model(config, written_by[0] != '2' && written_by[0] != '1', options);
    if (own_config != file.texts.end())
        set_legacy_weights(model, file, "model_weights");
    else if (has_folders)
        set_weights(model, file, false);
    else
        set_legacy_weights(model, file, "");
    return description_of(model, "Keras " + written_by);
}

} // namespace timeloom::importing
