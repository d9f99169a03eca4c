#include "timeloom/runtime/arima/estimation/long_series.hpp"

#include "timeloom/runtime/base/flush_denormals.hpp"
#include "timeloom/runtime/base/free_memory.hpp"

#include <algorithm>
#include <cmath>

namespace timeloom::detail {

namespace {

constexpr std::size_t part_length = 8192, parts = 3;

/// Values [first, first + part_length) of the series less its regressors.
ArimaData part_of(const ArimaData& series, std::size_t first) {
    const auto begin = series.detrended.begin() + static_cast<std::ptrdiff_t>(first);
    ArimaData part;
    part.w.assign(begin, begin + part_length);
    part.detrended = part.w;
    part.delta = series.delta;
    return part;
}

/// Ends of thorough searches of the beginning, the middle and the end.
std::vector<std::vector<double>> maxima_of_parts(const plan::LagFilterKernels& kernels,
                                                 const EstimationJob& job) {
    std::vector<ArimaData> data;
    for (std::size_t i = 0; i < parts; ++i) {
        data.push_back(part_of(*job.data, i * (job.data->w.size() - part_length) / (parts - 1)));
    }
    SearchPlan plan = job.plan;
    plan.known.clear(); // for the whole series
    std::vector<EstimationJob> jobs;
    for (const ArimaData& part : data) {
        jobs.push_back({&part, job.orders, plan});
    }
    std::vector<std::vector<double>> points;
    for (Estimate& estimate : estimate(kernels, jobs)) {
        if (estimate.status != SearchStatus::not_finite) {
            points.push_back(std::move(estimate.point));
        }
    }
    return points;
}

/// Keeps the best point of a search.
class Follower {
  public:
    Follower(const plan::LagFilterKernels& kernels, const EstimationJob& job)
        : job_(job), likelihood_(kernels, job.orders, *job.data), space_(kernels.filter, job.orders),
          coefficients_(space_.size()), slopes_(space_.size()) {}

    double value(std::span<const double> point) {
        evaluate(point);
        return there_.objective;
    }

    void follow(const std::vector<double>& start) {
        Bfgs search;
        search.begin(start, {}, 0.25 / static_cast<double>(job_.data->observations()), job_.plan.search);
        do {
            evaluate(search.trial());
            space_.flow_back(search.trial(), there_.gradient, slopes_);
        } while (!search.tell(there_.objective, slopes_));
        if (best_.status != SearchStatus::not_finite) {
            best_.status = search.status();
        }
    }

    Estimate best() const { return best_; }

  private:
    void evaluate(std::span<const double> point) {
        space_.to_coefficients(point, coefficients_);
        there_ = likelihood_(coefficients_);
        ++best_.evaluations;
        if (std::isfinite(there_.objective) &&
            (best_.status == SearchStatus::not_finite || there_.objective < best_.objective)) {
            best_.status = SearchStatus::running;
            best_.point.assign(point.begin(), point.end());
            best_.coefficients = coefficients_;
            best_.column_coefficients = there_.column_coefficients;
            best_.objective = there_.objective;
            best_.variance = there_.variance;
        }
    }

    const EstimationJob& job_;
    LongLikelihood likelihood_;
    ParameterSpace space_;
    std::vector<double> coefficients_, slopes_;
    PointValue there_;
    Estimate best_;
};

} // namespace

bool is_long(const ArimaData& series) {
    constexpr std::size_t shortest = 1u << 16;
    return series.missing == 0 && series.w.size() >= shortest;
}

LongLikelihood::LongLikelihood(const plan::LagFilterKernels& kernels, const plan::LagFilter& orders,
                               const ArimaData& series)
    : kernels_(kernels), orders_(orders), series_(series), space_(kernels.filter, orders),
      tile_(kernels, {.orders = orders,
                      .most_steps = static_cast<int>(series.w.size()),
                      .regressors = static_cast<int>(series.regressors),
                      .pieces = true}) {
    tile_.set_pieces(series.detrended, series.basis);
}

PointValue LongLikelihood::operator()(std::span<const double> coefficients) {
    const FlushDenormals flush;
    const auto place = [&](LikelihoodTile& tile) {
        for (std::size_t k = 0; k < space_.size(); ++k) {
            tile.coefficients()[space_.rows()[k]].lane.fill(coefficients[k]);
        }
        tile.evaluate();
    };
    place(tile_);
    if (tile_.has_whole_pieces()) {
        return value_in(tile_);
    }
    // A root at the unit circle: the filter forgets nothing.
    LikelihoodTile whole(kernels_, {.orders = orders_,
                                    .most_steps = static_cast<int>(series_.w.size()),
                                    .regressors = static_cast<int>(series_.regressors)});
    whole.set_series(0, series_.detrended, series_.basis);
    place(whole);
    return value_in(whole);
}

PointValue LongLikelihood::value_in(LikelihoodTile& tile) const {
    tile.evaluate_gradient();
    PointValue value{.objective = tile.value()[0],
                     .variance = tile.variance(0),
                     .log_determinant = tile.log_determinant(0),
                     .gradient = {},
                     .column_coefficients = {},
                     .regressor_covariance = tile.regressor_covariance(0),
                     .observations = tile.observations(0)};
    for (const std::size_t row : space_.rows()) {
        value.gradient.push_back(tile.gradient()[row][0]);
    }
    for (std::size_t k = 0; k < series_.regressors; ++k) {
        value.column_coefficients.push_back(tile.column_coefficient(0, static_cast<int>(k)));
    }
    return value;
}

Estimate estimate_long(const plan::LagFilterKernels& kernels, const EstimationJob& job) {
    std::vector<std::vector<double>> points;
    if (!job.plan.start.empty() || job.orders.parameters() == 0) {
        points.push_back(job.plan.start);
    } else {
        points = maxima_of_parts(kernels, job);
        for (const StartingPoint& near : job.plan.near) {
            points.push_back(near.point);
        }
    }
    give_back_free_memory();
    Follower follower(kernels, job);
    double least = HUGE_VAL;
    const std::vector<double>* best = nullptr;
    for (const std::vector<double>& point : points) {
        const double value = follower.value(point);
        if (best == nullptr || value < least) {
            least = value;
            best = &point;
        }
    }
    if (best != nullptr) {
        follower.follow(*best);
    }
    return follower.best();
}

} // namespace timeloom::detail
