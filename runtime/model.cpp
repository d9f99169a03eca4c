#include "timeloom/runtime/model.hpp"

#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/model_impl.hpp"
#include "timeloom/runtime/weights_file.hpp"

namespace timeloom {

namespace {

Shape shape_of(const Parameter& p) {
    const auto columns = static_cast<std::size_t>(p.columns);
    return p.is_vector ? Shape{columns} : Shape{static_cast<std::size_t>(p.rows), columns};
}

} // namespace

double Evaluation::metric(const std::string& name) const {
    std::string names;
    for (const auto& [known, value] : metrics) {
        if (known == name) {
            return value;
        }
        names += (names.empty() ? "" : ", ") + known;
    }
    throw Error("no metric \"" + name + "\" was measured; compile() named " +
                (names.empty() ? "none" : names));
}

Model::Model(dsl::network network, const KernelTable& kernels, const ModelOptions& options)
    : impl_(std::make_unique<Impl>(std::move(network), kernels, options)) {}
Model::~Model() = default;
Model::Model(Model&&) noexcept = default;
Model& Model::operator=(Model&&) noexcept = default;

void Model::compile(const Optimizer& optimizer, Loss loss, const std::vector<std::string>& metrics) {
    impl_->compile(optimizer, loss, metrics);
}

History Model::fit(const Inputs& x, const Tensor& y, const FitOptions& options) {
    return impl_->fit(x, y, options);
}

Evaluation Model::evaluate(const Inputs& x, const Tensor& y, std::size_t batch_size) {
    return impl_->evaluate(x, y, batch_size);
}

Tensor Model::predict(const Inputs& x, std::size_t batch_size) { return impl_->predict(x, batch_size); }

std::vector<std::string> Model::weight_names() const {
    std::vector<std::string> names;
    for (const Parameter& p : impl_->plan().layout.parameters()) {
        names.push_back(p.name);
    }
    return names;
}

Tensor Model::get_weights(const std::string& name) const {
    const Parameter& p = impl_->plan().layout.find(name);
    Tensor values(shape_of(p));
    ParameterLayout::unpack(p, std::as_const(*impl_).parameters(), values.values());
    return values;
}

void Model::set_weights(const std::string& name, const Tensor& values) {
    const Parameter& p = impl_->plan().layout.find(name);
    values.require_shape(shape_of(p), name);
    ParameterLayout::pack(p, values.values(), impl_->parameters());
}

void Model::save_weights(const std::filesystem::path& path) const {
    std::vector<Tensor> values;
    std::vector<NamedValues> named;
    for (const std::string& name : weight_names()) {
        values.push_back(get_weights(name));
    }
    std::size_t i = 0;
    for (const std::string& name : weight_names()) {
        named.push_back({name, values[i].shape(), values[i].values()});
        ++i;
    }
    timeloom::save_weights(path, std::string(impl_->plan().kernels->model), named);
}

void Model::load_weights(const std::filesystem::path& path) {
    const WeightsFile file = timeloom::load_weights(path);
    std::vector<std::pair<const Parameter*, const Tensor*>> found;
    for (const Parameter& p : impl_->plan().layout.parameters()) {
        const Tensor* values = nullptr;
        for (const NamedTensor& t : file.tensors) {
            values = t.name == p.name ? &t.tensor : values;
        }
        if (values == nullptr) {
            throw Error(path.string() + ": holds no \"" + p.name + "\"; it was saved from another model" +
                        (file.model.empty() ? "" : " (" + file.model + ")"));
        }
        values->require_shape(shape_of(p), path.string() + ": " + p.name);
        found.emplace_back(&p, values);
    }
    if (found.size() != file.tensors.size()) {
        throw Error(path.string() + ": holds " + std::to_string(file.tensors.size()) +
                    " tensors, but the model has " + std::to_string(found.size()) +
                    "; it was saved from another model");
    }
    for (const auto& [parameter, values] : found) {
        ParameterLayout::pack(*parameter, values->values(), impl_->parameters());
    }
}

std::size_t Model::count_parameters() const {
    std::size_t count = 0;
    for (const Parameter& p : impl_->plan().layout.parameters()) {
        count += p.size();
    }
    return count;
}

std::string Model::summary() const {
    const auto cell = [](std::string text, std::size_t width) {
        text.resize(std::max(width, text.size() + 1), ' ');
        return text;
    };
    std::string text =
        cell("Layer", 24) + cell("Output shape", 20) + "Parameters\n" + std::string(54, '-') + "\n";
    for (const dsl::layer& layer : impl_->plan().network.layers) {
        std::size_t count = 0;
        for (const Parameter& p : impl_->plan().layout.parameters()) {
            count += p.name.starts_with(layer.name + "/") ? p.size() : 0;
        }
        const int steps = layer.output_timesteps();
        const std::string shape =
            "(batch, " + (steps > 1 ? std::to_string(steps) + ", " : "") + std::to_string(layer.units) + ")";
        text += cell(layer.name, 24) + cell(shape, 20) + std::to_string(count) + "\n";
    }
    return text + std::string(54, '-') + "\nTotal parameters: " + std::to_string(count_parameters()) + "\n";
}

} // namespace timeloom
