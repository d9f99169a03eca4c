// Keras's initial values for the parameters of a layer.
#include "timeloom/runtime/parameters/initializers.hpp"

#include "timeloom/runtime/base/as_error.hpp"
#include "timeloom/runtime/base/finite.hpp"
#include "timeloom/runtime/linear_algebra/orthogonal_basis.hpp"
#include "timeloom/runtime/tensors/shape.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

namespace timeloom {

using namespace detail;

namespace {

constexpr std::array<std::pair<Initializer, std::string_view>, 13> names{{
    {Initializer::zeros, "zeros"},
    {Initializer::ones, "ones"},
    {Initializer::constant, "constant"},
    {Initializer::random_uniform, "random_uniform"},
    {Initializer::random_normal, "random_normal"},
    {Initializer::truncated_normal, "truncated_normal"},
    {Initializer::glorot_uniform, "glorot_uniform"},
    {Initializer::glorot_normal, "glorot_normal"},
    {Initializer::he_uniform, "he_uniform"},
    {Initializer::he_normal, "he_normal"},
    {Initializer::lecun_uniform, "lecun_uniform"},
    {Initializer::lecun_normal, "lecun_normal"},
    {Initializer::orthogonal, "orthogonal"},
}};

void require_size(std::span<float> values, std::size_t rows, std::size_t columns) {
    const Shape shape{rows, columns};
    if (values.size() != shape.size())
        throw Error("a " + to_string(shape) + " matrix of parameters has " + std::to_string(shape.size()) +
                    " values, but there is room for " + std::to_string(values.size()));
}

void fill_uniform(Random& random, std::span<float> values, double low, double high) {
    for (float& value : values)
        value = random.uniform(static_cast<float>(low), static_cast<float>(high));
}

void fill_uniform(Random& random, std::span<float> values, double variance) {
    const double limit = std::sqrt(3.0 * variance);
    fill_uniform(random, values, -limit, limit);
}

void fill_normal(Random& random, std::span<float> values, double mean, double deviation) {
    for (float& value : values)
        value = static_cast<float>(mean + deviation * random.normal());
}

/// Cut off at two standard deviations, `deviation` being that before the cut.
void fill_truncated_normal(Random& random, std::span<float> values, double mean, double deviation) {
    for (float& value : values) {
        double draw = random.normal();
        while (std::abs(draw) > 2.0)
            draw = random.normal();
        value = static_cast<float>(mean + draw * deviation);
    }
}

/// Widened so that the variance after the cut is `variance`.
void fill_truncated_normal(Random& random, std::span<float> values, double variance) {
    constexpr double deviation_after_cut = 0.87962566103423978;
    fill_truncated_normal(random, values, 0.0, std::sqrt(variance) / deviation_after_cut);
}

/// Each keeps a positive product with what it was: R's diagonal is positive.
void orthonormalise(std::vector<std::vector<double>>& vectors) {
    detail::OrthogonalBasis basis;
    for (std::vector<double>& vector : vectors) {
        basis.project_out(vector);
        const double norm = std::sqrt(detail::dot(vector, vector));
        for (double& value : vector)
            value /= norm;
        basis.add_unit(std::move(vector));
    }
    vectors = basis.take_vectors();
}

} // namespace

std::string_view to_string(Initializer initializer) {
    const auto number = static_cast<std::size_t>(initializer);
    if (number >= names.size())
        throw Error("initializer number " + std::to_string(number) + " does not exist");
    return names[number].second;
}

Initializer initializer_from_string(std::string_view name) {
    std::string known;
    for (const auto& [initializer, text] : names) {
        if (text == name)
            return initializer;
        known += (known.empty() ? "" : ", ") + std::string(text);
    }
    throw Error("there is no initializer '" + std::string(name) + "'; choose one of " + known);
}

void initialize_orthogonal(Random& random, std::span<float> values, std::size_t rows, std::size_t columns,
                           double gain) {
    require_size(values, rows, columns);
    if (!std::isfinite(static_cast<float>(gain)))
        throw Error("initialize_orthogonal: the gain is " + std::to_string(gain) + ", but it must be finite");
    if (values.empty())
        return;
    const bool by_columns = rows >= columns;
    std::vector<std::vector<double>> vectors(std::min(rows, columns),
                                             std::vector<double>(std::max(rows, columns)));
    for (auto& vector : vectors)
        for (double& value : vector)
            value = random.normal();
    orthonormalise(vectors);
    for (std::size_t row = 0; row < rows; ++row)
        for (std::size_t column = 0; column < columns; ++column) {
            const double value = by_columns ? vectors[column][row] : vectors[row][column];
            values[row * columns + column] = static_cast<float>(gain * value);
        }
}

namespace {

void fill(const plan::Initializer& initializer, Random& random, std::span<float> values, Fans fans) {
    const double glorot = 2.0 / std::max(1.0, static_cast<double>(fans.in) + static_cast<double>(fans.out));
    const double lecun = 1.0 / static_cast<double>(std::max<std::size_t>(fans.in, 1));
    switch (initializer.kind) {
    case Initializer::zeros:
        return std::fill(values.begin(), values.end(), 0.0f);
    case Initializer::ones:
        return std::fill(values.begin(), values.end(), 1.0f);
    case Initializer::constant:
        return std::fill(values.begin(), values.end(), static_cast<float>(initializer.a));
    case Initializer::random_uniform:
        return fill_uniform(random, values, initializer.a, initializer.b);
    case Initializer::random_normal:
        return fill_normal(random, values, initializer.a, initializer.b);
    case Initializer::truncated_normal:
        return fill_truncated_normal(random, values, initializer.a, initializer.b);
    case Initializer::glorot_uniform:
        return fill_uniform(random, values, glorot);
    case Initializer::glorot_normal:
        return fill_truncated_normal(random, values, glorot);
    case Initializer::he_uniform:
        return fill_uniform(random, values, 2.0 * lecun);
    case Initializer::he_normal:
        return fill_truncated_normal(random, values, 2.0 * lecun);
    case Initializer::lecun_uniform:
        return fill_uniform(random, values, lecun);
    case Initializer::lecun_normal:
        return fill_truncated_normal(random, values, lecun);
    case Initializer::orthogonal:
        return initialize_orthogonal(random, values, fans.in, fans.out, initializer.a);
    }
}

} // namespace

void initialize(const plan::Initializer& initializer, Random& random, std::span<float> values, Fans fans) {
    const std::string name(to_string(initializer.kind)); // throws for a kind that does not exist
    as_error("initialize", [&] { fill(initializer, random, values, fans); });
    if (!all_finite(values))
        throw Error("the initializer " + name + " with the arguments " + std::to_string(initializer.a) +
                    " and " + std::to_string(initializer.b) + " gives values that are not finite in float32");
}

void initialize(Initializer kind, Random& random, std::span<float> values, std::size_t rows,
                std::size_t columns, double gain) {
    require_size(values, rows, columns);
    plan::Initializer initializer = plan::default_initializer(kind);
    if (kind == Initializer::orthogonal)
        initializer.a = gain;
    initialize(initializer, random, values, {rows, columns});
}

} // namespace timeloom
