// Initial values: bounds and moments as Keras's, orthogonality, reproducibility.
#include "../support/golden_file.hpp"
#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/parameters/initializers.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <vector>

using timeloom::Initializer;
using timeloom::Random;

namespace {

std::vector<float> draw(Initializer initializer, std::size_t rows, std::size_t columns, double gain = 1.0) {
    Random random(21, 1);
    std::vector<float> values(rows * columns);
    timeloom::initialize(initializer, random, values, rows, columns, gain);
    return values;
}

struct Moments {
    double mean = 0.0;
    double deviation = 0.0;
    double largest = 0.0;
};

Moments moments(const std::vector<float>& values) {
    Moments result;
    double squares = 0.0;
    for (const double value : values) {
        result.mean += value / static_cast<double>(values.size());
        squares += value * value / static_cast<double>(values.size());
        result.largest = std::max(result.largest, std::abs(value));
    }
    result.deviation = std::sqrt(squares - result.mean * result.mean);
    return result;
}

/// Mean within 5 standard errors of 0; deviation within 5 of its own, whose relative size is at most
/// 1/sqrt(2n).
void check_moments(const std::vector<float>& values, double deviation) {
    const Moments found = moments(values);
    const auto n = static_cast<double>(values.size());
    CHECK(std::abs(found.mean) < 5.0 * deviation / std::sqrt(n));
    CHECK(std::abs(found.deviation - deviation) < 5.0 * deviation / std::sqrt(2.0 * n));
}

/// Largest difference between the products of the vectors and gain^2 times the identity.
double orthogonality_error(const std::vector<float>& values, std::size_t rows, std::size_t columns,
                           double gain) {
    const bool by_columns = rows >= columns;
    const std::size_t vectors = std::min(rows, columns), length = std::max(rows, columns);
    const auto at = [&](std::size_t vector, std::size_t k) -> double {
        return by_columns ? values[k * columns + vector] : values[vector * columns + k];
    };
    double error = 0.0;
    for (std::size_t i = 0; i < vectors; ++i)
        for (std::size_t j = 0; j <= i; ++j) {
            double product = 0.0;
            for (std::size_t k = 0; k < length; ++k)
                product += at(i, k) * at(j, k);
            error = std::max(error, std::abs(product - (i == j ? gain * gain : 0.0)));
        }
    return error;
}

} // namespace

TEST_CASE("uniform initializers have Keras's limits") {
    const nlohmann::json golden = timeloom::golden::read("keras_initializers.json");
    for (const nlohmann::json& matrix : golden.at("glorot_uniform")) {
        const std::size_t rows = matrix.at("shape").at(0), columns = matrix.at("shape").at(1);
        const auto values = draw(Initializer::glorot_uniform, rows, columns);
        CHECK(moments(values).largest <= matrix.at("limit").get<double>() * (1.0 + 1e-7));
        check_moments(values, matrix.at("std").get<double>());
    }
    const auto embedding = draw(Initializer::random_uniform, 1000, 100);
    CHECK(moments(embedding).largest <=
          golden.at("embedding_uniform").at("limit").get<double>() * (1.0 + 1e-7));
    check_moments(embedding, golden.at("embedding_uniform").at("std").get<double>());

    const auto he = draw(Initializer::he_uniform, 50, 400);
    CHECK(moments(he).largest <= std::sqrt(6.0 / 50.0));
    check_moments(he, std::sqrt(2.0 / 50.0));
}

TEST_CASE("truncated normal initializers keep their variance after the cut") {
    const double glorot = std::sqrt(2.0 / 300.0), he = std::sqrt(2.0 / 100.0);
    const auto glorot_values = draw(Initializer::glorot_normal, 100, 200);
    const auto he_values = draw(Initializer::he_normal, 100, 200);
    check_moments(glorot_values, glorot);
    check_moments(he_values, he);
    CHECK(moments(glorot_values).largest <= 2.0 * glorot / 0.8796);
    check_moments(draw(Initializer::random_normal, 100, 200), 0.05);
}

TEST_CASE("constant initializers") {
    CHECK(draw(Initializer::zeros, 2, 2) == std::vector<float>(4, 0.0f));
    CHECK(draw(Initializer::ones, 2, 2) == std::vector<float>(4, 1.0f));
}

TEST_CASE("orthogonal matrices") {
    const nlohmann::json golden = timeloom::golden::read("keras_initializers.json");
    for (const nlohmann::json& matrix : golden.at("orthogonal")) {
        const std::size_t rows = matrix.at("shape").at(0), columns = matrix.at("shape").at(1);
        for (const double gain : {1.0, 3.0}) {
            CAPTURE(rows, columns, gain);
            const double error =
                orthogonality_error(draw(Initializer::orthogonal, rows, columns, gain), rows, columns, gain);
            // Unit vectors rounded to float: at most 2 * 2^-24 by the inequality of Cauchy and Schwarz.
            CHECK(error <= 2.0 * gain * gain * 0x1p-24 * 1.01);
        }
    }
}

TEST_CASE("orthogonal keeps the directions of the normal draws") {
    // 1 x 1 shows the sign correction: the draw's sign, not always +1; its mean over draws is near 0.
    int positive = 0;
    Random random(22);
    for (int i = 0; i < 1000; ++i) {
        float value = 0.0f;
        timeloom::initialize_orthogonal(random, {&value, 1}, 1, 1);
        CHECK(std::abs(value) == 1.0f);
        positive += value > 0.0f;
    }
    CHECK(std::abs(positive - 500) < 5.0 * std::sqrt(250.0));
}

TEST_CASE("names and sizes are checked") {
    for (const Initializer initializer :
         {Initializer::zeros, Initializer::glorot_uniform, Initializer::orthogonal})
        CHECK(timeloom::initializer_from_string(timeloom::to_string(initializer)) == initializer);
    CHECK_THROWS_WITH(timeloom::initializer_from_string("xavier"), Catch::Contains("glorot_uniform"));
    Random random(1);
    std::vector<float> five(5);
    CHECK_THROWS_AS(timeloom::initialize(Initializer::ones, random, five, 2, 3), timeloom::Error);
}
