// Searches of many jobs, eight at a time in the lanes of one tile.
#pragma once

#include "timeloom/runtime/arima/estimation/model_search.hpp"
#include "timeloom/runtime/arima/likelihood/gap_share.hpp"

#include <array>
#include <deque>
#include <optional>
#include <span>
#include <vector>

namespace timeloom::detail {

/// Every job's series has the tile's share of missing values and as many regressors, and its orders are
/// served by the tile's. What is found for a job does not depend on the others, but for rounding.
class SearchTile {
  public:
    SearchTile(const plan::LagFilterKernels& kernels, const TileShape& shape, const GapShare& share,
               std::span<const EstimationJob* const> jobs, std::span<Estimate* const> results);

    void run();

    const ModelSearch& search(std::size_t job) const { return jobs_[job].search; }

  private:
    static constexpr std::size_t lanes = plan::series_lanes;

    /// A point to be valued, or to be followed to its maximum.
    struct Task {
        std::size_t job;
        std::size_t number; ///< of the candidate
        bool follow;
        StartingPoint start;
    };
    /// A job's search and the round it is in.
    struct Job {
        ModelSearch search;
        std::vector<StartingPoint> candidates{};
        std::vector<double> values{};
        std::size_t pending = 0; ///< tasks not yet done
    };

    void next_round(std::size_t job);
    void follow(std::size_t job, std::vector<StartingPoint> starts);
    void begin_next(std::size_t lane);
    void place(std::size_t lane, std::span<const double> point);
    void tell(std::size_t lane);
    void tell_value(std::size_t lane);
    void tell_search(std::size_t lane);
    void end_search(std::size_t lane);
    void remember(std::size_t lane, double value);
    void clear(std::size_t lane);

    const plan::LagFilterKernels& kernels_;
    GapShare share_;
    LikelihoodTile tile_;
    std::vector<Job> jobs_;
    std::deque<Task> to_value_, to_follow_;

    struct Lane {
        std::optional<Task> task{};
        std::optional<ParameterSpace> space{};
        plan::LagFilter orders{};
        const ArimaData* series = nullptr;
        Bfgs search{};
    };
    std::array<Lane, lanes> lanes_;
    std::vector<double> coefficients_, gradient_, point_gradient_;
};

/// The estimates of jobs that share a tile. Where an exact likelihood takes much longer than a conditional
/// one the searches for its maxima begin at those of the conditional one.
void search_in_tile(const plan::LagFilterKernels& kernels, const TileShape& shape, const GapShare& share,
                    std::span<const EstimationJob* const> jobs, std::span<Estimate* const> results);

} // namespace timeloom::detail
