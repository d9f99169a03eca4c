#include "lstm_ensemble.hpp"

#include "forecaster.hpp"
#include "forecaster.timeloom.hpp"

#include <timeloom/runtime/model/model.hpp>

#include <cmath>
#include <numeric>

namespace airline {

namespace {

constexpr auto steps = static_cast<std::size_t>(window);

/// Monthly growth log(y[t] / y[t-1]), scaled to unit variance over the training months.
struct Growth {
    std::vector<float> values;
    float mean = 0;
    float scale = 1;

    explicit Growth(std::span<const float> series) {
        for (std::size_t t = 1; t < series.size(); ++t) {
            values.push_back(std::log(series[t] / series[t - 1]));
        }
        const auto count = static_cast<float>(values.size());
        mean = std::accumulate(values.begin(), values.end(), 0.0f) / count;
        float square = 0;
        for (const float v : values) {
            square += (v - mean) * (v - mean);
        }
        scale = std::sqrt(square / count);
        for (float& v : values) {
            v = (v - mean) / scale;
        }
    }
};

/// Every window of the series with the value that follows it.
std::pair<timeloom::Tensor, timeloom::Tensor> windows(std::span<const float> values) {
    const std::size_t count = values.size() - steps;
    timeloom::Tensor x({count, steps, 1});
    timeloom::Tensor y({count, 1});
    for (std::size_t i = 0; i < count; ++i) {
        std::copy_n(values.data() + i, steps, x.data() + i * steps);
        y.data()[i] = values[i + steps];
    }
    return {std::move(x), std::move(y)};
}

/// A network trained from each of several seeds: on ten years of data one alone depends on its start.
struct Ensemble {
    std::vector<timeloom::Model> members;
    double train_loss = 0;

    float predict(const timeloom::Tensor& x) {
        float sum = 0;
        for (timeloom::Model& member : members) {
            sum += member.predict(x).data()[0];
        }
        return sum / static_cast<float>(members.size());
    }
};

Ensemble train(const Growth& growth, const LstmOptions& options) {
    const auto [x, y] = windows(growth.values);
    timeloom::FitOptions fit;
    fit.epochs = options.epochs;
    fit.batch_size = 32;
    fit.progress = timeloom::terminal_progress();
    Ensemble ensemble;
    for (std::size_t i = 0; i < options.members; ++i) {
        timeloom::Model model(forecaster_plan, {options.seed + i, options.threads});
        model.compile(timeloom::Adam{.learning_rate = 0.002}, timeloom::Loss::mean_squared_error);
        const timeloom::History history = model.fit(x, y, fit);
        const double loss = history.empty() ? 0.0 : history.back().training.loss;
        ensemble.train_loss += loss / static_cast<double>(options.members);
        ensemble.members.push_back(std::move(model));
    }
    return ensemble;
}

} // namespace

LstmForecast forecast_with_lstm(std::span<const float> history, std::size_t horizon,
                                const LstmOptions& options) {
    Growth growth(history);
    Ensemble ensemble = train(growth, options);
    LstmForecast forecast{{}, ensemble.train_loss};
    float last = history.back();
    for (std::size_t h = 0; h < horizon; ++h) {
        const timeloom::Tensor x(timeloom::Shape{1, steps, 1},
                                 std::span<const float>(growth.values).last(steps));
        const float next = ensemble.predict(x);
        growth.values.push_back(next);
        last *= std::exp(next * growth.scale + growth.mean);
        forecast.values.push_back(last);
    }
    return forecast;
}

} // namespace airline
