#include "timeloom/generators/import/reference/step_functions.hpp"

#include "timeloom/generators/import/description/activations.hpp"
#include "timeloom/runtime/error.hpp"

#include <algorithm>
#include <cmath>
#include <span>

namespace timeloom::importing {

namespace {

using Vector = std::vector<double>;
using Row = std::span<const double>;

/// The sequence whose every step is `f` of the step of `in`; masks stay.
template <class F>
Sequence each_step(const Sequence& in, F&& f) {
    Sequence out{0, {}, in.counts};
    for (std::size_t t = 0; t < in.steps(); ++t) {
        const Vector row = f(Row(in.at(t), in.features));
        out.features = row.size();
        out.values.insert(out.values.end(), row.begin(), row.end());
    }
    return out;
}

Vector dense(const Layer& layer, Row x) {
    const auto units = static_cast<std::size_t>(layer.units);
    Vector y(units, 0.0);
    if (layer.use_bias)
        std::ranges::copy(layer.weights.at("bias").values(), y.begin());
    const float* kernel = layer.weights.at("kernel").data();
    for (std::size_t r = 0; r < x.size(); ++r)
        for (std::size_t u = 0; u < units; ++u)
            y[u] += x[r] * static_cast<double>(kernel[r * units + u]);
    std::ranges::transform(y, y.begin(), find_activation(layer.activation, "").value);
    return y;
}

Vector softmax(Row x) {
    Vector y(x.begin(), x.end());
    const double most = std::ranges::max(y);
    double sum = 0;
    for (double& v : y)
        sum += v = std::exp(v - most);
    for (double& v : y)
        v /= sum;
    return y;
}

Vector normalized(const Layer& layer, Row x) {
    double mean = 0, variance = 0;
    for (const double v : x)
        mean += v / static_cast<double>(x.size());
    for (const double v : x)
        variance += (v - mean) * (v - mean) / static_cast<double>(x.size());
    Vector y;
    for (std::size_t i = 0; i < x.size(); ++i) {
        const double gamma = layer.scale ? static_cast<double>(layer.weights.at("gamma").values()[i]) : 1.0;
        const double beta = layer.center ? static_cast<double>(layer.weights.at("beta").values()[i]) : 0.0;
        y.push_back(gamma * (x[i] - mean) / std::sqrt(variance + layer.epsilon) + beta);
    }
    return y;
}

Vector embedded(const Layer& layer, Row token) {
    const Tensor& table = layer.weights.at("embeddings");
    if (!(token[0] >= 0 && token[0] < static_cast<double>(layer.features)) ||
        token[0] != std::floor(token[0]))
        throw Error(label(layer) + ": it has no token " + std::to_string(token[0]));
    const auto row = table.row(static_cast<std::size_t>(token[0]));
    return {row.begin(), row.end()};
}

Sequence embed(const Layer& layer, const Sequence& in) {
    Sequence out = each_step(in, [&](Row token) { return embedded(layer, token); });
    for (std::size_t t = 0; layer.masks_zero && t < in.steps(); ++t)
        out.counts[t] = in.values[t] != 0;
    return out;
}

Sequence masked(const Layer& layer, Sequence in) {
    for (std::size_t t = 0; t < in.steps(); ++t)
        in.counts[t] = std::any_of(in.at(t), in.at(t) + in.features, [&](double v) {
            return static_cast<float>(v) != static_cast<float>(layer.mask_value);
        });
    return in;
}

/// The mean or the largest value of the steps from `first` to before `last`.
void pool(bool maximum, const Sequence& in, std::size_t first, std::size_t last, bool all_count,
          Sequence& out) {
    for (std::size_t f = 0; f < in.features; ++f) {
        double sum = 0, most = -INFINITY, count = 0;
        for (std::size_t t = first; t < last; ++t) {
            const bool counts = all_count || in.counts[t];
            sum += counts ? in.at(t)[f] : 0;
            count += counts ? 1 : 0;
            most = std::max(most, in.at(t)[f]);
        }
        out.values.push_back(maximum ? most : count > 0 ? sum / count : 0.0);
    }
    out.counts.push_back(1);
}

Sequence pooled(const Layer& layer, const Sequence& in) {
    Sequence out{in.features, {}, {}};
    const auto steps = static_cast<long>(in.steps());
    if (layer.kind == Kind::global_average_pooling || layer.kind == Kind::global_max_pooling) {
        pool(layer.kind == Kind::global_max_pooling, in, 0, in.steps(),
             layer.kind == Kind::global_max_pooling, out);
        return out;
    }
    const long windows = layer.same_padding ? (steps + layer.strides - 1) / layer.strides
                                            : (steps - layer.size) / layer.strides + 1;
    const long padding =
        layer.same_padding ? std::max((windows - 1) * layer.strides + layer.size - steps, 0L) : 0;
    for (long w = 0; w < windows; ++w) {
        const long first = w * layer.strides - padding / 2;
        pool(layer.kind == Kind::max_pooling, in, static_cast<std::size_t>(std::max(first, 0L)),
             static_cast<std::size_t>(std::min(first + layer.size, steps)), true, out);
    }
    return out;
}

Sequence repeated(const Layer& layer, const Sequence& in) {
    Sequence out{in.features, {}, std::vector<char>(static_cast<std::size_t>(layer.timesteps), 1)};
    for (int t = 0; t < layer.timesteps; ++t)
        out.values.insert(out.values.end(), in.values.begin(), in.values.end());
    return out;
}

double joined(Kind kind, double a, double b, double parts) {
    return kind == Kind::add        ? a + b
           : kind == Kind::subtract ? a - b
           : kind == Kind::multiply ? a * b
                                    : a + b / parts;
}

} // namespace

Sequence apply(const Layer& layer, const Sequence& in) {
    switch (layer.kind) {
    case Kind::embedding:
        return embed(layer, in);
    case Kind::dense:
        return each_step(in, [&](Row x) { return dense(layer, x); });
    case Kind::time_distributed:
        return apply(layer.inner.at(0), in);
    case Kind::activation:
        return each_step(in, [&](Row x) {
            Vector y(x.begin(), x.end());
            std::ranges::transform(y, y.begin(), find_activation(layer.activation, "").value);
            return y;
        });
    case Kind::softmax:
        return each_step(in, softmax);
    case Kind::layer_normalization:
        return each_step(in, [&](Row x) { return normalized(layer, x); });
    case Kind::masking:
        return masked(layer, in);
    case Kind::repeat_vector:
        return repeated(layer, in);
    case Kind::flatten:
        return {in.values.size(), in.values, {1}};
    case Kind::dropout:
        return in;
    default:
        return pooled(layer, in);
    }
}

Sequence join(const Layer& layer, const std::vector<Sequence>& parts) {
    Sequence out = parts.at(0);
    if (layer.kind == Kind::concatenate && layer.axis == 1) {
        for (std::size_t p = 1; p < parts.size(); ++p) {
            out.values.insert(out.values.end(), parts[p].values.begin(), parts[p].values.end());
            out.counts.insert(out.counts.end(), parts[p].counts.begin(), parts[p].counts.end());
        }
        return out;
    }
    const auto count = static_cast<double>(parts.size());
    for (double& v : out.values)
        v /= layer.kind == Kind::average ? count : 1.0;
    for (std::size_t p = 1; p < parts.size(); ++p) {
        if (layer.kind == Kind::concatenate) {
            out = merge("concat", out, parts[p]);
            continue;
        }
        for (std::size_t i = 0; i < out.values.size(); ++i)
            out.values[i] = joined(layer.kind, out.values[i], parts[p].values[i], count);
        for (std::size_t t = 0; t < out.steps(); ++t)
            out.counts[t] = out.counts[t] || parts[p].counts[t];
    }
    return out;
}

Sequence merge(const std::string& how, const Sequence& forward, const Sequence& backward) {
    Sequence out{
        how == "concat" ? forward.features + backward.features : forward.features, {}, forward.counts};
    for (std::size_t t = 0; t < forward.steps(); ++t) {
        out.counts[t] = forward.counts[t] || backward.counts[t];
        out.values.insert(out.values.end(), forward.at(t), forward.at(t) + forward.features);
        if (how == "concat") {
            out.values.insert(out.values.end(), backward.at(t), backward.at(t) + backward.features);
            continue;
        }
        for (std::size_t f = 0; f < forward.features; ++f) {
            double& v = out.values[out.values.size() - forward.features + f];
            const double b = backward.at(t)[f];
            v = how == "mul" ? v * b : how == "ave" ? (v + b) / 2 : v + b;
        }
    }
    return out;
}

} // namespace timeloom::importing
