// Which orders auto-ARIMA looks at: a walk from one order to better neighbours, or all of them.
#pragma once

#include <compare>
#include <cstddef>
#include <map>
#include <optional>
#include <vector>

namespace timeloom::detail {

/// One model among those that auto-ARIMA compares. The differencing is the same for all.
struct CandidateOrders {
    int p = 0, q = 0, P = 0, Q = 0;
    bool constant = false;
    int second_P = 0, second_Q = 0; ///< of a second season

    auto operator<=>(const CandidateOrders&) const = default;
    int terms() const { return p + q + P + Q + second_P + second_Q; }
};

struct OrderLimits {
    int p = 5, q = 5, P = 2, Q = 2;
    int second_P = 0, second_Q = 0;
    int terms = 5; ///< most terms of the full search
    bool constant = true;
    CandidateOrders start{2, 2, 1, 1}; ///< of the stepwise search, within the limits
    std::size_t models = 94;           ///< most models of the stepwise search
};

/// What is known of a model: its information criterion, infinite where there is no estimate, and whether it
/// may be taken.
struct ModelWorth {
    double criterion = 0;
    bool taken = false;
};

/// Asks for models and is told what they are worth. The walk goes to the first better neighbour, and on from
/// there. Where none is better it goes on from models that may not be taken although their criterion is
/// lower: what lies behind them may be taken again.
class OrderSearch {
  public:
    OrderSearch(const OrderLimits& limits, bool stepwise) : limits_(limits), stepwise_(stepwise) {}

    /// Those to estimate next, at most `most` of the ones that the search may need; none when it is over.
    std::vector<CandidateOrders> wanted(std::size_t most) const;
    void tell(const CandidateOrders& model, const ModelWorth& worth) { known_[model] = worth; }

    /// The lowest criterion on the way so far; nothing if none is finite.
    std::optional<CandidateOrders> best() const;
    /// The models that the search looked at, in order, without those that were estimated in vain.
    std::vector<CandidateOrders> path() const;

  private:
    /// The search from its beginning, as far as what is known leads.
    struct Walk {
        std::vector<CandidateOrders> path;
        std::vector<CandidateOrders> next; ///< what it needs to go on, in order
        std::optional<CandidateOrders> best;
        bool full = false; ///< no more models may be looked at
    };
    Walk walk() const;
    bool look_around(const CandidateOrders& centre, Walk& walk) const;
    std::optional<CandidateOrders> way_out(const Walk& walk, const std::vector<CandidateOrders>& left,
                                           double criterion) const;
    double criterion_of_best(const Walk& walk) const;
    bool visit(const CandidateOrders& model, Walk& walk) const;
    std::vector<CandidateOrders> initial_models() const;
    std::vector<CandidateOrders> all_models() const;
    std::vector<CandidateOrders> neighbours(const CandidateOrders& model) const;

    OrderLimits limits_;
    bool stepwise_;
    std::map<CandidateOrders, ModelWorth> known_;
};

} // namespace timeloom::detail
