// The least that a program needs to classify: the size of its file is measured.
#include "bench_lstm.timeloom.hpp"
#include "rnn_models.hpp"

#include "timeloom/runtime/model/model.hpp"

#include <cstdio>

int main(int argc, char** argv) {
    if (argc != 2) {
        return 2;
    }
    timeloom::Model model(bench_lstm_inference_plan);
    model.load_weights(argv[1]);
    timeloom::TokenMatrix tokens{1, 80, std::vector<std::int32_t>(80)};
    for (std::int32_t& token : tokens.values) {
        if (std::scanf("%d", &token) != 1) {
            return 1;
        }
    }
    std::printf("%g\n", static_cast<double>(model.predict(tokens)(0, 0)));
    return 0;
}
