// Steps and defaults of the optimizers against Keras, clipping included.
#include "../support/golden_file.hpp"

#include "timeloom/runtime/optimizers/gradient_clipping.hpp"
#include "timeloom/runtime/optimizers/optimizers.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <limits>
#include <vector>

using nlohmann::json;
using timeloom::Adam;
using timeloom::AdamW;
using timeloom::Optimizer;
using timeloom::OptimizerState;
using timeloom::RMSprop;
using timeloom::SGD;

namespace {

constexpr double epsilon = std::numeric_limits<float>::epsilon();

template <class AnyOptimizer>
double constant_rate(const AnyOptimizer& optimizer) {
    return std::get<double>(optimizer.learning_rate.schedule);
}

template <class AdamOrAdamW>
AdamOrAdamW make_adam(const json& options) {
    AdamOrAdamW adam;
    adam.learning_rate = options.value("learning_rate", constant_rate(adam));
    adam.beta_1 = options.value("beta_1", adam.beta_1);
    adam.beta_2 = options.value("beta_2", adam.beta_2);
    adam.epsilon = options.value("epsilon", adam.epsilon);
    return adam;
}

Optimizer make_optimizer(const json& test) {
    const json& options = test.at("options");
    const std::string name = test.at("optimizer");
    if (name == "Adam")
        return make_adam<Adam>(options);
    if (name == "AdamW") {
        auto adamw = make_adam<AdamW>(options);
        adamw.weight_decay = options.value("weight_decay", adamw.weight_decay);
        return adamw;
    }
    if (name == "RMSprop") {
        RMSprop rmsprop;
        rmsprop.learning_rate = options.value("learning_rate", constant_rate(rmsprop));
        rmsprop.rho = options.value("rho", rmsprop.rho);
        rmsprop.momentum = options.value("momentum", rmsprop.momentum);
        rmsprop.epsilon = options.value("epsilon", rmsprop.epsilon);
        rmsprop.centered = options.value("centered", rmsprop.centered);
        return rmsprop;
    }
    SGD sgd;
    sgd.learning_rate = options.value("learning_rate", constant_rate(sgd));
    sgd.momentum = options.value("momentum", sgd.momentum);
    sgd.nesterov = options.value("nesterov", sgd.nesterov);
    return sgd;
}

/// How often a change of one learning rate may be in one step: with momentum 0.9 and gradients below 1 SGD
/// moves by ten; RMSprop by 1 / sqrt(1 - rho), and with momentum 0.75 by four of those, or more where it is
/// centred on a mean.
double largest_change(const Optimizer& optimizer) {
    if (const auto* const rmsprop = std::get_if<RMSprop>(&optimizer))
        return (rmsprop->centered ? 32.0 : 4.0) * (rmsprop->momentum > 0.0 ? 4.0 : 1.0);
    return std::holds_alternative<SGD>(optimizer) ? 10.0 : 1.0;
}

/// The arrays of a list one after the other, and where each ends.
struct Joined {
    std::vector<float> values;
    std::vector<std::size_t> ends;
};

Joined join(const json& arrays) {
    Joined joined;
    for (const json& array : arrays) {
        for (const float value : timeloom::golden::values<float>(array))
            joined.values.push_back(value);
        joined.ends.push_back(joined.values.size());
    }
    return joined;
}

void clip(Joined& gradients, const json& options) {
    if (options.contains("clipvalue"))
        timeloom::clip_by_value(gradients.values, options.at("clipvalue"));
    if (options.contains("global_clipnorm"))
        timeloom::clip_by_norm(gradients.values, options.at("global_clipnorm"));
    if (!options.contains("clipnorm"))
        return;
    std::size_t first = 0;
    for (const std::size_t end : gradients.ends) {
        timeloom::clip_by_norm(std::span(gradients.values).subspan(first, end - first),
                               options.at("clipnorm"));
        first = end;
    }
}

} // namespace

TEST_CASE("five steps as Keras takes them") {
    const json golden = timeloom::golden::read("keras_optimizers.json");
    for (const json& test : golden.at("cases")) {
        CAPTURE(test.at("name").get<std::string>());
        std::vector<float> parameters = join(test.at("initial")).values;
        // The first of the two parameters is the one called bias.
        const bool excludes = test.at("options").contains("exclude_from_weight_decay");
        const std::vector<timeloom::ParameterRange> bias{{0, join(test.at("initial")).ends[0]}};
        OptimizerState state(make_optimizer(test), parameters.size(),
                             excludes ? bias : std::vector<timeloom::ParameterRange>{});
        double largest_error = 0.0;
        for (const json& step : test.at("steps")) {
            Joined gradients = join(step.at("gradients"));
            clip(gradients, test.at("options"));
            state.begin_step();
            state.apply(parameters, gradients.values);
            std::vector<double> expected;
            for (const json& array : step.at("parameters"))
                for (const double value : timeloom::golden::values<double>(array))
                    expected.push_back(value);
            REQUIRE(expected.size() == parameters.size());
            for (std::size_t i = 0; i < expected.size(); ++i) {
                largest_error = std::max(largest_error, std::abs(parameters[i] - expected[i]));
                // Each step rounds the parameter once, or twice where it decays first, and the change some
                // eight times.
                const auto steps = static_cast<double>(state.steps());
                const double roundings = std::holds_alternative<AdamW>(state.optimizer()) ? 2.0 : 1.0;
                const double change = state.learning_rate() * largest_change(state.optimizer());
                CHECK(std::abs(parameters[i] - expected[i]) <=
                      steps * epsilon * (std::abs(expected[i]) * roundings / 2.0 + 8.0 * change));
            }
        }
        WARN(test.at("name").get<std::string>() << ": largest error " << largest_error);
    }
}

TEST_CASE("defaults are Keras's") {
    const json defaults = timeloom::golden::read("keras_optimizers.json").at("defaults");
    const json& adam = defaults.at("Adam");
    CHECK((constant_rate(Adam{}) == adam.at("learning_rate") && Adam{}.beta_1 == adam.at("beta_1") &&
           Adam{}.beta_2 == adam.at("beta_2") && Adam{}.epsilon == adam.at("epsilon")));
    const json& adamw = defaults.at("AdamW");
    CHECK((constant_rate(AdamW{}) == adamw.at("learning_rate") &&
           AdamW{}.weight_decay == adamw.at("weight_decay") && AdamW{}.beta_1 == adamw.at("beta_1") &&
           AdamW{}.beta_2 == adamw.at("beta_2") && AdamW{}.epsilon == adamw.at("epsilon")));
    const json& rmsprop = defaults.at("RMSprop");
    CHECK((constant_rate(RMSprop{}) == rmsprop.at("learning_rate") && RMSprop{}.rho == rmsprop.at("rho") &&
           RMSprop{}.momentum == rmsprop.at("momentum") && RMSprop{}.epsilon == rmsprop.at("epsilon") &&
           RMSprop{}.centered == rmsprop.at("centered")));
    const json& sgd = defaults.at("SGD");
    CHECK((constant_rate(SGD{}) == sgd.at("learning_rate") && SGD{}.momentum == sgd.at("momentum") &&
           SGD{}.nesterov == sgd.at("nesterov")));
}
