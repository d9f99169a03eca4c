#include "timeloom/runtime/model.hpp"

#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/model_impl.hpp"

namespace timeloom {

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

std::optional<double> EpochResult::value(const std::string& name) const {
    const bool of_validation = name.starts_with("val_");
    if (of_validation && !validation) {
        return std::nullopt;
    }
    const Evaluation& evaluation = of_validation ? *validation : training;
    const std::string own_name = of_validation ? name.substr(4) : name;
    return own_name == "loss" ? evaluation.loss : evaluation.metric(own_name);
}

Model::Model(dsl::network network, const KernelTable& kernels, const ModelOptions& options)
    : impl_(std::make_unique<Impl>(std::move(network), kernels, options)) {}
Model::~Model() = default;
Model::Model(Model&&) noexcept = default;
Model& Model::operator=(Model&&) noexcept = default;

void Model::set_call(CallFunction call) { impl_->set_call(std::move(call)); }

void Model::compile(const Optimizer& optimizer, const LossFunction& loss,
                    const std::vector<std::string>& metrics) {
    impl_->compile(optimizer, loss, metrics);
}

History Model::fit(const Inputs& x, const Tensor& y, const FitOptions& options) {
    return impl_->fit(*this, x, y, options);
}

Evaluation Model::evaluate(const Inputs& x, const Tensor& y, std::size_t batch_size,
                           const Tensor& sample_weight) {
    return impl_->evaluate(x, y, batch_size, sample_weight);
}

Gradients Model::gradients(const Inputs& x, const Tensor& y, const Tensor& sample_weight) {
    return impl_->gradients(x, y, sample_weight);
}

Tensor Model::predict(const Inputs& x, std::size_t batch_size) { return impl_->predict(x, batch_size); }

void Model::reset_states() { impl_->states().reset(); }

double Model::learning_rate() const { return impl_->learning_rate(); }
void Model::set_learning_rate(double learning_rate) { impl_->set_learning_rate(learning_rate); }
void Model::stop_training() { impl_->stop_training(); }
std::size_t Model::epochs_trained() const { return static_cast<std::size_t>(impl_->counters().epochs); }

std::vector<std::string> Model::weight_names() const {
    std::vector<std::string> names;
    const ParameterLayout& layout = impl_->plan().layout;
    for (std::size_t i = 0; i < layout.parameters().size(); ++i) {
        names.push_back(layout.declared(i).name);
    }
    return names;
}

Tensor Model::get_weights(const std::string& name) const {
    const Parameter& p = impl_->plan().layout.find(name);
    Tensor values(p.shape());
    ParameterLayout::unpack(p, std::as_const(*impl_).parameters(), values.values());
    return values;
}

void Model::set_weights(const std::string& name, const Tensor& values) {
    const Parameter& p = impl_->plan().layout.find(name);
    values.require_shape(p.shape(), name);
    ParameterLayout::pack(p, values.values(), impl_->parameters());
}

std::vector<Tensor> Model::get_weights() const {
    std::vector<Tensor> values;
    for (const std::string& name : weight_names()) {
        values.push_back(get_weights(name));
    }
    return values;
}

void Model::set_weights(const std::vector<Tensor>& values) {
    const ParameterLayout& layout = impl_->plan().layout;
    const std::size_t count = layout.parameters().size();
    if (values.size() != count) {
        throw Error("set_weights was given " + std::to_string(values.size()) +
                    " tensors, but the model has " + std::to_string(count) + " parameters");
    }
    for (std::size_t i = 0; i < values.size(); ++i) {
        values[i].require_shape(layout.declared(i).shape(), layout.declared(i).name);
    }
    for (std::size_t i = 0; i < values.size(); ++i) {
        ParameterLayout::pack(layout.declared(i), values[i].values(), impl_->parameters());
    }
}

std::size_t Model::count_parameters() const {
    std::size_t count = 0;
    for (const Parameter& p : impl_->plan().layout.parameters()) {
        count += p.size();
    }
    return count;
}

} // namespace timeloom
