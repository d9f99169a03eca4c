#include "contestants.hpp"

#include "models.hpp"

#include "coupled_forecaster.timeloom.hpp"
#include "gru_before_forecaster.timeloom.hpp"
#include "gru_forecaster.timeloom.hpp"
#include "lstm_forecaster.timeloom.hpp"
#include "minimal_forecaster.timeloom.hpp"
#include "misprinted_forecaster.timeloom.hpp"
#include "peephole_forecaster.timeloom.hpp"

namespace custom_cells {

const std::vector<Contestant>& contestants() {
    static const std::vector<Contestant> all{
        {"misprinted_lstm", "misprinted LSTM", "a textbook", describe(misprinted_forecaster),
         &misprinted_forecaster_plan},
        {"peephole_lstm", "peephole LSTM", "Gers & Schmidhuber 2000", describe(peephole_forecaster),
         &peephole_forecaster_plan},
        {"coupled_gates_lstm", "coupled gates LSTM", "Greff et al. 2017", describe(coupled_forecaster),
         &coupled_forecaster_plan},
        {"minimal_gated_unit", "minimal gated unit", "Zhou et al. 2016", describe(minimal_forecaster),
         &minimal_forecaster_plan},
        {"lstm", "LSTM", "built in", describe(lstm_forecaster), &lstm_forecaster_plan},
        {"gru", "GRU", "built in", describe(gru_forecaster), &gru_forecaster_plan},
        {"gru_reset_before", "GRU, reset before", "built in", describe(gru_before_forecaster),
         &gru_before_forecaster_plan},
    };
    return all;
}

const std::vector<Comparison>& comparisons() {
    static const std::vector<Comparison> all{
        {"peephole_lstm", "lstm"},      {"misprinted_lstm", "gru"},
        {"coupled_gates_lstm", "gru"},  {"misprinted_lstm", "lstm"},
        {"coupled_gates_lstm", "lstm"}, {"minimal_gated_unit", "gru_reset_before"},
    };
    return all;
}

} // namespace custom_cells
