// Order selection for one series, as a partner of estimate_orders() that can wait beside others.
#pragma once

#include "timeloom/runtime/arima/data/varying_regressors.hpp"
#include "timeloom/runtime/arima/orders/auto_arima.hpp"
#include "timeloom/runtime/arima/orders/order_estimation.hpp"
#include "timeloom/runtime/arima/orders/order_search.hpp"

#include <map>
#include <optional>

namespace timeloom::detail {

/// Asks for estimates round by round until it has chosen an order: of each model from one starting point
/// first, then of those that may be better than the best from many. Then for a last one of the order chosen.
/// Whatever is wrong with the series ends the selection with status `failed`.
class OrderSelection {
  public:
    OrderSelection(const plan::ArimaOrders& most, std::span<const double> y, const Regressors& exog,
                   const AutoArimaOptions& options);

    /// Appends what is to be estimated next; nothing when the selection is complete.
    void append_jobs(std::vector<EstimationJob>& jobs);
    /// The estimates of those jobs.
    void tell(std::span<const Estimate> estimates);

    AutoArimaSelection take() { return std::move(result_); }

  private:
    struct Known {
        ArimaFit fit;
        std::vector<double> point;
        double objective = 0;
        bool taken = false;
        bool searched = false; ///< from many starting points
    };

    void end_as_constant(std::vector<double> params, bool constant);
    void prepare_data(std::span<const double> y, const VaryingRegressors& exog);
    void prepare_data(std::span<const double> y, const VaryingRegressors& exog, bool constant);
    void set_limits();
    const Known* likeliest_within(const CandidateOrders& model, CandidateOrders& which) const;
    bool append_second_look(std::vector<EstimationJob>& jobs);
    void append_final_job(std::vector<EstimationJob>& jobs);
    void tell_final(const Estimate& estimate);
    plan::ArimaOrders orders_of(const CandidateOrders& model) const;
    Known judged(const CandidateOrders& model, const ArimaData& data, const Estimate& estimate) const;
    double criterion(const Known& known) const;
    void tell_search(const CandidateOrders& model);

    const AutoArimaOptions& options_;
    plan::ArimaOrders most_;
    int d_ = 0, D_ = 0, second_D_ = 0;
    bool may_have_constant_ = false;
    std::optional<ArimaData> data_[2];  ///< without and with a constant: what orders are compared on
    std::optional<ArimaData> whole_[2]; ///< all observations, where the comparison is on fewer
    std::optional<OrderSearch> search_;
    InformationCriterion ic_ = InformationCriterion::aicc;
    std::map<CandidateOrders, Known> known_;
    std::vector<CandidateOrders> asked_;
    bool final_ = false, over_ = false;
    AutoArimaSelection result_;
};

} // namespace timeloom::detail
